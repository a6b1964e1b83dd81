// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ppt_file.h"

#include <utility>

namespace dragoman::read {
namespace {

constexpr std::uint32_t kEncryptedToken = 0xF3D1C4DF;  // of CurrentUserAtom
constexpr std::size_t kMostEdits = 10'000;
constexpr std::size_t kMostOffsets = 1'000'000;

}  // namespace

bool ppt_record(std::string_view bytes, std::size_t& at, PptRecord& record) {
  if (at >= bytes.size() || bytes.size() - at < 8) return false;
  const unsigned first = u16_at(bytes, at);
  record.container = (first & 0xFU) == 0xF;
  record.instance = first >> 4U;
  record.type = u16_at(bytes, at + 2);
  record.data = slice(bytes, at + 8, u32_at(bytes, at + 4));
  at += 8 + record.data.size();
  return true;
}

Result<PptFile> PptFile::open(OleFile& file, std::uint64_t most_bytes) {
  const OleEntry* entry = file.find("PowerPoint Document");
  if (entry == nullptr) return fail(ErrorKind::malformed, "the stream of the presentation is missing");
  PptFile ppt;
  OleBytes read = file.read(*entry, most_bytes);
  ppt.stream_ = std::move(read.bytes);
  ppt.cut_ = !read.whole;
  const OleEntry* user = file.find("Current User");
  const OleBytes current = user == nullptr ? OleBytes() : file.read(*user, 4096);
  if (u32_at(current.bytes, 12) == kEncryptedToken || file.find("EncryptedSummary") != nullptr)
    return fail(ErrorKind::encrypted, "the presentation is encrypted and cannot be opened");
  ppt.read_directory(u32_at(current.bytes, 16));
  if (ppt.encrypted_) return fail(ErrorKind::encrypted, "the presentation is encrypted and cannot be opened");
  ppt.document_ = ppt.persisted(ppt.document_id_);
  if (ppt.document_.type == ppt::kDocument) return ppt;
  // Without the directory the last document in the stream is the newest.
  const std::vector<PptRecord> documents = ppt.loose(ppt::kDocument);
  if (documents.empty() && ppt.loose(ppt::kSlide).empty())
    return fail(ErrorKind::malformed, "the presentation has no slides that could be found");
  ppt.document_ = documents.empty() ? PptRecord() : documents.back();
  ppt.cut_ = true;
  return ppt;
}

// Each saving adds a directory of what changed; the newest comes first and leads to the one before ([MS-PPT] 2.3.3).
void PptFile::read_directory(std::uint32_t edit) {
  for (std::size_t edits = 0; edits < kMostEdits; ++edits) {
    const PptRecord record = record_at(edit);
    if (record.type != ppt::kUserEdit) {
      cut_ = true;
      return;
    }
    const std::uint32_t before = u32_at(record.data, 8);
    if (edits == 0) document_id_ = u32_at(record.data, 16);
    encrypted_ = encrypted_ || (record.data.size() >= 32 && u32_at(record.data, 28) != 0);
    const PptRecord directory = record_at(u32_at(record.data, 12));
    if (directory.type != ppt::kDirectory) cut_ = true;
    const std::string_view entries = directory.type == ppt::kDirectory ? directory.data : std::string_view();
    for (std::size_t at = 0; at + 4 <= entries.size();) {
      const std::uint32_t head = u32_at(entries, at);
      at += 4;
      const std::uint32_t first = head & 0xFFFFFU;
      for (std::uint32_t i = 0; i < head >> 20U && at + 4 <= entries.size(); ++i, at += 4) {
        if (offsets_.size() < kMostOffsets) offsets_.emplace(first + i, u32_at(entries, at));
      }
    }
    if (before == 0 || before >= edit) return;  // directories lie behind those they lead to
    edit = before;
  }
}

PptRecord PptFile::record_at(std::uint64_t offset) const {
  PptRecord record;
  std::size_t at = static_cast<std::size_t>(offset);
  return ppt_record(stream_, at, record) ? record : PptRecord();
}

PptRecord PptFile::persisted(std::uint32_t id) const {
  const auto found = offsets_.find(id);
  return found == offsets_.end() ? PptRecord() : record_at(found->second);
}

std::vector<PptRecord> PptFile::loose(unsigned type) const {
  std::vector<PptRecord> found;
  PptRecord record;
  for (std::size_t at = 0; ppt_record(stream_, at, record);) {
    if (record.type == type) found.push_back(record);
  }
  return found;
}

}  // namespace dragoman::read
