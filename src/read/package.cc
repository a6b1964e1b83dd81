// SPDX-License-Identifier: AGPL-3.0-or-later
// APPNOTE.TXT 6.3.10: 4.3.7 local file header, 4.3.12 central directory header, 4.3.14 ZIP64 end of central directory,
// 4.3.16 end of central directory, 4.5.3 ZIP64 extra field.
#include "read/package.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "base/utf8.h"
#include "read/input.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMaxParts = 100'000;
constexpr std::string_view kLocal("PK\x03\x04", 4);
constexpr std::string_view kCentral("PK\x01\x02", 4);
constexpr std::string_view kEnd("PK\x05\x06", 4);
constexpr std::string_view kEnd64("PK\x06\x06", 4);
constexpr std::string_view kLocator64("PK\x06\x07", 4);
constexpr std::uint32_t kAllOnes = 0xFFFFFFFF;

// Little endian; the caller has checked that the bytes are there.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t out = 0;
  for (std::size_t i = count; i > 0; --i) out = out << 8 | static_cast<std::uint8_t>(bytes[at + i - 1]);
  return out;
}

struct Directory {
  std::uint64_t at = 0;    // in the file
  std::uint64_t end = 0;   // behind its last byte
  std::uint64_t skew = 0;  // bytes before the archive (a program that unpacks itself)
};

// Where the directory lies, by the last end record that leads to one.
bool find_directory(std::string_view bytes, Directory& found) {
  const std::size_t floor = bytes.size() - std::min<std::size_t>(bytes.size(), 65'557);
  for (std::size_t end = bytes.rfind(kEnd); end != bytes.npos && end >= floor; end = bytes.rfind(kEnd, end - 1)) {
    if (bytes.size() - end < 22) {
      if (end == 0) return false;
      continue;
    }
    std::uint64_t size = number(bytes, end + 12, 4);
    std::uint64_t offset = number(bytes, end + 16, 4);
    std::uint64_t stop = end;
    const bool has_locator = end >= 20 && bytes.substr(end - 20, 4) == kLocator64;
    if (has_locator && (size == kAllOnes || offset == kAllOnes || number(bytes, end + 10, 2) == 0xFFFF)) {
      const std::uint64_t at = number(bytes, end - 12, 8);
      if (at > end - 20 || end - 20 - at < 56 || bytes.substr(static_cast<std::size_t>(at), 4) != kEnd64) return false;
      stop = at;
      size = number(bytes, static_cast<std::size_t>(at) + 40, 8);
      offset = number(bytes, static_cast<std::size_t>(at) + 48, 8);
    }
    if (size <= stop && offset <= stop - size) {
      const std::uint64_t at = stop - size;
      if (size == 0 || bytes.substr(static_cast<std::size_t>(at), 4) == kCentral) {
        found = {at, stop, at - offset};
        return true;
      }
      // Bytes between the directory and its end record.
      if (bytes.substr(static_cast<std::size_t>(offset), 4) == kCentral) {
        found = {offset, offset + size, 0};
        return true;
      }
    }
    if (end == 0) return false;
  }
  return false;
}

// Sizes and offset that did not fit into 32 bits stand in the extra field, in this order.
void take_zip64(std::string_view extra, PackagePart& part) {
  while (extra.size() >= 4) {
    const auto size = static_cast<std::size_t>(number(extra, 2, 2));
    if (size > extra.size() - 4) return;
    if (number(extra, 0, 2) == 1) {
      std::string_view rest = extra.substr(4, size);
      for (std::uint64_t* value : {&part.unpacked, &part.packed, &part.offset}) {
        if (*value != kAllOnes) continue;
        if (rest.size() < 8) return;
        *value = number(rest, 0, 8);
        rest.remove_prefix(8);
      }
      return;
    }
    extra.remove_prefix(4 + size);
  }
}

// A raw deflate stream.
struct Inflater {
  Inflater() {
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  /// Hands over the next bytes of `packed`; false when there are none.
  bool refill(std::string_view& packed) {
    const std::string_view bite = packed.substr(0, std::size_t{1} << 20);
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bite.data()));
    stream.avail_in = static_cast<unsigned>(bite.size());
    packed.remove_prefix(bite.size());
    return !bite.empty();
  }
  int step(std::span<unsigned char> out) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<unsigned>(out.size());
    return ::inflate(&stream, Z_NO_FLUSH);
  }
  z_stream stream{};
};

