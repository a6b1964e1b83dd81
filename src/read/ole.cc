// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ole.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "read/code_page.h"
#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kMagic("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
constexpr std::uint32_t kLastSector = 0xFFFFFFFA;  // beyond it: ends and marks
constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;
constexpr std::size_t kEntryBytes = 128;
constexpr std::size_t kHeaderDifat = 109;
// Storages nested deeper than this are no document of ours; it bounds the length of a path.
constexpr unsigned kMaxDepth = 128;
// What all streams together may give: each sector a few times, since readers read some streams twice.
constexpr std::uint64_t kReadings = 16;
constexpr std::uint64_t kReadingsFloor = std::uint64_t{64} << 20;

bool equal_ci(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Result<OleFile> OleFile::open(std::string_view bytes) {
  OleFile file(bytes);
  TRY_VOID(file.read_header());
  file.read_difat();
  file.read_directory();
  if (file.entries_.empty()) return fail(ErrorKind::malformed, "the directory of the OLE file cannot be read");
  file.small_fat_ = file.chain(u32_at(bytes, 60));
  file.small_data_ = file.chain(file.root().start);
  return file;
}

Result<void> OleFile::read_header() {
  if (bytes_.size() < 512 || !bytes_.starts_with(kMagic)) return fail(ErrorKind::malformed, "not an OLE file");
  shift_ = u16_at(bytes_, 30);
  small_shift_ = u16_at(bytes_, 32);
  cutoff_ = u32_at(bytes_, 56);
  if (shift_ < 7 || shift_ > 20 || small_shift_ < 2 || small_shift_ > shift_)
    return fail(ErrorKind::malformed, "the OLE file's sectors have no sensible size");
  budget_ = std::max(kReadingsFloor, bytes_.size() * kReadings);
  return {};
}

std::string_view OleFile::sector(std::uint32_t number) const {
  return slice(bytes_, (std::uint64_t{number} + 1) << shift_, std::uint64_t{1} << shift_);
}

// The sectors of the FAT: 109 stand in the header, the others in a chain of their own ([MS-CFB] 2.5).
void OleFile::read_difat() {
  const std::size_t most = (bytes_.size() >> shift_) + 1;
  for (std::size_t i = 0; i < kHeaderDifat; ++i) {
    const std::uint32_t number = u32_at(bytes_, 76 + 4 * i);
    if (number >= kLastSector) break;
    fat_.push_back(number);
  }
  const std::size_t per_sector = (std::size_t{1} << shift_) / 4 - 1;
  std::uint32_t next = u32_at(bytes_, 68);
  for (std::size_t steps = 0; next < kLastSector && steps < most; ++steps) {
    const std::string_view table = sector(next);
    if (table.empty()) {
      damaged_ = true;
      return;
    }
    for (std::size_t i = 0; i < per_sector && fat_.size() < most; ++i) {
      const std::uint32_t number = u32_at(table, 4 * i);
      if (number < kLastSector && 4 * i + 4 <= table.size()) fat_.push_back(number);
    }
    next = u32_at(table, 4 * per_sector);
    if (table.size() < 4 * per_sector + 4) break;
  }
}

std::uint32_t OleFile::next_sector(std::uint32_t number) const {
  const unsigned bits = shift_ - 2;
  const std::size_t table = number >> bits;
  if (table >= fat_.size()) return kNoEntry;
  const std::size_t at = std::size_t{4} * (number & ((1U << bits) - 1));
  const std::string_view entries = sector(fat_[table]);
  return at + 4 <= entries.size() ? u32_at(entries, at) : kNoEntry;
}

// All sectors of a chain. One that is longer than the file runs in a circle: it is cut there.
std::vector<std::uint32_t> OleFile::chain(std::uint32_t start) {
  std::vector<std::uint32_t> sectors;
  const std::size_t most = (bytes_.size() >> shift_) + 1;
  for (std::uint32_t at = start; at < kLastSector; at = next_sector(at)) {
    if (sectors.size() == most || sector(at).empty()) {
      damaged_ = true;
      break;
    }
    sectors.push_back(at);
  }
  return sectors;
}

void OleFile::read_directory() {
  std::string directory;
  for (const std::uint32_t number : chain(u32_at(bytes_, 48))) {
    directory += sector(number);
    directory.resize((directory.size() + kEntryBytes - 1) / kEntryBytes * kEntryBytes);
  }
  if (directory.size() < kEntryBytes) return;
  std::vector<bool> seen(directory.size() / kEntryBytes);
  seen[0] = true;
  OleEntry root;
  root.storage = true;
  root.class_id = directory.substr(80, 16);
  root.start = u32_at(directory, 116);
  root.size = u32_at(directory, 120);
  entries_.push_back(std::move(root));
  tree_roots_.push_back(u32_at(directory, 76));
  std::vector<unsigned> depth{0};
  for (std::uint32_t at = 0; at < entries_.size(); ++at) {
    if (!entries_[at].storage) continue;
    if (depth[at] == kMaxDepth) {
      damaged_ = true;
      continue;
    }
    add_children(at, tree_roots_[at], directory, seen);
    depth.resize(entries_.size(), depth[at] + 1);
  }
}

// Walks a storage's tree of siblings in order; an entry that was met before is not met again.
void OleFile::add_children(std::uint32_t parent, std::uint32_t tree, std::string_view directory,
                           std::vector<bool>& seen) {
  const auto first = static_cast<std::uint32_t>(entries_.size());
  std::vector<std::uint32_t> open;
  std::uint32_t at = tree;
  for (;;) {
    while (at < seen.size() && !seen[at]) {
      seen[at] = true;
      open.push_back(at);
      at = u32_at(directory, at * kEntryBytes + 68);
    }
    damaged_ = damaged_ || at != kNoEntry;
    if (open.empty()) break;
    const std::string_view record = directory.substr(open.back() * kEntryBytes, kEntryBytes);
    open.pop_back();
    at = u32_at(record, 72);
    const std::uint8_t kind = u8_at(record, 66);
    if (kind != 1 && kind != 2) continue;
    OleEntry entry;
    const std::size_t name_bytes = std::min<std::size_t>(u16_at(record, 64), 64);
    entry.name = utf8_of_utf16le(record.substr(0, name_bytes < 2 ? 0 : name_bytes - 2));
    entry.storage = kind == 1;
    entry.class_id = record.substr(80, 16);
    entry.start = u32_at(record, 116);
    // Files with sectors of 512 bytes leave rubbish in the upper half of the size.
    entry.size = shift_ == 9 ? u32_at(record, 120) : u64_at(record, 120);
    entry.parent = parent;
    entries_.push_back(std::move(entry));
    tree_roots_.push_back(u32_at(record, 76));
  }
  entries_[parent].first_child = first;
  entries_[parent].child_count = static_cast<std::uint32_t>(entries_.size()) - first;
}

std::span<const OleEntry> OleFile::children(const OleEntry& storage) const {
  return std::span(entries_).subspan(storage.first_child, storage.child_count);
}

const OleEntry* OleFile::find(std::string_view path, const OleEntry& storage) const {
  const OleEntry* at = &storage;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    const OleEntry* next = nullptr;
    for (const OleEntry& child : children(*at)) {
      if (equal_ci(child.name, name)) {
        next = &child;
        break;
      }
    }
    if (next == nullptr) return nullptr;
    at = next;
  }
  return at == &storage ? nullptr : at;
}

