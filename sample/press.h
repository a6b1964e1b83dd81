// SPDX-License-Identifier: AGPL-3.0-or-later
// Turns letters into files of every kind, each with its gold.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "external_pdf.h"
#include "gold.h"
#include "grammar.h"
#include "mail.h"
#include "plain_text.h"
#include "prng.h"
#include "scan.h"
#include "typeset.h"

namespace dragoman::sample {

// A letter set in type. Several files may show the same print: a rescan, a copy.
struct Print {
  Letter letter{};
  Face face{};
  std::vector<std::unique_ptr<TypesetPage>> pages{};
};

class Press {
 public:
  explicit Press(Prng prng) : prng_(prng) {}

  Letter write(Lang lang, int pages);
  Print print(Lang lang, int pages, Medium medium = Medium::paper);

  // One or more letters in one bundle.
  LeakItem scanned_pdf(const std::vector<const Print*>& prints, const ScanKind& kind);
  LeakItem scanned_tiff(const Print& print, const ScanKind& kind);
  LeakItem scanned_jpeg(const Print& print, const ScanKind& kind);  // the first page
  LeakItem photo(const Print& print);                               // the first page
  LeakItem born_pdf(const Print& print);
  // By another program, which decides where the words stand: their boxes are unknown.
  Result<LeakItem> external_pdf(const Letter& letter, ExternalProducer producer);
  LeakItem docx(const Letter& letter);
  LeakItem plain_text(const Letter& letter, Encoding encoding);

  struct MailOptions {
    bool with_html = false;
    TransferEncoding encoding = TransferEncoding::base64;
  };
  LeakItem mail(Lang lang, const MailOptions& options, std::vector<LeakItem> attachments);

 private:
  const Face& next_face(Lang lang, Medium medium);
  Scan scan(const TypesetPage& page, const ScanKind& kind);

  Prng prng_;
  std::uint64_t letters_ = 0;
  std::array<std::size_t, 6> prints_{};  // by language and medium, so that faces take turns
  int degraded_pages_ = 0;
};

}  // namespace dragoman::sample
