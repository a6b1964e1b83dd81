// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/bytes.h"

#include <bit>
#include <limits>

#include "base/utf8.h"

namespace dragoman {

void ByteWriter::number(std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
}

void ByteWriter::f32(float value) {
  u32(std::bit_cast<std::uint32_t>(value));
}
void ByteWriter::f64(double value) {
  u64(std::bit_cast<std::uint64_t>(value));
}

void ByteWriter::text(std::string_view value) {
  CHECK(value.size() <= std::numeric_limits<std::uint32_t>::max());
  u32(static_cast<std::uint32_t>(value.size()));
  out_.append(value);
}

Result<std::uint64_t> ByteReader::number(std::size_t bytes) {
  if (remaining() < bytes) return fail(ErrorKind::malformed, "record ends early");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes_[offset_ + i])} << (8 * i);
  }
  offset_ += bytes;
  return value;
}

Result<std::uint8_t> ByteReader::u8() {
  return static_cast<std::uint8_t>(TRY(number(1)));
}
Result<std::uint32_t> ByteReader::u32() {
  return static_cast<std::uint32_t>(TRY(number(4)));
}
Result<std::uint64_t> ByteReader::u64() {
  return number(8);
}
Result<std::int64_t> ByteReader::i64() {
  return static_cast<std::int64_t>(TRY(number(8)));
}
Result<float> ByteReader::f32() {
  return std::bit_cast<float>(TRY(u32()));
}
Result<double> ByteReader::f64() {
  return std::bit_cast<double>(TRY(u64()));
}

Result<std::string> ByteReader::blob(std::size_t max) {
  const std::uint32_t size = TRY(u32());
  if (size > max) return fail(ErrorKind::malformed, "record field is longer than allowed");
  if (size > remaining()) return fail(ErrorKind::malformed, "record ends early");
  std::string out(bytes_.substr(offset_, size));
  offset_ += size;
  return out;
}

Result<std::string> ByteReader::text(std::size_t max) {
  std::string out = TRY(blob(max));
  if (!is_valid_utf8(out)) return fail(ErrorKind::malformed, "record field is not UTF-8");
  return out;
}

Result<std::uint32_t> ByteReader::count(std::size_t least) {
  const std::uint32_t value = TRY(u32());
  if (least > 0 && value > remaining() / least)
    return fail(ErrorKind::malformed, "record announces more than it holds");
  return value;
}

}  // namespace dragoman
