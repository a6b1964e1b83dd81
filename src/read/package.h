// SPDX-License-Identifier: AGPL-3.0-or-later
// A document that is a ZIP of parts (Office Open XML, OpenDocument, EPUB): parts by name, in any order, unpacked as a
// stream. An archive is read from front to back (archive.h); a package is walked along its own references, so this
// reads the directory itself and lets zlib do the rest. What is not stored or deflated is `unsupported`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/reader.h"

namespace dragoman::read {

/// A part as the directory has it; nothing of it is believed before it is used.
struct PackagePart {
  std::string name;            // '/' between folders, no leading '/', UTF-8 (else as path_from_bytes)
  std::uint64_t offset = 0;    // of its local header
  std::uint64_t packed = 0;    // bytes in the file
  std::uint64_t unpacked = 0;  // as declared
  std::uint32_t crc = 0;
  std::uint16_t method = 0;
  bool encrypted = false;
};

/// How the reading of a part ended. After truncated, damaged and limit, what came before was delivered.
enum class PartEnd : std::uint8_t { whole, stopped, truncated, damaged, encrypted, unsupported, limit };

/// Parts of one file. Lookups ignore the case of ASCII letters, as both standards ask of part names.
class Package {
 public:
  /// `bytes` outlives this. Never fails: of a damaged file it has the parts that are left. At most 100,000 parts.
  static Package open(std::string_view bytes, const Limits& limits);

  /// In the order of the directory; without folders.
  std::span<const PackagePart> parts() const { return parts_; }
  /// Null when there is none; a leading '/' in `name` is ignored. Of several with one name, the first.
  const PackagePart* find(std::string_view name) const;
  /// Feeds the bytes to `eat` in pieces of at most 64 KiB until it answers false. All parts together, read again
  /// or not, unpack to at most the limits of a container (max_unpacked_bytes, max_unpacked_ratio), and each to at most
  /// that multiple of what it is packed in; then `limit`. `eat` reads no other part.
  PartEnd read(const PackagePart& part, const std::function<bool(std::string_view)>& eat);
  /// A whole small part. More than `most` bytes: what fits, and `limit`.
  PartEnd read_all(const PackagePart& part, std::size_t most, std::string& out);

  /// The directory at the end is there; else parts were found by their own headers.
  bool has_directory() const { return has_directory_; }
  /// There are more parts than are listed.
  bool cut() const { return cut_; }

 private:
  Package(std::string_view bytes, const Limits& limits);
  bool from_directory();
  void from_headers();
  bool add(PackagePart part, std::string_view raw_name);
  PartEnd inflate(std::string_view packed, const PackagePart& part, const std::function<bool(std::string_view)>& eat);
  PartEnd feed(std::string_view bytes, const std::function<bool(std::string_view)>& eat);

  std::string_view bytes_;
  std::uint64_t budget_ = 0;  // of all parts
  std::uint64_t ratio_ = 1;
  std::uint64_t floor_ = 0;
  std::uint64_t part_budget_ = 0;  // of the part being read
  std::vector<PackagePart> parts_;
  std::map<std::string, std::size_t> by_name_;  // lower case
  bool has_directory_ = false;
  bool cut_ = false;
};

/// The gap that a part leaves that could not be read to its end; nothing for whole and stopped.
Result<void> send_part_gap(PartEnd end, const std::string& part, ReadSink& sink);

/// Sends the part as a child; true when all of it could be had, else a gap was sent.
Result<bool> send_part(Package& package, const PackagePart& part, std::uint32_t ordinal, ReadSink& sink);

/// `target` as it stands in `part` ("../media/a.png" in "word/document.xml"), as the name of a part ("media/a.png").
/// Percent-encoding is undone; steps above the root end at the root.
std::string resolve_target(std::string_view part, std::string_view target);

/// ASCII letters in lower case.
std::string ascii_lower(std::string_view text);

}  // namespace dragoman::read
