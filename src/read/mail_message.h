// SPDX-License-Identifier: AGPL-3.0-or-later
// GMime behind values: a parsed mail, its fields, its body, its parts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/item.h"

namespace dragoman::read {

/// Text that belongs to the body, decoded from its transfer encoding but not from its character set.
struct MailText {
  std::string bytes;
  std::string charset;  // as declared, may be empty or wrong
  bool html = false;
  bool flowed = false;  // RFC 3676
  bool delsp = false;
};

/// Where a mail lies: the whole file, or a part of it.
struct MailBytes {
  int fd = -1;
  std::uint64_t start = 0;
  std::optional<std::uint64_t> end = {};  // none: of the file
};

/// A part that becomes a child: an attachment, an inline picture, a forwarded mail.
struct MailPart {
  std::string name;  // its own, else part-N.ext with N = position among the parts, from 1
  bool cut = false;  // the mail ends inside it
  /// Of a forwarded mail that stands in the file as it is.
  std::optional<ByteRange> range = {};
};

class MailMessage {
 public:
  /// `malformed` when there is no mail at all in the bytes. `max_depth` bounds the nesting that is followed.
  static Result<MailMessage> parse(const MailBytes& bytes, std::uint32_t max_depth);
  MailMessage(MailMessage&&) noexcept;
  MailMessage& operator=(MailMessage&&) = delete;
  ~MailMessage();

  /// Header fields that tell who, when, by which way, in which thread: names in lower case, in their order, decoded.
  /// Of the "received" lines the first (the last relay's) and the last (the sender's own).
  std::vector<Field> fields() const;
  const std::vector<MailPart>& parts() const;
  /// The body text number `index`, at most `max_bytes` of it.
  MailText text(std::size_t index, std::size_t max_bytes) const;
  std::size_t text_count() const;
  /// The same mail in another form: what multipart/alternative has besides the body.
  MailText other_text(std::size_t index, std::size_t max_bytes) const;
  std::size_t other_text_count() const;
  /// Feeds the decoded bytes of part `index` to `eat` until that answers false.
  void read_part(std::size_t index, const std::function<bool(std::string_view)>& eat) const;

  bool truncated() const;       // a multipart lacks its end
  bool too_deep() const;        // parts nested deeper than max_depth were left out
  bool encrypted() const;       // multipart/encrypted or S/MIME enveloped data
  static std::string engine();  // "gmime 3.2.13"

 private:
  struct State;
  explicit MailMessage(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Initialises GMime and its converters; before the lock.
void warm_up_mail();

}  // namespace dragoman::read
