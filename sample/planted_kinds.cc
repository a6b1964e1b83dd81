// SPDX-License-Identifier: AGPL-3.0-or-later
// One file of every other kind, most with a word planted where a reader of the printed document would not look.
#include <fmt/format.h>

#include <utility>

#include "base/utf8.h"
#include "leak.h"
#include "office.h"
#include "plain_text.h"
#include "small_files.h"

namespace dragoman::sample {
namespace {

// What readers put before a remark of office.cc's reviser.
constexpr std::string_view kRemarked = "R. Quillane, 2014-11-03T09:30:00Z: ";
constexpr std::string_view kRemarkedOdf = "R. Quillane, 2014-11-03T09:30:00: ";

// A word that stands nowhere else: of letters that no word of the three languages begins with together.
std::string odd_word(Lang lang, Prng& prng) {
  static constexpr std::array<std::u32string_view, 3> kLetters{U"رنملدسکب", U"رنملدسكب", U"rnmldskb"};
  static constexpr std::array<std::u32string_view, 3> kVowels{U"اوی", U"اوي", U"aou"};
  static constexpr std::array<std::string_view, 3> kStarts{"ژق", "ظث", "qx"};
  const auto i = static_cast<std::size_t>(lang);
  std::string word(kStarts[i]);
  for (int syllable = 0; syllable < 4; ++syllable) {
    append_utf8(word, kVowels[i][prng.below(kVowels[i].size())]);
    append_utf8(word, kLetters[i][prng.below(kLetters[i].size())]);
  }
  return word;
}

GoldPage page_of(Lang lang, std::string text) {
  GoldPage page{.lang = lang, .source = "text", .text = std::move(text)};
  for (std::string& word : split_words(page.text)) page.words.push_back({std::move(word), std::nullopt, 0, 0});
  return page;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

std::string joined(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    for (const std::string& cell : row) out += cell + "\t";
    out += "\n";
  }
  return out;
}

}  // namespace

/// Collects what one file says while it is made.
class Leak::Kind {
 public:
  Kind(Leak& leak, std::string type, std::string producer) : leak_(leak) {
    item_.type = std::move(type);
    item_.producer = std::move(producer);
  }

  std::vector<std::string> letter(Lang lang) { return page_lines(leak_.press_.write(lang, 1), 1); }
  // A register of letters; its last row says that all is fiction.
  std::vector<Row> rows(Lang lang, int count) {
    std::vector<Row> out;
    Letter letter;
    for (int i = 0; i < count; ++i) {
      letter = leak_.press_.write(lang, 1);
      out.push_back({letter.number.value, letter.to.value, letter.subject.value});
    }
    out.push_back({footer_line(letter, 1)});
    return out;
  }
  Kind& page(Lang lang, std::string text, std::string label = {}) {
    item_.pages.push_back(page_of(lang, std::move(text)));
    item_.pages.back().page = static_cast<int>(item_.pages.size());
    item_.pages.back().producer = item_.producer;
    item_.pages.back().label = std::move(label);
    return *this;
  }
  /// A sentence with a word that stands nowhere else: it must be found, on the page with that label.
  // `by`: who wrote it and when, as readers put it before the word.
  std::string planted(Lang lang, std::string label, std::string_view by = "") {
    std::string word = odd_word(lang, leak_.prng_);
    page(lang, std::string(by) + word, std::move(label));
    item_.pages.back().planted = word;
    return word;
  }
  LeakItem& item() { return item_; }
  Result<void> done(std::string name, std::string bytes) {
    item_.bytes = std::move(bytes);
    return leak_.add(std::move(item_), std::move(name));
  }

