// SPDX-License-Identifier: AGPL-3.0-or-later
// read, ocr: the readers and the recogniser on one file, no case needed. Both work in a case of their own in the
// temporary folder, so that they give exactly what `add` would keep; it is removed afterwards.
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/answers.h"
#include "cli/command.h"
#include "cli/item_answer.h"
#include "cli/langs.h"
#include "ingest/pipeline.h"

namespace dragoman::cli {
namespace {

namespace fs = std::filesystem;

class QuietSink final : public ingest::ProgressSink {
 public:
  void update(const ingest::Progress&) override {}
};

/// A private folder that is removed at the end of the scope.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    const char* base = std::getenv("TMPDIR");
    std::string path = std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/dragoman-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return Failure(io_error("cannot make a temporary folder", path, errno));
    return TemporaryFolder(path);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

struct Arguments {
  std::string file;
  std::string langs = "fas,ara,eng";
  std::string passwords;
  bool json = false;
  bool allow_weaker_sandbox = false;
};

struct Reading {
  TemporaryFolder folder;
  store::Database db;
};

/// The file read in a case of its own.
Result<Reading> read_alone(const Arguments& arguments, ingest::AddOptions options) {
  std::error_code error;
  if (!fs::is_regular_file(arguments.file, error)) {
    TRY_VOID(open_for_reading(arguments.file));
    return fail(ErrorKind::unsupported, "is not a file; for folders make a case and use add", arguments.file);
  }
  options.paths = {arguments.file};
  options.allow_weaker_sandbox = arguments.allow_weaker_sandbox;
  if (!arguments.passwords.empty()) options.passwords = TRY(read_passwords(arguments.passwords));
  TemporaryFolder folder = TRY(TemporaryFolder::make());
  const store::CaseFolder own = TRY(store::CaseFolder::create(folder.path() / "case", ""));
  QuietSink sink;
  TRY_VOID(ingest::add(own, folder.path() / "keys", options, sink));
  store::Database db = TRY(ingest::open_for_reading(own));
  return Reading{std::move(folder), std::move(db)};
}

Result<Exit> read_command(const Arguments& arguments) {
  const auto langs = parse_langs(arguments.langs);
  if (!langs) return exit_for_usage(langs.error());
  ingest::AddOptions options;
  options.langs = *langs;
  Reading reading = TRY(read_alone(arguments, options));
  const std::int64_t gaps = TRY(evidence::gap_count(reading.db, {}));
  Json items = Json::array();
  const auto show = [&](const evidence::ItemRow& item) -> Result<void> {
    if (!arguments.json) return print_item(reading.db, item);
    items.push_back(TRY(item_json(reading.db, item)));
    return {};
  };
  TRY_VOID(evidence::for_each_item(reading.db, show));
  if (arguments.json) print_json(Json{{"items", std::move(items)}});
  return gaps == 0 ? Exit::done : Exit::done_with_gaps;
}

Result<Json> first_item_pages(store::Database& db) {
  Json pages = Json::array();
  const auto item = TRY(evidence::item(db, ItemId(1)));
  CHECK(item && item->content);
  for (const evidence::PageRow& page : TRY(evidence::pages_of(db, item->content->id))) {
    if (page.width <= 0 || page.newest == VersionId(0)) continue;
    const evidence::VersionRow version = TRY(evidence::version(db, page.newest));
    pages.push_back(page_json(page, &version));
  }
  return pages;
}

Result<Exit> ocr_command(const Arguments& arguments, const std::string& lang) {
  ingest::AddOptions options;
  options.ocr_every_page = true;
  options.forced_lang = lang;
  if (!lang.empty()) {
    const auto langs = parse_langs(lang);
    if (!langs) return exit_for_usage(langs.error());
    options.langs = *langs;
  }
  Reading reading = TRY(read_alone(arguments, options));
  const Json pages = TRY(first_item_pages(reading.db));
  bool gaps = false;
  TRY_VOID(evidence::for_each_gap(reading.db, [&](const evidence::GapListed& gap) -> Result<void> {
    gaps = true;
    print_error({ErrorKind::malformed, fmt::format("{}: {}", to_string(gap.gap.kind), gap.gap.detail), arguments.file});
    return {};
  }));
  if (arguments.json) {
    print_json(Json{{"pages", pages}});
  } else {
    for (const Json& page : pages) print_text(page["text"].get<std::string>());
  }
  if (pages.empty()) return fail(ErrorKind::unsupported, "holds no page that could be recognised", arguments.file);
  return gaps ? Exit::done_with_gaps : Exit::done;
}

}  // namespace

void register_read(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();  // shared with the callback, which outlives this function
  CLI::App* command = app.add_subcommand("read", "what is in one file (and in what it contains); no case needed");
  command->add_option("FILE", arguments->file, "the file")->required();
  command->add_option("--langs", arguments->langs, "languages scans may be in, by Tesseract's names")
      ->capture_default_str();
  command->add_option("--passwords", arguments->passwords, "file with passwords to try, one a line");
  command->add_flag("--allow-weaker-sandbox", arguments->allow_weaker_sandbox, kWeakerHelp);
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &exit] {
    const auto done = read_command(*arguments);
    exit = done ? *done : exit_for(done.error());
  });
}

void register_ocr(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<Arguments>();  // shared with the callback, which outlives this function
  auto lang = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("ocr", "recognise every page of an image or PDF; no case needed");
  command->add_option("IMAGE|PDF", arguments->file, "the file")->required();
  command->add_option("--lang", *lang, "one language, by Tesseract's name (default: found for each page)");
  command->add_flag("--allow-weaker-sandbox", arguments->allow_weaker_sandbox, kWeakerHelp);
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, lang, &exit] {
    const auto done = ocr_command(*arguments, *lang);
    exit = done ? *done : exit_for(done.error());
  });
}

}  // namespace dragoman::cli