// Inflates from the front of `packed`, at most `most` bytes out, and says how many bytes that took; all of them when
// the stream does not end.
std::size_t packed_length(std::string_view packed, std::uint64_t most) {
  Inflater inflater;
  std::array<unsigned char, 1 << 16> out{};
  std::string_view rest = packed;
  while (inflater.stream.total_out <= most) {
    if (inflater.stream.avail_in == 0 && !inflater.refill(rest)) return packed.size();
    const int code = inflater.step(out);
    if (code == Z_STREAM_END) return packed.size() - rest.size() - inflater.stream.avail_in;
    if (code != Z_OK && code != Z_BUF_ERROR) break;
  }
  return packed.size();
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

Package::Package(std::string_view bytes, const Limits& limits)
    : bytes_(bytes),
      budget_(std::min(limits.max_unpacked_bytes,
                       std::max(limits.ratio_floor_bytes, bytes.size() * limits.max_unpacked_ratio))),
      ratio_(limits.max_unpacked_ratio),
      floor_(limits.ratio_floor_bytes) {}

Package Package::open(std::string_view bytes, const Limits& limits) {
  Package package(bytes, limits);
  package.has_directory_ = package.from_directory();
  if (!package.has_directory_) package.from_headers();
  return package;
}

bool Package::add(PackagePart part, std::string_view raw_name) {
  if (parts_.size() == kMaxParts) {
    cut_ = true;
    return false;
  }
  part.name = path_from_bytes(raw_name);
  std::replace(part.name.begin(), part.name.end(), '\\', '/');
  part.name.erase(0, std::min(part.name.find_first_not_of('/'), part.name.size()));
  if (part.name.empty() || part.name.ends_with('/')) return true;
  by_name_.emplace(ascii_lower(part.name), parts_.size());
  parts_.push_back(std::move(part));
  return true;
}

bool Package::from_directory() {
  Directory directory;
  if (!find_directory(bytes_, directory)) return false;
  auto at = static_cast<std::size_t>(directory.at);
  const auto end = static_cast<std::size_t>(directory.end);
  while (at <= end && end - at >= 46 && bytes_.substr(at, 4) == kCentral) {
    const std::string_view head = bytes_.substr(at, 46);
    const auto name = static_cast<std::size_t>(number(head, 28, 2));
    const auto extra = static_cast<std::size_t>(number(head, 30, 2));
    const auto comment = static_cast<std::size_t>(number(head, 32, 2));
    if (end - at - 46 < name + extra) break;
    PackagePart part;
    part.encrypted = (number(head, 8, 2) & 1U) != 0;
    part.method = static_cast<std::uint16_t>(number(head, 10, 2));
    part.crc = static_cast<std::uint32_t>(number(head, 16, 4));
    part.packed = number(head, 20, 4);
    part.unpacked = number(head, 24, 4);
    part.offset = number(head, 42, 4);
    take_zip64(bytes_.substr(at + 46 + name, extra), part);
    part.offset += std::min(directory.skew, bytes_.size() - std::min<std::uint64_t>(bytes_.size(), part.offset));
    if (!add(std::move(part), bytes_.substr(at + 46, name))) break;
    at += 46 + name + extra + comment;
  }
  return !parts_.empty() || directory.at == directory.end;
}

// One local header after the other. Where a writer did not know the sizes yet (flag bit 3), a deflated part ends where
// its stream does, and a stored one before the next header.
void Package::from_headers() {
  std::uint64_t left = budget_;
  for (std::size_t at = bytes_.find(kLocal); at != bytes_.npos && bytes_.size() - at >= 30;) {
    const std::string_view head = bytes_.substr(at, 30);
    const auto name = static_cast<std::size_t>(number(head, 26, 2));
    const auto extra = static_cast<std::size_t>(number(head, 28, 2));
    if (bytes_.size() - at - 30 < name + extra) return;
    const std::size_t data = at + 30 + name + extra;
    PackagePart part;
    part.offset = at;
    part.encrypted = (number(head, 6, 2) & 1U) != 0;
    part.method = static_cast<std::uint16_t>(number(head, 8, 2));
    part.crc = static_cast<std::uint32_t>(number(head, 14, 4));
    part.packed = number(head, 18, 4);
    part.unpacked = number(head, 22, 4);
    take_zip64(bytes_.substr(at + 30 + name, extra), part);
    part.offset = at;
    if ((number(head, 6, 2) & 8U) != 0 && part.packed == 0) {
      part.crc = 0;
      const std::string_view rest = bytes_.substr(data);
      part.packed = part.method == Z_DEFLATED ? packed_length(rest, left) : std::min(rest.find(kLocal), rest.size());
    }
    const std::uint64_t packed = std::min<std::uint64_t>(part.packed, bytes_.size() - data);
    if (!add(std::move(part), bytes_.substr(at + 30, name))) return;
    at = bytes_.find(kLocal, data + static_cast<std::size_t>(packed));
  }
}

const PackagePart* Package::find(std::string_view name) const {
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  const auto found = by_name_.find(ascii_lower(name));
  return found == by_name_.end() ? nullptr : &parts_[found->second];
}

PartEnd Package::feed(std::string_view bytes, const std::function<bool(std::string_view)>& eat) {
  if (bytes.size() > budget_ || bytes.size() > part_budget_) return PartEnd::limit;
  budget_ -= bytes.size();
  part_budget_ -= bytes.size();
  return eat(bytes) ? PartEnd::whole : PartEnd::stopped;
}

PartEnd Package::inflate(std::string_view packed, const PackagePart& part,
                         const std::function<bool(std::string_view)>& eat) {
  Inflater inflater;
  std::vector<unsigned char> out(std::size_t{1} << 16);
  uLong crc = crc32(0, nullptr, 0);
  for (;;) {
    if (inflater.stream.avail_in == 0 && !inflater.refill(packed)) return PartEnd::truncated;
    const int code = inflater.step(out);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return PartEnd::damaged;
    const std::size_t got = out.size() - inflater.stream.avail_out;
    crc = crc32(crc, out.data(), static_cast<unsigned>(got));
    const PartEnd fed = feed({reinterpret_cast<const char*>(out.data()), got}, eat);
    if (fed != PartEnd::whole) return fed;
    if (code == Z_STREAM_END) return part.crc == 0 || part.crc == crc ? PartEnd::whole : PartEnd::damaged;
  }
}

PartEnd Package::read(const PackagePart& part, const std::function<bool(std::string_view)>& eat) {
  if (part.encrypted) return PartEnd::encrypted;
  if (part.method != 0 && part.method != Z_DEFLATED) return PartEnd::unsupported;
  if (part.offset > bytes_.size() || bytes_.size() - part.offset < 30) return PartEnd::truncated;
  const auto at = static_cast<std::size_t>(part.offset);
  if (bytes_.substr(at, 4) != kLocal) return PartEnd::damaged;
  const std::uint64_t data = part.offset + 30 + number(bytes_, at + 26, 2) + number(bytes_, at + 28, 2);
  if (data > bytes_.size()) return PartEnd::truncated;
  std::string_view packed = bytes_.substr(static_cast<std::size_t>(data));
  const bool cut = part.packed > packed.size();
  packed = packed.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(packed.size(), part.packed)));
  part_budget_ = std::max(floor_, packed.size() * ratio_);
  if (part.method == Z_DEFLATED) return inflate(packed, part, eat);
  uLong crc = crc32(0, nullptr, 0);
  while (!packed.empty()) {
    const std::string_view bite = packed.substr(0, std::size_t{1} << 16);
    crc = crc32(crc, reinterpret_cast<const unsigned char*>(bite.data()), static_cast<unsigned>(bite.size()));
    const PartEnd fed = feed(bite, eat);
    if (fed != PartEnd::whole) return fed;
    packed.remove_prefix(bite.size());
  }
  if (cut) return PartEnd::truncated;
  return part.crc == 0 || part.crc == crc ? PartEnd::whole : PartEnd::damaged;
}

