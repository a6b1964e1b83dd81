// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/output_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>

namespace dragoman::cli {

Result<UniqueFd> open_output(const std::string& out) {
  if (out == "-") return UniqueFd(::dup(STDOUT_FILENO));
  UniqueFd fd(::open(out.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd && errno == EEXIST) return fail(ErrorKind::conflict, "is there already; name another file", out);
  if (!fd) return Failure(io_error("cannot be made", out, errno));
  return fd;
}

}  // namespace dragoman::cli
