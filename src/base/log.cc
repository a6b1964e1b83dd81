// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/log.h"

#include <fcntl.h>
#include <cerrno>

#include <fmt/format.h>

#include "base/clock.h"

namespace dragoman {

Result<Log> Log::open(const std::filesystem::path& path) {
  Log log;
  log.fd_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!log.fd_) return Failure(io_error("cannot open the log", path, errno));
  return log;
}

void Log::event(LogWord name, std::initializer_list<LogField> fields) {
  if (!fd_) return;
  std::string line = fmt::format(R"({{"at":"{}","event":"{}")", utc_now(), name.text());
  for (const LogField& field : fields) {
    if (field.word.empty()) {
      line += fmt::format(R"(,"{}":{})", field.key.text(), field.number);
    } else {
      line += fmt::format(R"(,"{}":"{}")", field.key.text(), field.word);
    }
  }
  line += "}\n";
  static_cast<void>(write_all(fd_.get(), line));
}

}  // namespace dragoman