PartEnd Package::read_all(const PackagePart& part, std::size_t most, std::string& out) {
  out.clear();
  bool over = false;
  const PartEnd end = read(part, [&](std::string_view bytes) {
    over = bytes.size() > most - out.size();
    out += bytes.substr(0, most - out.size());
    return !over;
  });
  return over ? PartEnd::limit : end;
}

Result<void> send_part_gap(PartEnd end, const std::string& part, ReadSink& sink) {
  switch (end) {
    case PartEnd::whole:
    case PartEnd::stopped: return {};
    case PartEnd::truncated: return send_gap(sink, GapKind::truncated, part, "the file ends inside this part");
    case PartEnd::damaged: return send_gap(sink, GapKind::malformed, part, "the part is damaged");
    case PartEnd::encrypted: return send_gap(sink, GapKind::encrypted, part, "the part is encrypted");
    case PartEnd::unsupported:
      return send_gap(sink, GapKind::unsupported, part, "the part is packed in a way that is not supported");
    case PartEnd::limit: break;
  }
  return send_gap(sink, GapKind::limit, part, "unpacking stopped: the file holds more than its limit");
}

Result<bool> send_part(Package& package, const PackagePart& part, std::uint32_t ordinal, ReadSink& sink) {
  TRY_VOID(sink.begin_child({ordinal, part.name}));
  Result<void> sent;
  const PartEnd end = package.read(part, [&](std::string_view bytes) {
    sent = sink.child_bytes(bytes);
    return sent.has_value();
  });
  TRY_VOID(std::move(sent));
  ChildEnd ending = ChildEnd::failed;
  if (end == PartEnd::whole) ending = ChildEnd::complete;
  if (end == PartEnd::truncated) ending = ChildEnd::truncated;
  if (end == PartEnd::encrypted) ending = ChildEnd::encrypted;
  TRY_VOID(sink.end_child(ending));
  TRY_VOID(send_part_gap(end, part.name, sink));
  return end == PartEnd::whole;
}

std::string resolve_target(std::string_view part, std::string_view target) {
  target = target.substr(0, target.find_first_of("#?"));
  std::string path;
  if (!target.starts_with('/')) path = part.substr(0, part.rfind('/') == part.npos ? 0 : part.rfind('/') + 1);
  const auto hex = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  for (std::size_t i = 0; i < target.size(); ++i) {
    const bool escaped =
        target[i] == '%' && target.size() - i > 2 && hex(target[i + 1]) >= 0 && hex(target[i + 2]) >= 0;
    path.push_back(escaped ? static_cast<char>(hex(target[i + 1]) * 16 + hex(target[i + 2])) : target[i]);
    if (escaped) i += 2;
  }
  std::replace(path.begin(), path.end(), '\\', '/');
  std::vector<std::string_view> steps;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view step = rest.substr(0, slash);
    rest.remove_prefix(slash == rest.npos ? rest.size() : slash + 1);
    if (step == ".." && !steps.empty()) steps.pop_back();
    if (!step.empty() && step != "." && step != "..") steps.push_back(step);
  }
  std::string out;
  for (const std::string_view step : steps) {
    if (!out.empty()) out.push_back('/');
    out += step;
  }
  return out;
}

}  // namespace dragoman::read
