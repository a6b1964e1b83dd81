// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mail_range.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace dragoman::read {
namespace {

constexpr std::size_t kWindow = 64 * 1024;

// The line break that the line at `at` follows belongs to the delimiter.
std::uint64_t without_break(std::string_view window, std::uint64_t offset, std::size_t at) {
  if (at == 0 || window[at - 1] != '\n') return offset + at;
  const bool crlf = at >= 2 && window[at - 2] == '\r';
  return offset + at - (crlf ? 2 : 1);
}

bool is_delimiter(std::string_view line, std::span<const std::string> boundaries) {
  line.remove_prefix(2);
  return std::any_of(boundaries.begin(), boundaries.end(),
                     [line](const std::string& boundary) { return line.starts_with(boundary); });
}

}  // namespace

Result<std::uint64_t> end_of_part(int fd, std::uint64_t start, std::uint64_t end,
                                  std::span<const std::string> boundaries) {
  std::size_t longest = 0;
  for (const std::string& boundary : boundaries) longest = std::max(longest, boundary.size());
  const std::size_t kept = longest + 4;  // a line break, two hyphens and the boundary may lie across two reads
  std::string window;
  std::uint64_t offset = start;  // of the window
  while (offset + window.size() < end) {
    const std::size_t had = window.size();
    window.resize(had + static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, end - offset - had)));
    const ssize_t got = ::pread(fd, window.data() + had, window.size() - had, static_cast<off_t>(offset + had));
    if (got < 0) return fail(ErrorKind::io, "the mail cannot be read");
    window.resize(had + static_cast<std::size_t>(got));
    if (got == 0) return offset + had;
    const std::string_view all(window);
    for (std::size_t at = all.find("--"); at != all.npos; at = all.find("--", at + 1)) {
      const bool begins_line = at == 0 ? offset == start : all[at - 1] == '\n';
      if (begins_line && is_delimiter(all.substr(at), boundaries)) {
        return std::max(start, without_break(all, offset, at));
      }
    }
    if (window.size() <= kept) continue;
    offset += window.size() - kept;
    window.erase(0, window.size() - kept);
  }
  return end;
}

}  // namespace dragoman::read
