// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mbox_walk.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "read/input.h"

namespace dragoman::read {
namespace {

constexpr std::uint64_t kWindow = std::uint64_t{1} << 20;
constexpr std::uint64_t kSeparatorBytes = 2048;  // a "From " line and the start of the one behind it
constexpr std::uint64_t kHeadBytesSought = 16 * 1024;
constexpr std::string_view kFrom = "From ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "10:00:00" or "10:00", and behind it a year: what asctime() leaves in any of the variants.
bool has_time_and_year(std::string_view line) {
  for (std::size_t at = line.find(':'); at != line.npos && at + 2 < line.size(); at = line.find(':', at + 1)) {
    if (at == 0 || !is_digit(line[at - 1]) || !is_digit(line[at + 1]) || !is_digit(line[at + 2])) continue;
    std::size_t run = 0;
    for (std::size_t i = at + 3; i <= line.size(); ++i) {
      const bool digit = i < line.size() && is_digit(line[i]);
      if (!digit && run == 4 && (line.substr(i - 4, 2) == "19" || line.substr(i - 4, 2) == "20")) return true;
      run = digit ? run + 1 : 0;
    }
  }
  return false;
}

std::string_view first_line(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool is_header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon == 0 || colon > 76) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; });
}

// A field that a mail program writes at the top: prose such as "Note: see below" is none.
bool is_first_header(std::string_view line) {
  static constexpr std::string_view kNames[] = {"return-path",  "received", "from",       "to",       "subject",
                                                "date",         "status",   "message-id", "x-",       "delivered-to",
                                                "mime-version", "content-", "sender",     "reply-to", "cc"};
  std::string name(line.substr(0, std::min<std::size_t>(line.find(':'), 76)));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return is_header_line(line) && std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view known) {
           return known.back() == '-' ? name.starts_with(known) : name == known;
         });
}

// Of a head, the length of what follows it; 0 when it does not say.
std::uint64_t content_length_of(std::string_view head) {
  static constexpr std::string_view kName = "content-length:";
  for (std::size_t at = 0; at < head.size();) {
    const std::string_view line = first_line(head.substr(at));
    const bool named =
        line.size() > kName.size() && std::equal(kName.begin(), kName.end(), line.begin(), [](char lower, char c) {
          return lower == std::tolower(static_cast<unsigned char>(c));
        });
    if (named) {
      std::string_view digits = line.substr(kName.size());
      digits.remove_prefix(std::min(digits.find_first_not_of(" \t"), digits.size()));
      std::uint64_t length = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
      return error == std::errc() && end != digits.data() ? length : 0;
    }
    const std::size_t feed = head.find('\n', at);
    if (feed == head.npos) return 0;
    at = feed + 1;
  }
  return 0;
}

}  // namespace

bool begins_message(std::string_view text, bool after_blank) {
  if (!text.starts_with(kFrom)) return false;
  const std::string_view line = first_line(text);
  const std::size_t feed = text.find('\n');
  std::string_view behind = feed == text.npos ? std::string_view() : text.substr(feed + 1);
  if (behind.starts_with('>')) behind.remove_prefix(1);  // ">From " of a relay
  const std::string_view next = first_line(behind);
  const bool header = is_header_line(next) || next.starts_with(kFrom);
  const bool envelope = has_time_and_year(line);
  if (!after_blank) return envelope && is_first_header(next);
  return envelope ? header || next.empty() : is_first_header(next);
}

// Makes the window hold [from, until), as far as the file goes.
Result<void> MboxWalk::show(std::uint64_t from, std::uint64_t until) {
  until = std::min(until, size_);
  if (from >= window_start_ && until <= window_start_ + window_.size()) return {};
  const std::uint64_t count = std::min(std::max(until - std::min(from, until), kWindow), size_ - std::min(from, size_));
  window_ = TRY(read_at(fd_, from, static_cast<std::size_t>(count)));
  window_start_ = from;
  // The file is shorter than it was: what is gone cannot be waited for.
  if (window_.size() < count) size_ = from + window_.size();
  return {};
}

Result<bool> MboxWalk::separator_at(std::uint64_t offset, bool after_blank) {
  TRY_VOID(show(offset, offset + kSeparatorBytes));
  const std::string_view seen = window_;
  if (offset < window_start_ || offset - window_start_ >= seen.size()) return false;
  return begins_message(seen.substr(static_cast<std::size_t>(offset - window_start_), kSeparatorBytes), after_blank);
}

