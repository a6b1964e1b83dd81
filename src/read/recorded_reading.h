// SPDX-License-Identifier: AGPL-3.0-or-later
// For tests: reads bytes as a worker would and keeps all that came out.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "read/reader.h"

namespace dragoman::read {

/// An open file in memory that holds `bytes`.
inline UniqueFd file_of(std::string_view bytes) {
  UniqueFd fd(::memfd_create("dragoman-test", 0));
  CHECK(fd.get() >= 0 && write_all(fd.get(), bytes).has_value());
  return fd;
}

struct RecordedChild {
  ChildHeader header;
  std::string bytes;
  ChildEnd end = ChildEnd::failed;
};

/// Keeps everything; refuses records that the wire would refuse.
class RecordingSink : public ReadSink {
 public:
  Result<void> record(const Record& record) override {
    TRY(decode(encode(record), Limits{}));
    if (const auto* found = std::get_if<TypeFound>(&record)) mime = found->mime;
    if (const auto* found = std::get_if<Document>(&record)) keep(*found);
    if (const auto* found = std::get_if<Page>(&record)) pages.push_back(*found);
    if (const auto* found = std::get_if<Gap>(&record)) gaps.push_back(*found);
    if (const auto* found = std::get_if<MemberCount>(&record)) counts.push_back(*found);
    return {};
  }
  /// A document sent again replaces the one before.
  void keep(const Document& document) {
    for (Document& known : documents) {
      if (known.ordinal != document.ordinal) continue;
      known = document;
      return;
    }
    documents.push_back(document);
  }
  Result<void> begin_child(const ChildHeader& child) override {
    children.push_back({child, {}, ChildEnd::failed});
    return {};
  }
  Result<void> child_bytes(std::string_view bytes) override {
    children.back().bytes += bytes;
    return {};
  }
  Result<void> end_child(ChildEnd end) override {
    children.back().end = end;
    return {};
  }

  std::string mime;
  std::vector<Document> documents;
  std::vector<Page> pages;
  std::vector<Gap> gaps;
  std::vector<MemberCount> counts;
  std::vector<RecordedChild> children;
};

struct Reading : RecordingSink {
  ItemState state = ItemState::failed;

  bool has_gap(GapKind kind) const {
    return std::any_of(gaps.begin(), gaps.end(), [kind](const Gap& gap) { return gap.kind == kind; });
  }
  std::string text(std::size_t page = 0) const {
    return page < pages.size() ? text_of(pages[page].words) : std::string();
  }
  std::string field(std::string_view key) const {
    for (const Field& found : documents.at(0).fields) {
      if (found.key == key) return found.value;
    }
    return {};
  }
  /// The normalised value under that name.
  std::string meaning(std::string_view name) const {
    for (const Field& found : documents.at(0).fields) {
      if (found.name == name) return found.normal;
    }
    return {};
  }
  /// The text of all pages with that label.
  std::string labelled(std::string_view label) const {
    std::string out;
    for (const Page& page : pages) {
      if (page.label == label) out += text_of(page.words) + "\n";
    }
    return out;
  }
};

inline Reading read_bytes(std::string_view bytes, ReadRequest request = {}) {
  Reading reading;
  const UniqueFd fd = file_of(bytes);
  const Result<ItemState> state = read_content(fd.get(), request, reading);
  CHECK(state.has_value());
  reading.state = *state;
  // Members that stand in the file as they are send nothing.
  for (RecordedChild& child : reading.children) {
    if (!child.header.range) continue;
    CHECK(child.bytes.empty());
    child.bytes = bytes.substr(child.header.range->offset, child.header.range->length);
  }
  return reading;
}

inline Reading read_named(std::string_view bytes, std::string name) {
  return read_bytes(bytes, ReadRequest{std::move(name), {}, {}});
}

}  // namespace dragoman::read