std::string OleFile::path_of(const OleEntry& entry) const {
  std::vector<const OleEntry*> way;
  for (const OleEntry* at = &entry; at != &root(); at = &entries_[at->parent]) way.push_back(at);
  std::string path;
  for (auto at = way.rbegin(); at != way.rend(); ++at) {
    if (!path.empty()) path.push_back('/');
    for (const char c : (*at)->name) {
      if (static_cast<unsigned char>(c) >= 0x20 && c != '/') path.push_back(c);
    }
  }
  return path;
}

OleBytes OleFile::read(const OleEntry& stream, std::uint64_t most) {
  OleBytes out;
  if (most == 0) {
    out.whole = stream.size == 0;
    return out;
  }
  const bool whole = read(stream, [&](std::string_view bytes) {
    out.bytes += bytes.substr(0, static_cast<std::size_t>(most - out.bytes.size()));
    return out.bytes.size() < most;
  });
  out.whole = whole && out.bytes.size() == stream.size;
  return out;
}

bool OleFile::read(const OleEntry& stream, const std::function<bool(std::string_view)>& eat) {
  if (stream.storage) return false;
  if (stream.size == 0) return true;
  return stream.size < cutoff_ ? read_small(stream, eat) : read_large(stream, eat);
}

// Neighbouring sectors are handed on as one piece.
bool OleFile::read_large(const OleEntry& stream, const std::function<bool(std::string_view)>& eat) {
  std::uint64_t left = stream.size;
  std::uint32_t at = stream.start;
  while (left > 0) {
    if (at >= kLastSector) return false;
    const std::uint32_t first = at;
    std::uint64_t bytes = 0;
    do {
      bytes += std::uint64_t{1} << shift_;
      const std::uint32_t next = next_sector(at);
      const bool neighbour = next == at + 1;
      at = next;
      if (!neighbour) break;
    } while (bytes < left && bytes < (std::uint64_t{1} << 20));
    const std::string_view run = slice(bytes_, (std::uint64_t{first} + 1) << shift_, std::min(bytes, left));
    if (run.empty() || run.size() > budget_) return false;
    budget_ -= run.size();
    const bool short_run = run.size() < std::min(bytes, left);
    left -= run.size();
    if (!eat(run)) return left == 0;
    if (short_run) return false;
  }
  return true;
}

