// SPDX-License-Identifier: AGPL-3.0-or-later
// What Office documents carry inside them, as children: embedded files, objects of other programs, pictures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "read/ole.h"
#include "read/reader.h"

namespace dragoman::read {

/// A file wrapped by Windows' packager.
struct NativeObject {
  std::string name;  // UTF-8, without the folders of the machine it came from; may be empty
  std::string_view bytes;
};

/// The content of a stream "\1Ole10Native". Bytes that are not wrapped so are given as they are, without a name.
NativeObject unwrap_native(std::string_view stream);

/// Numbers children, counts them against the limits, and remembers whether all could be given.
class EmbeddedChildren {
 public:
  /// `limits` and `sink` outlive this. `container_bytes`: the size of the file they come from.
  EmbeddedChildren(const Limits& limits, ReadSink& sink, std::uint64_t container_bytes);

  /// One child, its bytes `head` and then `bytes`. Empty ones are left out.
  Result<void> send(const std::string& name, std::string_view bytes, std::string_view head = {});
  /// An object's storage: the file wrapped in it, or the storage as a file of its own. `name` is without an ending;
  /// the file's own name stands behind it. An object without content (only a link, only a picture) gives nothing.
  Result<void> send_object(OleFile& file, const OleEntry& storage, const std::string& name);
  /// A whole compound file that holds one object.
  Result<void> send_object_file(std::string_view ole_file, const std::string& name);
  /// The pictures among drawing records, as "picture-1.png" …
  Result<void> send_pictures(std::string_view records);

  /// A child that cannot be given: a gap, and whole() is false.
  Result<void> keep_back(GapKind kind, const std::string& where, const char* detail);

  std::uint32_t sent() const { return ordinal_; }
  /// False when a limit or damage kept a child back; a gap was sent.
  bool whole() const { return whole_; }

 private:
  const Limits& limits_;
  ReadSink& sink_;
  std::uint64_t budget_;
  std::uint32_t ordinal_ = 0;
  std::uint32_t pictures_ = 0;
  bool full_ = false;
  bool whole_ = true;
};

}  // namespace dragoman::read