// The next separator by what the head says of the body's length, or 0.
Result<std::uint64_t> MboxWalk::by_content_length(std::uint64_t from) {
  TRY_VOID(show(from, from + kHeadBytesSought));
  const std::string_view seen = std::string_view(window_).substr(static_cast<std::size_t>(from - window_start_));
  std::string_view head = seen.substr(0, static_cast<std::size_t>(kHeadBytesSought));
  const std::size_t lf = head.find("\n\n");
  const std::size_t crlf = head.find("\n\r\n");
  const std::size_t end = std::min(lf, crlf);
  if (end == head.npos) return 0;
  const std::uint64_t length = content_length_of(head.substr(0, end));
  const std::uint64_t body = from + end + (lf < crlf ? 2 : 3);
  if (length == 0 || length > size_ - std::min(body, size_)) return 0;
  std::uint64_t next = body + length;
  const std::string blanks = TRY(read_at(fd_, next, 6));
  const std::size_t skipped = std::min(blanks.find_first_not_of("\r\n"), blanks.size());
  if (skipped > 4) return 0;
  next += skipped;
  if (next >= size_) return size_;
  return TRY(separator_at(next, true)) ? next : 0;
}

// The next separator by its looks, or the end of the file.
Result<std::uint64_t> MboxWalk::by_separator(std::uint64_t from) {
  // From the line feed before the message on: an empty message is followed at once by the next one.
  std::uint64_t at = from == 0 ? 0 : from - 1;
  while (at < size_) {
    TRY_VOID(show(at, at + 2 * kSeparatorBytes));
    const std::string_view seen = window_;
    auto here = static_cast<std::size_t>(at - window_start_);
    for (;;) {
      here = seen.find("\nFrom ", here);
      if (here == seen.npos) break;
      const bool known = here >= 2 && window_start_ + here > from;
      const bool blank = (known && seen[here - 1] == '\n') ||
                         (known && seen[here - 1] == '\r' && seen[here - 2] == '\n') || window_start_ + here <= from;
      // Too near the window's end, or its start: moved so that both sides are seen.
      const bool cut = window_start_ + seen.size() < size_ && seen.size() - here < kSeparatorBytes;
      if (cut) break;
      if (begins_message(seen.substr(here + 1, kSeparatorBytes), blank)) return window_start_ + here + 1;
      ++here;
    }
    if (window_start_ + seen.size() >= size_) break;
    // Two bytes before what was left over stay in sight: they tell whether an empty line came before.
    const std::size_t done = here == seen.npos ? seen.size() - 8 : here - std::min<std::size_t>(here, 2);
    const std::uint64_t next = window_start_ + done;
    at = std::max(next, at + 1);
    window_.clear();
  }
  return size_;
}

Result<std::uint64_t> MboxWalk::without_blank_line(std::uint64_t from, std::uint64_t end) {
  const std::uint64_t count = std::min<std::uint64_t>(4, end - from);
  const std::string last = TRY(read_at(fd_, end - count, static_cast<std::size_t>(count)));
  if (last.ends_with("\n\r\n")) return end - 2;
  return last.ends_with("\n\n") || last == "\n" ? end - 1 : end;
}

Result<std::optional<ByteRange>> MboxWalk::next() {
  if (at_ >= size_) return std::optional<ByteRange>();
  // Over the "From " line; one that is longer than the window is over at the window's end.
  TRY_VOID(show(at_, at_ + kSeparatorBytes));
  const std::size_t feed = window_.find('\n', static_cast<std::size_t>(at_ - window_start_));
  const std::uint64_t from = feed == window_.npos ? window_start_ + window_.size() : window_start_ + feed + 1;
  if (from >= size_) {
    at_ = size_;
    return std::optional<ByteRange>(ByteRange{size_, 0});
  }
  std::uint64_t end = TRY(by_content_length(from));
  if (end == 0) end = TRY(by_separator(from));
  at_ = end;
  const std::uint64_t last = TRY(without_blank_line(from, std::max(from, end)));
  return std::optional<ByteRange>(ByteRange{from, last - from});
}

}  // namespace dragoman::read