// Streams below the cutoff lie in small sectors inside the root's own stream ([MS-CFB] 2.4).
bool OleFile::read_small(const OleEntry& stream, const std::function<bool(std::string_view)>& eat) {
  const unsigned per_sector_bits = shift_ - small_shift_;
  const unsigned table_bits = shift_ - 2;
  std::uint64_t left = stream.size;
  std::uint32_t at = stream.start;
  while (left > 0) {
    const std::size_t data = at >> per_sector_bits;
    if (at >= kLastSector || data >= small_data_.size()) return false;
    const std::uint64_t inside = std::uint64_t{at & ((1U << per_sector_bits) - 1)} << small_shift_;
    const std::string_view piece =
        slice(sector(small_data_[data]), inside, std::min(left, std::uint64_t{1} << small_shift_));
    if (piece.empty() || piece.size() > budget_) return false;
    budget_ -= piece.size();
    left -= piece.size();
    if (!eat(piece)) return left == 0;
    const std::size_t table = at >> table_bits;
    if (table >= small_fat_.size()) return left == 0;
    at = u32_at(sector(small_fat_[table]), std::size_t{4} * (at & ((1U << table_bits) - 1)));
  }
  return true;
}

std::string iso_of_filetime(std::uint64_t filetime) {
  constexpr std::uint64_t kEpoch = 116'444'736'000'000'000;  // 1970 in units of 100 ns since 1601
  constexpr std::uint64_t kYear10000 = 2'650'467'744'000'000'000;
  if (filetime == 0 || filetime >= kYear10000) return {};
  using namespace std::chrono;
  const auto since = static_cast<std::int64_t>(filetime) - static_cast<std::int64_t>(kEpoch);
  const sys_seconds at{seconds{since >= 0 ? since / 10'000'000 : (since - 9'999'999) / 10'000'000}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

}  // namespace dragoman::read
