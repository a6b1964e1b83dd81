// SPDX-License-Identifier: AGPL-3.0-or-later
#include "leak.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"

namespace dragoman::sample {
namespace {

// Pages in a leak of 60, by language (fa, ar, en) and sort (clean, degraded, born, text).
constexpr std::array<int, 12> kPagesOfSixty{6, 5, 5, 4,  //
                                            6, 5, 4, 5,  //
                                            5, 5, 4, 5};

Sort sort_of(const GoldPage& page) {
  if (page.scan == kDegraded.name) return Sort::degraded;
  return page.source == "scan" ? Sort::clean : page.source == "born" ? Sort::born : Sort::text;
}

void forget_bytes(LeakItem& item) {
  item.bytes = {};
  for (LeakItem& child : item.children) forget_bytes(child);
}

}  // namespace

PageBudget::PageBudget(int pages) {
  int total = 0;
  for (const int count : kPagesOfSixty) total += count;
  for (std::size_t i = 0; i < left_.size(); ++i) left_[i] = (kPagesOfSixty[i] * pages + total / 2) / total;
}

void PageBudget::spend(const GoldPage& page) {
  --left_[index(page.lang, sort_of(page))];
}

Leak::Leak(LeakOptions options)
    : options_(std::move(options)),
      prng_(Prng(options_.seed).fork("leak")),
      press_(Prng(options_.seed).fork("press")),
      budget_(options_.pages) {}

Result<void> Leak::make() {
  TRY_VOID(plant());
  return fill();
}

Result<void> Leak::add(LeakItem item, std::string name) {
  item.name = std::move(name);
  seal(item);
  const std::filesystem::path path = options_.folder / "files" / item.name;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return fail(ErrorKind::io, "cannot make folder: " + error.message(), path.parent_path());
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd) return tl::unexpected(io_error("cannot create", path, errno));
  TRY_VOID(write_all(fd.get(), item.bytes));
  forget_bytes(item);
  pay_for(item);
  files_.push_back(std::move(item));
  return {};
}

void Leak::pay_for(const LeakItem& item) {
  if (!item.sha256.empty() && !counted_.insert(item.sha256).second) return;
  for (const GoldPage& page : item.pages) budget_.spend(page);
  for (const LeakItem& child : item.children) pay_for(child);
}

Result<void> Leak::add_copy(const LeakItem& original, std::string name) {
  LeakItem copy = original;
  copy.name = std::move(name);
  const std::filesystem::path files = options_.folder / "files";
  std::error_code error;
  std::filesystem::create_directories((files / copy.name).parent_path(), error);
  if (!error) std::filesystem::copy_file(files / original.name, files / copy.name, error);
  if (error) return fail(ErrorKind::io, "cannot copy: " + error.message(), files / copy.name);
  files_.push_back(std::move(copy));
  return {};
}

Result<void> Leak::fill() {
  for (const Lang lang : kLangs) {
    for (const Sort sort : {Sort::clean, Sort::degraded}) {
      while (budget_.left(lang, sort) > 0) TRY_VOID(fill_scans(lang, sort));
    }
    while (budget_.left(lang, Sort::born) > 0) TRY_VOID(fill_born(lang));
    while (budget_.left(lang, Sort::text) > 0) TRY_VOID(fill_text(lang));
  }
  return {};
}

// A bundle of one to three letters, at most eight pages in all.
Result<void> Leak::fill_scans(Lang lang, Sort sort) {
  int pages = std::min(budget_.left(lang, sort), prng_.between(1, 8));
  std::vector<Print> prints;
  while (pages > 0) {
    const int letter = prints.size() == 2 ? pages : prng_.between(1, pages);
    prints.push_back(press_.print(lang, letter));
    pages -= letter;
  }
  std::vector<const Print*> bundle;
  for (const Print& print : prints) bundle.push_back(&print);
  const std::string name = fmt::format("scans/box {}/scan_{:04}.pdf", prng_.between(1, 6), serial_++);
  return add(press_.scanned_pdf(bundle, sort == Sort::clean ? kClean : kDegraded), name);
}

Result<void> Leak::fill_born(Lang lang) {
  const int left = budget_.left(lang, Sort::born);
  int pages = std::min(left, prng_.between(1, 4));
  if (options_.all_producers) {
    // Half of what is left at most, so that even a small leak has pages of each producer.
    pages = std::min(pages, (left + 1) / 2);
    const int turn = born_[static_cast<std::size_t>(lang)]++ % 3;
    if (turn < 2) {
      const auto producer = turn == 0 ? ExternalProducer::chromium : ExternalProducer::libreoffice;
      LeakItem item = TRY(press_.external_pdf(press_.write(lang, pages), producer));
      return add(std::move(item), ordinary_name(lang, "pdf"));
    }
  }
  return add(press_.born_pdf(press_.print(lang, pages, Medium::screen)), ordinary_name(lang, "pdf"));
}

Result<void> Leak::fill_text(Lang lang) {
  switch (prng_.below(3)) {
    case 0: {
      const int pages = std::min(budget_.left(lang, Sort::text), prng_.between(1, 3));
      return add(press_.docx(press_.write(lang, pages)), ordinary_name(lang, "docx"));
    }
    case 1: {
      const Press::MailOptions options{
          .with_html = prng_.chance(0.5),
          .encoding = prng_.chance(0.5) ? TransferEncoding::base64 : TransferEncoding::quoted_printable};
      return add(press_.mail(lang, options, {}), ordinary_name(lang, "eml"));
    }
    default: {
      const Encoding encoding = prng_.chance(0.7)  ? Encoding::utf8
                                : lang == Lang::ar ? Encoding::windows_1256
                                                   : Encoding::utf16;
      return add(press_.plain_text(press_.write(lang, 1), encoding), ordinary_name(lang, "txt"));
    }
  }
}

std::string Leak::ordinary_name(Lang lang, std::string_view extension) {
  static constexpr std::array<std::string_view, 3> kFolders{"بایگانی/تلگرام‌ها", "المراسلات/وارد",
                                                            "liaison/memos"};
  static constexpr std::array<std::string_view, 3> kStems{"تلگرام", "كتاب رقم", "memo"};
  const auto i = static_cast<std::size_t>(lang);
  return fmt::format("{}/{} {}.{}", kFolders[i], kStems[i], native_digits(lang, std::to_string(serial_++)), extension);
}

}  // namespace dragoman::sample
