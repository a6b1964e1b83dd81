// SPDX-License-Identifier: AGPL-3.0-or-later
#include "press.h"

#include <fmt/format.h>

#include <array>

#include "docx.h"
#include "pdf.h"

namespace dragoman::sample {
namespace {

constexpr std::string_view kScanner = "scanner";

GoldDocument document_of(const Letter& letter, int page_from) {
  GoldDocument out{.page_from = page_from,
                   .page_to = page_from + static_cast<int>(letter.pages.size()) - 1,
                   .kind = letter.kind,
                   .lang = letter.lang,
                   .from = letter.from.value,
                   .to = letter.to.value,
                   .number = letter.number.value,
                   .date = letter.dated.from,
                   .subject = letter.subject.value,
                   .marking = letter.marking.value,
                   .dates = {letter.dated}};
  for (const std::vector<Paragraph>& page : letter.pages) {
    for (const Paragraph& paragraph : page) {
      out.dates.insert(out.dates.end(), paragraph.dates.begin(), paragraph.dates.end());
    }
  }
  return out;
}

GoldPage scan_gold(const Print& print, const TypesetPage& page, const Scan& scan, std::string_view kind) {
  GoldPage gold{.lang = print.letter.lang,
                .source = "scan",
                .producer = std::string(kScanner),
                .scan = std::string(kind),
                .dpi = scan.dpi,
                .upside_down = scan.upside_down,
                .face = std::string(print.face.family),
                .width = scan.width(),
                .height = scan.height(),
                .text = page.text()};
  for (const ScannedWord& word : scan.words) {
    gold.words.push_back({word.text, word.box, word.line_top, word.line_bottom});
  }
  return gold;
}

GoldPage born_gold(const Print& print, const TypesetPage& page) {
  GoldPage gold{.lang = print.letter.lang,
                .source = "born",
                .producer = "cairo",
                .face = std::string(print.face.family),
                .width = kPageWidth,
                .height = kPageHeight,
                .text = page.text()};
  for (const TypesetWord& word : page.words()) {
    Rect box;
    for (const Rect& cluster : word.ink) box.add(cluster);
    const TypesetLine& line = page.lines()[word.line];
    gold.words.push_back({word.text, box, line.top, line.bottom});
  }
  return gold;
}

// Reflowable pages: the text and its words, no places.
GoldPage text_gold(Lang lang, std::string_view producer, std::string text) {
  GoldPage gold{.lang = lang, .source = "text", .producer = std::string(producer), .text = std::move(text)};
  for (std::string& word : split_words(gold.text)) gold.words.push_back({std::move(word), std::nullopt, 0, 0});
  return gold;
}

void number_pages(LeakItem& item) {
  for (std::size_t i = 0; i < item.pages.size(); ++i) item.pages[i].page = static_cast<int>(i) + 1;
}

}  // namespace

Letter Press::write(Lang lang, int pages) {
  static constexpr std::array<std::string_view, 3> kKinds{"cable", "letter", "memo"};  // by language
  Grammar grammar(prng_.fork(fmt::format("letter {}", letters_++)));
  return grammar.write({.lang = lang, .kind = std::string(kKinds[static_cast<std::size_t>(lang)]), .pages = pages});
}

Print Press::print(Lang lang, int pages, Medium medium) {
  Print print{.letter = write(lang, pages)};
  print.face = next_face(lang, medium);
  for (std::size_t page = 1; page <= print.letter.pages.size(); ++page) {
    print.pages.push_back(std::make_unique<TypesetPage>(print.letter, page, print.face));
  }
  return print;
}

const Face& Press::next_face(Lang lang, Medium medium) {
  const auto choice = faces(lang, medium);
  return choice[prints_[static_cast<std::size_t>(lang) * 2 + static_cast<std::size_t>(medium)]++ % choice.size()];
}

// One degraded page in forty lies upside down; the first of them comes early, so that a small leak
// has one too.
Scan Press::scan(const TypesetPage& page, const ScanKind& kind) {
  const bool degraded = kind.name == kDegraded.name;
  const bool upside_down = degraded && degraded_pages_ % 40 == 7;
  if (degraded) ++degraded_pages_;
  return scan_page(page, kind, upside_down, prng_);
}

LeakItem Press::scanned_pdf(const std::vector<const Print*>& prints, const ScanKind& kind) {
  LeakItem item{.type = "application/pdf", .producer = std::string(kScanner), .scan = std::string(kind.name)};
  std::vector<PdfPicture> pictures;
  for (const Print* print : prints) {
    item.documents.push_back(document_of(print->letter, static_cast<int>(pictures.size()) + 1));
    for (const auto& page : print->pages) {
      const Scan scanned = scan(*page, kind);
      pictures.push_back({encode_jpeg(scanned.picture, kind.jpeg_quality, scanned.dpi), scanned.picture.width,
                          scanned.picture.height, scanned.dpi});
      item.pages.push_back(scan_gold(*print, *page, scanned, kind.name));
    }
  }
  number_pages(item);
  item.bytes = picture_pdf(pictures, prints.front()->letter.dated.from);
  return item;
}

LeakItem Press::scanned_tiff(const Print& print, const ScanKind& kind) {
  LeakItem item{.type = "image/tiff", .producer = std::string(kScanner), .scan = std::string(kind.name)};
  std::vector<TiffPage> pictures;
  for (const auto& page : print.pages) {
    Scan scanned = scan(*page, kind);
    item.pages.push_back(scan_gold(print, *page, scanned, kind.name));
    pictures.push_back({std::move(scanned.picture), scanned.dpi});
  }
  number_pages(item);
  item.documents.push_back(document_of(print.letter, 1));
  item.bytes = encode_tiff(pictures);
  return item;
}

LeakItem Press::scanned_jpeg(const Print& print, const ScanKind& kind) {
  LeakItem item{.type = "image/jpeg", .producer = std::string(kScanner), .scan = std::string(kind.name)};
  const TypesetPage& page = *print.pages.front();
  const Scan scanned = scan(page, kind);
  item.pages.push_back(scan_gold(print, page, scanned, kind.name));
  item.documents.push_back(document_of(print.letter, 1));
  item.bytes = encode_jpeg(scanned.picture, kind.jpeg_quality, scanned.dpi);
  return item;
}

LeakItem Press::photo(const Print& print) {
  LeakItem item{.type = "image/jpeg", .producer = "camera"};
  const TypesetPage& page = *print.pages.front();
  const Scan taken = photograph_page(page, prng_);
  item.pages.push_back(scan_gold(print, page, taken, ""));
  item.pages.back().producer = "camera";
  item.documents.push_back(document_of(print.letter, 1));
  item.bytes = encode_jpeg(taken.picture, 88, 0);
  return item;
}

LeakItem Press::born_pdf(const Print& print) {
  LeakItem item{.type = "application/pdf", .producer = "cairo"};
  std::vector<const TypesetPage*> pages;
  for (const auto& page : print.pages) {
    pages.push_back(page.get());
    item.pages.push_back(born_gold(print, *page));
  }
  number_pages(item);
  item.documents.push_back(document_of(print.letter, 1));
  item.bytes = cairo_pdf(pages, print.letter.subject.value, print.letter.dated.from);
  return item;
}

Result<LeakItem> Press::external_pdf(const Letter& letter, ExternalProducer producer) {
  const Face& face = next_face(letter.lang, Medium::screen);
  ExternalPdf pdf = TRY(print_externally(letter, face, producer));
  LeakItem item{.type = "application/pdf",
                .producer = producer == ExternalProducer::chromium ? "chromium" : "libreoffice"};
  for (std::size_t page = 1; page <= letter.pages.size(); ++page) {
    GoldPage gold = text_gold(letter.lang, item.producer, page_text(letter, page));
    gold.source = "born";
    gold.face = face.family;
    gold.width = pdf.page_width;
    gold.height = pdf.page_height;
    item.pages.push_back(std::move(gold));
  }
  number_pages(item);
  item.documents.push_back(document_of(letter, 1));
  item.bytes = std::move(pdf.bytes);
  return item;
}

LeakItem Press::docx(const Letter& letter) {
  LeakItem item{.type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", .producer = "docx"};
  for (std::size_t page = 1; page <= letter.pages.size(); ++page) {
    item.pages.push_back(text_gold(letter.lang, item.producer, page_text(letter, page)));
  }
  number_pages(item);
  item.documents.push_back(document_of(letter, 1));
  item.bytes = write_docx(letter);
  return item;
}

LeakItem Press::plain_text(const Letter& letter, Encoding encoding) {
  static constexpr std::array<std::string_view, 3> kProducers{"text/utf-8", "text/utf-16", "text/windows-1256"};
  const Letter typed = encoding == Encoding::windows_1256 ? to_windows_1256_letters(letter) : letter;
  LeakItem item{.type = "text/plain", .producer = std::string(kProducers[static_cast<std::size_t>(encoding)])};
  const std::string text = page_text(typed, 1);
  item.pages.push_back(text_gold(typed.lang, item.producer, text));
  item.documents.push_back(document_of(typed, 1));
  item.bytes = encode_text(text, encoding);
  return item;
}

LeakItem Press::mail(Lang lang, const MailOptions& options, std::vector<LeakItem> attachments) {
  Letter letter = write(lang, 1);
  letter.kind = "mail";
  Mail mail{.from_name = letter.from.value.substr(0, letter.from.value.find(lang == Lang::en ? "," : "،")),
            .from_address = fmt::format("desk{}@mail.varzenia.example", prng_.between(1, 9)),
            .to_name = letter.to.value,
            .to_address = "registry@post.kelmoria.example",
            .subject = letter.subject.value,
            .day = day_of(letter.dated.from),
            .with_html = options.with_html,
            .rtl = is_rtl(lang),
            .encoding = options.encoding};
  for (const Paragraph& paragraph : letter.pages.front()) mail.text += paragraph.text + "\n\n";
  mail.text += footer_line(letter, 1) + "\n";
  LeakItem item{.type = "message/rfc822", .producer = "mail"};
  for (LeakItem& attachment : attachments) {
    mail.attachments.push_back({attachment.name, attachment.type, attachment.bytes});
    item.children.push_back(std::move(attachment));
  }
  WrittenMail written = write_mail(mail, prng_);
  item.pages.push_back(text_gold(lang, item.producer, written.head + "\n" + mail.text));
  GoldDocument document = document_of(letter, 1);
  document.from = fmt::format("{} <{}>", mail.from_name, mail.from_address);
  document.to = fmt::format("{} <{}>", mail.to_name, mail.to_address);
  document.number.clear();  // a mail has no such fields
  document.marking.clear();
  document.dates.erase(document.dates.begin());  // its date stands in the header, not in the text
  item.documents.push_back(std::move(document));
  item.bytes = std::move(written.bytes);
  return item;
}

}  // namespace dragoman::sample
