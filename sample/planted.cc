// SPDX-License-Identifier: AGPL-3.0-or-later
// The part of the leak that every seed has: one of each thing that a reader must survive.
#include <algorithm>

#include "base/digest.h"
#include "leak.h"
#include "pdf.h"
#include "zip.h"

namespace dragoman::sample {
namespace {

constexpr std::string_view kPdfPassword = "rood-1393";
constexpr std::string_view kZipPassword = "kaj-street";

LeakItem named(LeakItem item, std::string name) {
  item.name = std::move(name);
  return item;
}

// A container of items; folders are members of the archive but no items.
LeakItem zip_of(std::vector<LeakItem> children, std::vector<std::string> folders = {}) {
  LeakItem zip{.type = "application/zip", .producer = "zip"};
  std::vector<ZipMember> members;
  for (std::string& folder : folders) members.push_back({.name = std::move(folder)});
  for (const LeakItem& child : children) {
    members.push_back({.name = child.name, .bytes = child.bytes, .store = child.type == "image/jpeg"});
  }
  zip.bytes = write_zip(members).bytes;
  zip.children = std::move(children);
  return zip;
}

// What the archive's directory still tells of a member that cannot be had.
LeakItem lost_member(std::string name, std::string state, std::string gap) {
  LeakItem item;
  item.name = std::move(name);
  item.has_bytes = false;
  item.state = std::move(state);
  item.gaps = {{std::move(gap), "file"}};
  return item;
}

LeakItem locked_member(const LeakItem& plain) {
  LeakItem item = lost_member(plain.name, "encrypted", "encrypted");
  item.locked_pages = plain.pages;
  item.locked_sha256 = sha256(plain.bytes).hex();
  return item;
}

LeakItem without_content(LeakItem item, std::string state, std::string gap) {
  item.pages.clear();
  item.documents.clear();
  item.state = std::move(state);
  item.gaps = {{std::move(gap), "file"}};
  return item;
}

// Words below the cut are gone: nobody can be asked to read them.
LeakItem cut_jpeg(LeakItem item) {
  const std::string whole = std::move(item.bytes);
  item.bytes = whole.substr(0, whole.size() * 55 / 100);
  GoldPage& page = item.pages.front();
  const double survives = intact_rows(whole, item.bytes) * 72.0 / page.dpi;
  std::erase_if(page.words, [&](const GoldWord& word) { return word.box->y1 > survives; });
  page.text.clear();
  for (const GoldWord& word : page.words) page.text += (page.text.empty() ? "" : " ") + word.text;
  item.documents.clear();
  item.state = "partial";
  item.gaps = {{"truncated", "page 1"}};
  return item;
}

}  // namespace

Result<void> Leak::plant() {
  TRY_VOID(plant_texts());
  TRY_VOID(plant_pictures());
  TRY_VOID(plant_archives());
  TRY_VOID(plant_mails());
  TRY_VOID(plant_wrong_extensions());
  TRY_VOID(plant_damaged());
  TRY_VOID(plant_encrypted());
  TRY_VOID(plant_names());
  for (int i = 0; i < std::max(1, options_.pages / 60); ++i) {
    TRY_VOID(plant_rescan(Lang::fa));
    TRY_VOID(plant_rescan(Lang::ar));
  }
  return plant_kinds();
}

Result<void> Leak::plant_texts() {
  TRY_VOID(add(press_.plain_text(press_.write(Lang::fa, 1), Encoding::utf8), "بایگانی/یادداشت بازرس.txt"));
  TRY_VOID(add_copy(files_.back(), "backup/note (copy).txt"));
  TRY_VOID(add(press_.plain_text(press_.write(Lang::ar, 1), Encoding::utf16), "المراسلات/ملاحظات.txt"));
  TRY_VOID(add(press_.plain_text(press_.write(Lang::ar, 1), Encoding::windows_1256), "المراسلات/1998/KITAB04.TXT"));
  TRY_VOID(add(press_.docx(press_.write(Lang::en, 2)), "liaison/Joint commission draft.docx"));
  return add(press_.docx(press_.write(Lang::ar, 1)), "المراسلات/مسودة.docx");
}

Result<void> Leak::plant_pictures() {
  TRY_VOID(add(press_.scanned_tiff(press_.print(Lang::ar, 2), kClean), "scans/fax 0071.tif"));
  return add(press_.photo(press_.print(Lang::fa, 1)), "photos/IMG_20140722_0914.jpg");
}

Result<void> Leak::plant_archives() {
  LeakItem scan = named(press_.scanned_jpeg(press_.print(Lang::en, 1), kDegraded), "page.jpg");
  LeakItem note = named(press_.plain_text(press_.write(Lang::fa, 1), Encoding::utf8), "یادداشت.txt");
  std::vector<LeakItem> inside;
  inside.push_back(std::move(scan));
  inside.push_back(std::move(note));
  LeakItem inner = named(zip_of(std::move(inside)), "second bag/inner.zip");
  LeakItem readme = named(press_.plain_text(press_.write(Lang::en, 1), Encoding::utf8), "README.txt");
  std::vector<LeakItem> outer;
  outer.push_back(std::move(readme));
  outer.push_back(std::move(inner));
  TRY_VOID(add(zip_of(std::move(outer), {"second bag/"}), "upload/bag.zip"));

  LeakItem pdf = named(press_.born_pdf(press_.print(Lang::ar, 1, Medium::screen)), "مرفقات/كتاب.pdf");
  LeakItem copy = pdf;
  TRY_VOID(add(std::move(copy), "المراسلات/كتاب الوزارة.pdf"));  // its second path is the archive's member
  std::vector<LeakItem> members;
  members.push_back(std::move(pdf));
  return add(zip_of(std::move(members), {"مرفقات/"}), "upload/مرفقات.zip");
}

Result<void> Leak::plant_mails() {
  std::vector<LeakItem> fa;
  fa.push_back(named(press_.born_pdf(press_.print(Lang::fa, 1, Medium::screen)), "گزارش پیوست.pdf"));
  TRY_VOID(add(press_.mail(Lang::fa, {}, std::move(fa)), "mail/inbox/0001.eml"));

  std::vector<LeakItem> en;
  en.push_back(named(press_.docx(press_.write(Lang::fa, 1)), "translation source.docx"));
  en.push_back(named(press_.scanned_jpeg(press_.print(Lang::en, 1), kClean), "scan0002.jpg"));
  TRY_VOID(
      add(press_.mail(Lang::en, {.with_html = true, .encoding = TransferEncoding::quoted_printable}, std::move(en)),
          "mail/inbox/0002.eml"));
  return add(press_.mail(Lang::ar, {.with_html = true, .encoding = TransferEncoding::base64}, {}),
             "mail/inbox/0003.eml");
}

Result<void> Leak::plant_wrong_extensions() {
  const std::vector<GoldGap> mismatch{{"type_mismatch", "file"}};
  LeakItem scan = press_.scanned_jpeg(press_.print(Lang::en, 1), kClean);
  scan.gaps = mismatch;
  TRY_VOID(add(std::move(scan), "scans/box 2/cover sheet.pdf"));
  LeakItem pdf = press_.born_pdf(press_.print(Lang::ar, 1, Medium::screen));
  pdf.gaps = mismatch;
  TRY_VOID(add(std::move(pdf), "المراسلات/تقرير.docx"));
  LeakItem text = press_.plain_text(press_.write(Lang::fa, 1), Encoding::utf8);
  text.gaps = mismatch;
  return add(std::move(text), "photos/IMG_20140722_0915.jpg");
}

Result<void> Leak::plant_damaged() {
  LeakItem empty{.type = "application/x-empty", .gaps = {{"empty", "file"}}};
  TRY_VOID(add(std::move(empty), "upload/untitled.txt"));

  LeakItem noise{.type = "application/octet-stream", .state = "unsupported", .gaps = {{"unsupported", "file"}}};
  noise.bytes = prng_.bytes(4096);
  TRY_VOID(add(std::move(noise), "upload/device dump.dat"));

  // Cairo writes the page tree last: half of the file has none.
  LeakItem pdf = without_content(press_.born_pdf(press_.print(Lang::en, 2, Medium::screen)), "failed", "truncated");
  pdf.bytes.resize(pdf.bytes.size() / 2);
  TRY_VOID(add(std::move(pdf), "liaison/budget (partial download).pdf"));

  TRY_VOID(add(cut_jpeg(press_.scanned_jpeg(press_.print(Lang::fa, 1), kClean)), "scans/box 1/page 9.jpg"));

  LeakItem first = named(press_.plain_text(press_.write(Lang::en, 1), Encoding::utf8), "notes/first.txt");
  const LeakItem second = press_.scanned_jpeg(press_.print(Lang::en, 1), kDegraded);
  const Zip zip = write_zip(
      {{.name = first.name, .bytes = first.bytes}, {.name = "notes/second.jpg", .bytes = second.bytes, .store = true}});
  LeakItem cut{.type = "application/zip", .state = "partial", .producer = "zip", .gaps = {{"truncated", "file"}}};
  cut.bytes = zip.bytes.substr(0, (zip.data[1].begin + zip.data[1].end) / 2);
  cut.children.push_back(std::move(first));
  cut.children.push_back(lost_member("notes/second.jpg", "failed", "truncated"));
  return add(std::move(cut), "upload/notes.zip");
}

Result<void> Leak::plant_encrypted() {
  passwords_ = {std::string(kPdfPassword), std::string(kZipPassword)};
  LeakItem pdf = press_.born_pdf(press_.print(Lang::fa, 1, Medium::screen));
  std::vector<GoldPage> pages = pdf.pages;
  pdf = without_content(std::move(pdf), "encrypted", "encrypted");
  pdf.locked_pages = std::move(pages);
  pdf.bytes = encrypt_pdf(pdf.bytes, passwords_[0], prng_);
  TRY_VOID(add(std::move(pdf), "بایگانی/فهرست نام‌ها.pdf"));

  const LeakItem text = named(press_.plain_text(press_.write(Lang::en, 1), Encoding::utf8), "contacts.txt");
  const LeakItem memo = named(press_.docx(press_.write(Lang::ar, 1)), "مذكرة.docx");
  LeakItem zip{.type = "application/zip", .state = "encrypted", .producer = "zip", .gaps = {{"encrypted", "file"}}};
  zip.bytes = write_encrypted_zip({{.name = text.name, .bytes = text.bytes}, {.name = memo.name, .bytes = memo.bytes}},
                                  passwords_[1], prng_)
                  .bytes;
  zip.children.push_back(locked_member(text));
  zip.children.push_back(locked_member(memo));
  return add(std::move(zip), "upload/contacts.zip");
}

Result<void> Leak::plant_names() {
  // A right-to-left override: shown naively, the name seems to end in ".jpg".
  TRY_VOID(add(press_.born_pdf(press_.print(Lang::en, 1, Medium::screen)), "liaison/memo-\u202Egpj.pdf"));
  TRY_VOID(add(press_.plain_text(press_.write(Lang::ar, 1), Encoding::utf8), "المراسلات/\u200Fرسالة\u200F 12.txt"));
  const Print cable = press_.print(Lang::fa, 1);
  TRY_VOID(add(press_.scanned_pdf({&cable}, kDegraded), "scans/two\nlines.pdf"));
  std::string long_name = "liaison/";
  while (long_name.size() < 8 + 196) long_name += "very long name ";
  long_name.resize(8 + 196);
  TRY_VOID(add(press_.born_pdf(press_.print(Lang::en, 1, Medium::screen)), long_name + ".pdf"));
  // "گزارش" as an old system wrote it, in windows-1256: not UTF-8.
  return add(press_.born_pdf(press_.print(Lang::fa, 1, Medium::screen)), "بایگانی/\x90\xD2\xC7\xD1\xD4.pdf");
}

Result<void> Leak::plant_rescan(Lang lang) {
  const Print print = press_.print(lang, 1);
  const int number = serial_++;
  TRY_VOID(add(press_.scanned_pdf({&print}, kClean), "scans/box 3/original " + std::to_string(number) + ".pdf"));
  TRY_VOID(add(press_.scanned_pdf({&print}, kDegraded), "scans/box 3/rescan " + std::to_string(number) + ".pdf"));
  return add_copy(files_.back(), "backup/box 3 " + std::to_string(number) + ".pdf");
}

}  // namespace dragoman::sample