 private:
  Leak& leak_;
  LeakItem item_;
};

Result<void> Leak::plant_kinds() {
  TRY_VOID(plant_documents());
  TRY_VOID(plant_tables());
  TRY_VOID(plant_slides());
  TRY_VOID(plant_pages());
  TRY_VOID(plant_mailboxes());
  return plant_things();
}

Result<void> Leak::plant_documents() {
  constexpr char kDocx[] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  Kind remarks(*this, kDocx, "docx");
  std::vector<std::string> lines = remarks.letter(Lang::en);
  remarks.page(Lang::en, joined(lines));
  std::string bytes = write_docx_with(Lang::en, lines, {.comment = remarks.planted(Lang::en, "comments", kRemarked)});
  TRY_VOID(remarks.done("liaison/desk/draft with remarks.docx", std::move(bytes)));

  Kind changes(*this, kDocx, "docx");
  lines = changes.letter(Lang::fa);
  changes.page(Lang::fa, joined(lines));
  bytes = write_docx_with(Lang::fa, lines, {.struck_out = changes.planted(Lang::fa, "deleted text", kRemarked)});
  TRY_VOID(changes.done("بایگانی/میز/پیش‌نویس.docx", std::move(bytes)));

  Kind odt(*this, "application/vnd.oasis.opendocument.text", "odt");
  lines = odt.letter(Lang::ar);
  odt.page(Lang::ar, joined(lines));
  bytes = write_odt(Lang::ar, lines, {.comment = odt.planted(Lang::ar, "comments", kRemarkedOdf)});
  TRY_VOID(odt.done("المراسلات/مكتب/كتاب.odt", std::move(bytes)));

  Kind rtf(*this, "text/rtf", "rtf");
  lines = rtf.letter(Lang::fa);
  rtf.page(Lang::fa, joined(lines));
  bytes = write_rtf(lines, {.comment = rtf.planted(Lang::fa, "comments", "R. Quillane: ")});
  return rtf.done("بایگانی/میز/نامه.rtf", std::move(bytes));
}

Result<void> Leak::plant_tables() {
  Kind xlsx(*this, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx");
  std::vector<Row> rows = xlsx.rows(Lang::en, 12);
  xlsx.page(Lang::en, joined(rows), "sheet Register, rows 1–13");
  Sheet hidden{"Reserve", true, {{"1", xlsx.planted(Lang::en, "sheet Reserve (hidden), row 1", "1 ")}}};
  TRY_VOID(xlsx.done("liaison/desk/register.xlsx", write_xlsx({{"Register", false, rows}, hidden})));

  Kind ods(*this, "application/vnd.oasis.opendocument.spreadsheet", "ods");
  rows = ods.rows(Lang::fa, 8);
  ods.page(Lang::fa, joined(rows), "sheet فهرست, rows 1–9");
  hidden = {"ذخیره", true, {{ods.planted(Lang::fa, "sheet ذخیره (hidden), row 1")}}};
  TRY_VOID(ods.done("بایگانی/میز/فهرست.ods", write_ods({{"فهرست", false, rows}, hidden})));

  Kind csv(*this, "text/csv", "csv");
  rows = csv.rows(Lang::ar, 10);
  csv.page(Lang::ar, joined(rows), "rows 1–11");
  TRY_VOID(csv.done("المراسلات/مكتب/سجل.csv", write_csv(rows)));

  Kind sqlite(*this, "application/vnd.sqlite3", "sqlite");
  rows = sqlite.rows(Lang::en, 6);
  for (Row& row : rows) row.resize(3);
  sqlite.page(Lang::en, "number addressee subject\n" + joined(rows), "table letters, rows 1–7");
  sqlite.page(Lang::en, "CREATE TABLE letters(number TEXT, addressee TEXT, subject TEXT);", "schema");
  return sqlite.done("backup/register.sqlite", write_sqlite("letters", {"number", "addressee", "subject"}, rows));
}

Result<void> Leak::plant_slides() {
  Kind pptx(*this, "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx");
  std::vector<std::string> lines = pptx.letter(Lang::en);
  pptx.page(Lang::en, joined(lines), "slide 1");
  Slide first{.lines = lines, .note = pptx.planted(Lang::en, "slide 1, notes")};
  Slide second{.lines = {pptx.planted(Lang::en, "slide 2 (hidden)")}, .hidden = true};
  TRY_VOID(pptx.done("liaison/desk/briefing.pptx", write_pptx({first, second})));

  Kind odp(*this, "application/vnd.oasis.opendocument.presentation", "odp");
  lines = odp.letter(Lang::ar);
  odp.page(Lang::ar, joined(lines), "slide 1");
  const Slide only{.lines = lines, .note = odp.planted(Lang::ar, "slide 1, notes")};
  return odp.done("المراسلات/مكتب/عرض.odp", write_odp({only}));
}

Result<void> Leak::plant_pages() {
  Kind html(*this, "text/html", "html");
  std::vector<std::string> lines = html.letter(Lang::fa);
  html.page(Lang::fa, joined(lines));
  std::string bytes = write_html(Lang::fa, "x", lines, html.planted(Lang::fa, "hidden text"));
  TRY_VOID(html.done("بایگانی/میز/صفحه.html", std::move(bytes)));

  Kind epub(*this, "application/epub+zip", "epub");
  const std::vector<std::string> one = epub.letter(Lang::en);
  const std::vector<std::string> two = epub.letter(Lang::en);
  epub.page(Lang::en, joined(one)).page(Lang::en, joined(two));
  TRY_VOID(epub.done("liaison/desk/handbook.epub", write_epub(Lang::en, "x", {one, two})));

  Kind svg(*this, "image/svg+xml", "svg");
  lines = svg.letter(Lang::en);
  svg.page(Lang::en, joined(lines));
  TRY_VOID(svg.done("liaison/desk/chart.svg", write_svg(lines)));

  LeakItem form = press_.born_pdf(press_.print(Lang::en, 1, Medium::screen));
  Kind pdf(*this, form.type, form.producer);
  pdf.item().pages = std::move(form.pages);
  pdf.item().documents = std::move(form.documents);
  const std::string value = pdf.planted(Lang::en, "form fields", "approval: ");
  return pdf.done("liaison/desk/form.pdf", with_form_field(form.bytes, "approval", value));
}

Result<void> Leak::plant_mailboxes() {
  Kind mbox(*this, "application/mbox", "mbox");
  std::vector<std::string> messages;
  for (const Lang lang : kLangs) {
    LeakItem mail = press_.mail(lang, {.encoding = TransferEncoding::quoted_printable}, {});
    messages.push_back(mail.bytes);
    mail.name = fmt::format("message-{:06}.eml", messages.size());
    mbox.item().children.push_back(std::move(mail));
  }
  Mailbox box = write_mbox(messages);
  for (std::size_t i = 0; i < box.messages.size(); ++i) mbox.item().children[i].bytes = std::move(box.messages[i]);
  TRY_VOID(mbox.done("mail/archive.mbox", std::move(box.bytes)));

  LeakItem mail = press_.mail(Lang::fa, {.encoding = TransferEncoding::quoted_printable}, {});
  Kind emlx(*this, "application/x-emlx", "emlx");
  emlx.item().pages = std::move(mail.pages);
  emlx.item().documents = std::move(mail.documents);
  TRY_VOID(emlx.done("mail/0004.emlx", write_emlx(mail.bytes)));

  // An attachment of an attachment, and in its margin a word.
  Kind draft(*this, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx");
  const std::vector<std::string> lines = draft.letter(Lang::en);
  draft.page(Lang::en, joined(lines));
  draft.item().bytes = write_docx_with(Lang::en, lines, {.comment = draft.planted(Lang::en, "comments", kRemarked)});
  draft.item().name = "draft.docx";
  std::vector<LeakItem> inner;
  inner.push_back(std::move(draft.item()));
  LeakItem forwarded = press_.mail(Lang::en, {}, std::move(inner));
  forwarded.name = "forwarded.eml";
  std::vector<LeakItem> outer;
  outer.push_back(std::move(forwarded));
  TRY_VOID(add(press_.mail(Lang::en, {}, std::move(outer)), "mail/inbox/0004.eml"));

  LeakItem note = press_.plain_text(press_.write(Lang::fa, 1), Encoding::utf8);
  note.name = "یادداشت.txt";
  LeakItem memo = press_.docx(press_.write(Lang::ar, 1));
  memo.name = "2014/مذكرة.docx";
  Kind tar(*this, "application/gzip", "tar");
  const std::string packed = write_tar_gz({{note.name, note.bytes}, {memo.name, memo.bytes}});
  tar.item().children.push_back(std::move(note));
  tar.item().children.push_back(std::move(memo));
  return tar.done("backup/box.tar.gz", packed);
}

Result<void> Leak::plant_things() {
  LeakItem picture = press_.scanned_jpeg(press_.print(Lang::en, 1), kClean);
  Kind photo(*this, picture.type, picture.producer);
  photo.item().scan = picture.scan;
  photo.item().pages = std::move(picture.pages);
  photo.item().documents = std::move(picture.documents);
  const Taken taken{
      34.5125, 51.2575, "Fernglas 7",
      photo.planted(Lang::en, "metadata", "Position: 34.512500,51.257500\nDevice: Fernglas 7\nDescription: ")};
  TRY_VOID(photo.done("photos/IMG_20141103_0930.jpg", with_exif(picture.bytes, taken)));

  Kind cards(*this, "text/vcard", "vcard");
  const std::vector<std::string> fiction = cards.letter(Lang::en);
  const std::string note = fiction.back();
  const std::string card_word = odd_word(Lang::en, prng_);
  cards.page(Lang::en, fmt::format("Name: {0}\nName in parts: {0}\nOrganisation: Varzenia desk\nE-mail: "
                                   "desk@mail.varzenia.example\nNote: {1}",
                                   card_word, note));
  cards.item().pages.back().planted = card_word;
  TRY_VOID(
      cards.done("mail/contacts.vcf", write_vcard({{card_word, "Varzenia desk", "desk@mail.varzenia.example", note}})));

  Kind calendar(*this, "text/calendar", "ical");
  const std::string meeting_word = odd_word(Lang::en, prng_);
  calendar.page(Lang::en, fmt::format("Start: 20141103T093000Z\nSubject: {}\nLocation: Kelmoria\nDescription: {}",
                                      meeting_word, note));
  calendar.item().pages.back().planted = meeting_word;
  TRY_VOID(calendar.done("mail/meetings.ics", write_icalendar({{meeting_word, "Kelmoria", "2014-11-03", note}})));

  Kind sound(*this, "audio/wav", "recorder");
  sound.item().gaps = {{"not_transcribed", "file"}};
  const std::string title = sound.planted(Lang::en, "metadata", "title: ");
  return sound.done("photos/VOICE0007.wav", write_wav(title));
}

}  // namespace dragoman::sample
