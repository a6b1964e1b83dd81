// SPDX-License-Identifier: AGPL-3.0-or-later
// Little-endian bytes in and out, with every length checked before it is believed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman {

/// Appends fixed-width little-endian numbers and length-prefixed strings to a string it owns.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value)); }
  void f32(float value);
  void f64(double value);
  /// u32 length, then the bytes. CHECKs that it fits.
  void text(std::string_view value);
  std::string take() { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  void number(std::uint64_t value, int bytes);
  std::string out_;
};

/// Reads what ByteWriter wrote. Borrowed bytes must outlive it. Any read past the end is `malformed`.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  Result<std::uint8_t> u8();
  Result<std::uint32_t> u32();
  Result<std::uint64_t> u64();
  Result<std::int64_t> i64();
  Result<float> f32();
  Result<double> f64();
  /// Valid UTF-8 of at most `max` bytes, else malformed.
  Result<std::string> text(std::size_t max);
  /// Any bytes, at most `max`.
  Result<std::string> blob(std::size_t max);
  /// A count of things that each take at least `least` bytes: refused when they cannot be there.
  Result<std::uint32_t> count(std::size_t least);
  std::size_t remaining() const { return bytes_.size() - offset_; }

 private:
  Result<std::uint64_t> number(std::size_t bytes);
  std::string_view bytes_;
  std::size_t offset_ = 0;
};

}  // namespace dragoman
