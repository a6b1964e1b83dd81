// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xls_records.h"

#include <algorithm>

#include "base/utf8.h"
#include "read/little_endian.h"

namespace dragoman::read {

bool xls_record(std::string_view stream, std::size_t at, XlsRecord& record) {
  if (at >= stream.size() || stream.size() - at < 4) return false;
  record.at = at;
  record.type = u16_at(stream, at);
  record.data = slice(stream, at + 4, u16_at(stream, at + 2));
  record.next = at + 4 + record.data.size();
  return true;
}

XlsRun::XlsRun(std::string_view stream, const XlsRecord& first) {
  pieces_.push_back(first.data);
  next_ = first.next;
  XlsRecord more;
  while (xls_record(stream, next_, more) && more.type == xls::kContinue) {
    pieces_.push_back(more.data);
    next_ = more.next;
  }
}

bool XlsRun::next_piece() {
  if (piece_ + 1 == pieces_.size()) return false;
  ++piece_;
  at_ = 0;
  return true;
}

std::uint32_t XlsRun::number(unsigned bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    while (left_here() == 0 && next_piece()) {
    }
    if (left_here() == 0) return value;
    value |= std::uint32_t{u8_at(pieces_[piece_], at_++)} << (8 * i);
  }
  return value;
}

void XlsRun::skip(std::uint64_t bytes) {
  while (bytes > 0) {
    const std::uint64_t here = std::min<std::uint64_t>(bytes, left_here());
    at_ += static_cast<std::size_t>(here);
    bytes -= here;
    if (bytes > 0 && !next_piece()) return;
  }
}

std::string xls_letters(std::string_view bytes, bool wide) {
  if (wide) return utf8_of_utf16le(bytes);
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

std::string XlsRun::letters(std::uint32_t count, bool wide) {
  std::string out;
  while (count > 0) {
    if (left_here() == 0) {
      if (!next_piece()) return out;
      wide = (number(1) & 1U) != 0;
      if (left_here() == 0) continue;
    }
    const std::size_t width = wide ? 2 : 1;
    const std::size_t here = std::min<std::size_t>(count, left_here() / width);
    if (here == 0) {  // half a character
      at_ += left_here();
      continue;
    }
    out += xls_letters(slice(pieces_[piece_], at_, here * width), wide);
    at_ += here * width;
    count -= static_cast<std::uint32_t>(here);
  }
  return out;
}

std::string XlsRun::text() {
  const std::uint32_t count = number(2);
  const std::uint32_t flags = number(1);
  const std::uint64_t runs = (flags & 8U) != 0 ? number(2) : 0;
  const std::uint64_t readings = (flags & 4U) != 0 ? number(4) : 0;
  std::string out = letters(count, (flags & 1U) != 0);
  skip(4 * runs + readings);
  return out;
}

std::string xls_text(std::string_view data, unsigned count_bytes, bool biff8, const CodePage& page) {
  const std::uint32_t count = count_bytes == 1 ? u8_at(data, 0) : u16_at(data, 0);
  data = slice(data, count_bytes);
  if (!biff8) return page.text(slice(data, 0, count));
  const unsigned flags = u8_at(data, 0);
  const std::size_t head = 1 + ((flags & 8U) != 0 ? 2U : 0U) + ((flags & 4U) != 0 ? 4U : 0U);
  const bool wide = (flags & 1U) != 0;
  return xls_letters(slice(data, head, wide ? std::uint64_t{2} * count : count), wide);
}

}  // namespace dragoman::read
