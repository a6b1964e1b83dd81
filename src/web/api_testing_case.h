// SPDX-License-Identifier: AGPL-3.0-or-later
// A case for tests of the handlers, written by the same workspace that `add` writes with, and a way to ask it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "evidence/items.h"
#include "evidence/pages.h"
#include "ingest/workspace.h"
#include "web/case_reader.h"
#include "web/routes.h"

namespace dragoman::web {

class TestingCase {
 public:
  TestingCase() {
    std::string name = (std::filesystem::temp_directory_path() / "dragoman-api-XXXXXX").string();
    root_ = mkdtemp(name.data());
    auto folder = store::CaseFolder::create(root_ / "case", "a case");
    EXPECT_TRUE(folder) << folder.error().message;
    folder_.emplace(*folder);
    begin();
  }
  TestingCase(const TestingCase&) = delete;
  TestingCase& operator=(const TestingCase&) = delete;
  ~TestingCase() {
    workspace_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  const store::CaseFolder& folder() const { return *folder_; }
  ingest::Workspace& workspace() { return *workspace_; }
  store::Database& db() { return workspace_->db(); }

  /// Opens the case for writing; after end().
  void begin() {
    auto opened = ingest::Workspace::open(*folder_, root_ / "keys");
    ASSERT_TRUE(opened) << opened.error().message;
    workspace_ = std::move(*opened);
    ASSERT_TRUE(workspace_->begin());
  }
  void end() {
    ASSERT_TRUE(workspace_->finish());
    workspace_.reset();
  }

  /// A received path; its bytes are its content's name.
  ItemId receive(const std::string& name, const std::string& bytes, const std::string& kind = "pdf") {
    EXPECT_TRUE(workspace_->begin());
    const auto source = evidence::source_of(db(), "/leak", "leak");
    const auto added = evidence::add_received(db(), {*source, name, {}, 1}, sha256(bytes), bytes.size());
    EXPECT_TRUE(added);
    finish(bytes, kind);
    path(bytes, "leak/" + name);
    return added->id;
  }
  ItemId member(const std::string& container, std::uint32_t ordinal, const std::string& name, const std::string& bytes,
                const std::string& kind = "text") {
    const auto added =
        evidence::add_member(db(), {content(container), {ordinal, name}, 1}, sha256(bytes), bytes.size());
    EXPECT_TRUE(added);
    finish(bytes, kind);
    const auto row = evidence::item(db(), added->id);
    path(bytes, (*row)->path);
    return added->id;
  }
  ContentId content(const std::string& bytes) { return (*evidence::content_of_blob(db(), sha256(bytes)))->id; }

  /// A reading of a page, searched from now on. Paged ones have a box a word.
  void page(const std::string& bytes, std::uint32_t number, const std::string& text, const std::string& lang = "en",
            bool paged = true) {
    EXPECT_TRUE(workspace_->begin());
    Page reading;
    reading.number = PageIndex(number);
    reading.width = paged ? 595 : 0;
    reading.height = paged ? 842 : 0;
    reading.source = paged ? TextSource::text_layer : TextSource::body;
    reading.engine = "test";
    reading.lang = lang;
    reading.quality = 0.875F;
    reading.words = words_of(text);
    float x = 10;
    for (Word& word : reading.words) {
      if (paged) word.box = Box{x, 20, x + 8, 30};
      x += 10;
    }
    const auto former = evidence::page(db(), content(bytes), reading.number);
    const VersionId before = *former ? (*former)->newest : VersionId(0);
    const auto id = evidence::add_page(db(), content(bytes), reading);
    const auto version = evidence::add_version(db(), *id, reading);
    ASSERT_TRUE(version);
    ASSERT_TRUE(workspace_->reindex(content(bytes), *version, reading, before));
  }
  void state(const std::string& bytes, ItemState state) {
    EXPECT_TRUE(evidence::set_read(db(), content(bytes), {"pdf", 1}, state));
    EXPECT_TRUE(evidence::finish_content(db(), content(bytes)));
  }

 private:
  void finish(const std::string& bytes, const std::string& kind) {
    EXPECT_TRUE(evidence::set_type(db(), content(bytes), "application/" + kind, kind));
    state(bytes, ItemState::read);
  }
  void path(const std::string& bytes, const std::string& path) {
    EXPECT_TRUE(workspace_->index_path(content(bytes), path));
  }
  std::filesystem::path root_;
  std::optional<store::CaseFolder> folder_;
  std::unique_ptr<ingest::Workspace> workspace_;
};

/// Asks handlers as the server does, without HTTP.
class TestingReader {
 public:
  explicit TestingReader(const store::CaseFolder& folder) : routes_(reading_routes()) {
    auto reader = CaseReader::open(folder);
    EXPECT_TRUE(reader) << reader.error().message;
    reader_ = std::move(*reader);
  }

  /// The answer to a target such as "/api/search?q=a&limit=2" ('&' and '=' cannot be escaped).
  Answer get(const std::string& target) {
    Request request;
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    for (std::size_t at = mark; at != std::string::npos && at < target.size();) {
      const std::size_t end = target.find('&', at + 1);
      const std::string part = target.substr(at + 1, end == std::string::npos ? end : end - at - 1);
      const std::size_t equals = part.find('=');
      request.query.emplace_back(part.substr(0, equals), equals == std::string::npos ? "" : part.substr(equals + 1));
      at = end;
    }
    for (const Route& route : routes_) {
      request.captures.clear();
      if (!fits(route.pattern, request)) continue;
      const auto answer = route.handler(request, *reader_);
      return answer ? *answer : answer_problem(answer.error());
    }
    return answer_problem(Error{ErrorKind::not_found, "no such route", {}});
  }
  Json json(const std::string& target, int status = 200) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, status) << target << " " << answer.body;
    return Json::parse(answer.body);
  }

 private:
  static std::vector<std::string> segments(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
      const std::size_t end = path.find('/', 1);
      parts.emplace_back(path.substr(1, end == std::string_view::npos ? end : end - 1));
      path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    return parts;
  }
  static bool fits(std::string_view pattern, Request& request) {
    const auto wanted = segments(pattern);
    const auto given = segments(request.path);
    if (wanted.size() != given.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].starts_with('{')) {
        request.captures.push_back(given[i]);
      } else if (wanted[i] != given[i]) {
        return false;
      }
    }
    return true;
  }
  std::vector<Route> routes_;
  std::unique_ptr<CaseReader> reader_;
};

}  // namespace dragoman::web
