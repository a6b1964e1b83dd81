// SPDX-License-Identifier: AGPL-3.0-or-later
#include "zip.h"

#include <zlib.h>

#include <algorithm>

#include "base/result.h"
#include "base/utf8.h"

namespace dragoman::sample {
namespace {

// 2015-06-01 10:00 as MS-DOS stores it: the leak's archives know no other time.
constexpr std::uint16_t kDosTime = 10 << 11;
constexpr std::uint16_t kDosDate = (2015 - 1980) << 9 | 6 << 5 | 1;

constexpr std::uint16_t kFlagEncrypted = 1;
constexpr std::uint16_t kFlagUtf8 = 1 << 11;

void put16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8 & 0xFF));
}

void put32(std::string& out, std::size_t value) {
  put16(out, value & 0xFFFF);
  put16(out, value >> 16);
}

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// APPNOTE.TXT 6.1.5 to 6.1.7: three keys, stirred by every plain byte.
class ZipCrypto {
 public:
  explicit ZipCrypto(std::string_view password) {
    for (const char c : password) stir(static_cast<std::uint8_t>(c));
  }
  char encrypt(char plain) {
    const std::uint32_t t = (key2_ | 2) & 0xFFFF;
    const auto mask = static_cast<std::uint8_t>((t * (t ^ 1)) >> 8);
    const auto byte = static_cast<std::uint8_t>(plain);
    stir(byte);
    return static_cast<char>(byte ^ mask);
  }

 private:
  static std::uint32_t crc_step(std::uint32_t crc, std::uint8_t byte) {
    static const z_crc_t* table = get_crc_table();
    return static_cast<std::uint32_t>(table[(crc ^ byte) & 0xFF]) ^ (crc >> 8);
  }
  void stir(std::uint8_t byte) {
    key0_ = crc_step(key0_, byte);
    key1_ = (key1_ + (key0_ & 0xFF)) * 134775813u + 1;
    key2_ = crc_step(key2_, static_cast<std::uint8_t>(key1_ >> 24));
  }

  std::uint32_t key0_ = 0x12345678;
  std::uint32_t key1_ = 0x23456789;
  std::uint32_t key2_ = 0x34567890;
};

// Twelve random bytes, the last being the check byte: the high byte of the CRC.
std::string encrypt(std::string_view data, std::uint32_t crc, std::string_view password, Prng& prng) {
  ZipCrypto cipher(password);
  std::string plain = prng.bytes(11);
  plain.push_back(static_cast<char>(crc >> 24));
  plain += data;
  std::transform(plain.begin(), plain.end(), plain.begin(), [&](char c) { return cipher.encrypt(c); });
  return plain;
}

struct Entry {
  std::uint16_t flags = 0;
  bool stored = false;
  std::uint32_t crc = 0;
  std::string data;
};

Entry make_entry(const ZipMember& member, const std::string* password, Prng* prng) {
  Entry entry;
  const bool ascii = std::all_of(member.name.begin(), member.name.end(), [](char c) { return (c & 0x80) == 0; });
  if (!ascii && is_valid_utf8(member.name)) entry.flags |= kFlagUtf8;
  entry.stored = member.store || member.bytes.empty();
  entry.crc = crc_of(member.bytes);
  entry.data = entry.stored ? member.bytes : deflated(member.bytes, -MAX_WBITS);
  if (password != nullptr && !member.name.ends_with('/')) {
    entry.flags |= kFlagEncrypted;
    entry.data = encrypt(entry.data, entry.crc, *password, *prng);
  }
  return entry;
}

// The fields that local header and central directory share (APPNOTE.TXT 4.3.7 and 4.3.12).
void put_shared_fields(std::string& out, const ZipMember& member, const Entry& entry) {
  put16(out, 20);  // version needed: 2.0
  put16(out, entry.flags);
  put16(out, entry.stored ? 0 : 8);
  put16(out, kDosTime);
  put16(out, kDosDate);
  put32(out, entry.crc);
  put32(out, entry.data.size());
  put32(out, member.bytes.size());
  put16(out, member.name.size());
  put16(out, 0);  // no extra field
}

Zip write(const std::vector<ZipMember>& members, const std::string* password, Prng* prng) {
  Zip zip;
  std::string directory;
  for (const ZipMember& member : members) {
    const Entry entry = make_entry(member, password, prng);
    const std::size_t offset = zip.bytes.size();
    put32(zip.bytes, 0x04034b50);
    put_shared_fields(zip.bytes, member, entry);
    zip.bytes += member.name;
    zip.data.push_back({zip.bytes.size(), zip.bytes.size() + entry.data.size()});
    zip.bytes += entry.data;

    put32(directory, 0x02014b50);
    put16(directory, 20);  // made by: MS-DOS, 2.0
    put_shared_fields(directory, member, entry);
    put16(directory, 0);  // comment
    put16(directory, 0);  // disk
    put16(directory, 0);  // internal attributes
    put32(directory, member.name.ends_with('/') ? 0x10 : 0);
    put32(directory, offset);
    directory += member.name;
  }
  const std::size_t start = zip.bytes.size();
  zip.bytes += directory;
  put32(zip.bytes, 0x06054b50);
  put32(zip.bytes, 0);  // disk numbers
  put16(zip.bytes, members.size());
  put16(zip.bytes, members.size());
  put32(zip.bytes, directory.size());
  put32(zip.bytes, start);
  put16(zip.bytes, 0);
  return zip;
}

}  // namespace

std::string deflated(std::string_view bytes, int window_bits) {
  z_stream z{};
  CHECK(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, bytes.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

Zip write_zip(const std::vector<ZipMember>& members) {
  return write(members, nullptr, nullptr);
}

Zip write_encrypted_zip(const std::vector<ZipMember>& members, std::string_view password, Prng& prng) {
  const std::string key(password);
  return write(members, &key, &prng);
}

}  // namespace dragoman::sample
