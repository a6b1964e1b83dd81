// SPDX-License-Identifier: AGPL-3.0-or-later
// Mails as mail programs send them: MIME parts, encoded headers, attachments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "letter.h"
#include "prng.h"

namespace dragoman::sample {

struct Attachment {
  std::string name{};
  std::string type{};
  std::string bytes{};
};

enum class TransferEncoding { base64, quoted_printable };

struct Mail {
  std::string from_name{};
  std::string from_address{};
  std::string to_name{};
  std::string to_address{};
  std::string subject{};
  int day = 0;             // days since 1970-01-01
  std::string text{};      // the body
  bool with_html = false;  // multipart/alternative: the same words as HTML
  bool rtl = false;
  TransferEncoding encoding = TransferEncoding::base64;
  std::vector<Attachment> attachments{};
};

struct WrittenMail {
  std::string bytes{};
  std::string head{};  // the header as mail programs show it: From, To, Date, Subject, a line each
};
WrittenMail write_mail(const Mail& mail, Prng& prng);

}  // namespace dragoman::sample
