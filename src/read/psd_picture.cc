// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/psd_picture.h"

#include <algorithm>
#include <optional>

namespace dragoman::read {
namespace {

enum Mode : std::uint32_t { bitmap = 0, grey = 1, indexed = 2, rgb = 3, cmyk = 4, duotone = 8 };

struct Layout {
  std::uint32_t channels = 0;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  std::uint32_t depth = 0;
  std::uint32_t mode = 0;
  bool big = false;            // PSB: longer counts
  std::string_view palette;    // of indexed colour: 768 bytes
  std::string_view resources;  // image resources
  std::string_view data;       // compression and planes
};

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

/// The next section with its length of `count` bytes before it, taken off `rest`.
std::optional<std::string_view> section(std::string_view& rest, std::size_t count) {
  if (rest.size() < count) return std::nullopt;
  const std::uint64_t length = big_endian(rest, 0, count);
  rest.remove_prefix(count);
  if (length > rest.size()) return std::nullopt;
  const std::string_view found = rest.substr(0, static_cast<std::size_t>(length));
  rest.remove_prefix(found.size());
  return found;
}

Result<Layout> layout_of(std::string_view bytes) {
  const auto broken = [] { return fail(ErrorKind::malformed, "the header of the picture cannot be read"); };
  if (bytes.size() < 26 || !bytes.starts_with("8BPS")) return broken();
  Layout out;
  out.big = big_endian(bytes, 4, 2) == 2;
  out.channels = static_cast<std::uint32_t>(big_endian(bytes, 12, 2));
  out.height = static_cast<std::uint32_t>(big_endian(bytes, 14, 4));
  out.width = static_cast<std::uint32_t>(big_endian(bytes, 18, 4));
  out.depth = static_cast<std::uint32_t>(big_endian(bytes, 22, 2));
  out.mode = static_cast<std::uint32_t>(big_endian(bytes, 24, 2));
  const std::uint32_t most = out.big ? 300'000 : 30'000;
  if (out.width == 0 || out.height == 0 || out.width > most || out.height > most || out.channels == 0 ||
      out.channels > 56)
    return broken();
  std::string_view rest = bytes.substr(26);
  const std::optional<std::string_view> palette = section(rest, 4);
  const std::optional<std::string_view> resources = section(rest, 4);
  const std::optional<std::string_view> layers = section(rest, out.big ? 8 : 4);
  if (palette) out.palette = *palette;
  if (resources) out.resources = *resources;
  if (layers) out.data = rest;
  return out;
}

std::uint32_t shown_channels(const Layout& layout) {
  return layout.mode == rgb ? 3 : layout.mode == cmyk ? 4 : 1;
}

// Resource 1005, ResolutionInfo: 16.16 fixed, pixels per inch.
double resolution(std::string_view resources) {
  while (resources.size() >= 12 && resources.starts_with("8BIM")) {
    const std::uint64_t id = big_endian(resources, 4, 2);
    const std::size_t name = (static_cast<std::uint8_t>(resources[6]) + 2U) & ~std::size_t{1};
    if (resources.size() < 6 + name + 4) return 0;
    const std::uint64_t size = big_endian(resources, 6 + name, 4);
    const std::size_t at = 6 + name + 4;
    if (size > resources.size() - at) return 0;
    if (id == 1005 && size >= 4) return static_cast<double>(big_endian(resources, at, 4)) / 65536.0;
    resources.remove_prefix(std::min(resources.size(), at + static_cast<std::size_t>((size + 1) & ~std::uint64_t{1})));
  }
  return 0;
}

/// One row of PackBits; what is missing stays as it was.
void unpack_row(std::string_view packed, std::vector<std::uint8_t>& row) {
  std::size_t to = 0;
  for (std::size_t at = 0; at < packed.size() && to < row.size();) {
    const auto code = static_cast<std::int8_t>(packed[at++]);
    if (code >= 0) {
      const std::size_t count = std::min({static_cast<std::size_t>(code) + 1, packed.size() - at, row.size() - to});
      std::copy_n(packed.begin() + static_cast<std::ptrdiff_t>(at), count,
                  row.begin() + static_cast<std::ptrdiff_t>(to));
      at += count;
      to += count;
    } else if (code != -128 && at < packed.size()) {
      const std::size_t count = std::min(static_cast<std::size_t>(1 - code), row.size() - to);
      std::fill_n(row.begin() + static_cast<std::ptrdiff_t>(to), count, static_cast<std::uint8_t>(packed[at++]));
      to += count;
    }
  }
}

/// Gives the rows of all channels one after the other.
class Rows {
 public:
  explicit Rows(const Layout& layout) : row_((std::size_t{layout.width} * layout.depth + 7) / 8) {
    if (layout.data.size() < 2) return;
    packed_ = big_endian(layout.data, 0, 2) == 1;
    known_ = packed_ || big_endian(layout.data, 0, 2) == 0;
    data_ = layout.data.substr(2);
    width_of_count_ = layout.big ? 4 : 2;
    if (!packed_) return;
    const std::size_t table = std::size_t{layout.channels} * layout.height * width_of_count_;
    counts_ = data_.substr(0, table);
    data_.remove_prefix(counts_.size());
  }
  bool known() const { return known_; }
  const std::vector<std::uint8_t>& next() {
    std::fill(row_.begin(), row_.end(), std::uint8_t{0xFF});
    std::size_t length = row_.size();
    if (packed_) {
      if (counts_.size() < width_of_count_) return row_;
      length = static_cast<std::size_t>(big_endian(counts_, 0, width_of_count_));
      counts_.remove_prefix(width_of_count_);
    }
    const std::string_view piece = data_.substr(0, length);
    data_.remove_prefix(piece.size());
    if (packed_) {
      unpack_row(piece, row_);
    } else {
      std::copy(piece.begin(), piece.end(), row_.begin());
    }
    return row_;
  }

 private:
  std::vector<std::uint8_t> row_;
  std::string_view data_;
  std::string_view counts_;
  std::size_t width_of_count_ = 2;
  bool packed_ = false;
  bool known_ = false;
};

Grey plane_of(const Layout& layout, Rows& rows) {
  Grey out{static_cast<int>(layout.width), static_cast<int>(layout.height), {}};
  out.pixels.resize(std::size_t{layout.width} * layout.height);
  std::size_t to = 0;
  for (std::uint32_t y = 0; y < layout.height; ++y) {
    const std::vector<std::uint8_t>& row = rows.next();
    for (std::size_t x = 0; x < layout.width; ++x, ++to) {
      if (layout.depth == 1) {
        // 1 is black.
        out.pixels[to] = (row[x / 8] >> (7 - x % 8) & 1) != 0 ? 0 : 255;
      } else {
        out.pixels[to] = row[x * (layout.depth / 8)];
      }
    }
  }
  return out;
}

// Inks are stored inverted: 255 is none.
std::vector<Grey> without_key(std::vector<Grey> inks) {
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t i = 0; i < inks[3].pixels.size(); ++i) {
      inks[channel].pixels[i] = static_cast<std::uint8_t>(inks[channel].pixels[i] * inks[3].pixels[i] / 255);
    }
  }
  inks.pop_back();
  return inks;
}

std::vector<Grey> coloured(const Grey& indices, std::string_view palette) {
  std::vector<Grey> out(3, indices);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::uint8_t& pixel : out[channel].pixels) pixel = static_cast<std::uint8_t>(palette[channel * 256 + pixel]);
  }
  return out;
}

}  // namespace

Result<PsdInfo> psd_info(std::string_view bytes) {
  const Layout layout = TRY(layout_of(bytes));
  return PsdInfo{layout.width, layout.height, static_cast<int>(shown_channels(layout) * layout.depth),
                 resolution(layout.resources)};
}

Result<std::vector<Grey>> psd_planes(std::string_view bytes) {
  const Layout layout = TRY(layout_of(bytes));
  const bool depth = layout.depth == 8 || layout.depth == 16 || (layout.depth == 1 && layout.mode == bitmap);
  const bool mode = layout.mode <= cmyk || layout.mode == duotone;
  Rows rows(layout);
  if (!depth || !mode || !rows.known() || shown_channels(layout) > layout.channels) {
    return fail(ErrorKind::unsupported, "the picture is compressed in a way that is not known here");
  }
  std::vector<Grey> planes;
  for (std::uint32_t i = 0; i < shown_channels(layout); ++i) planes.push_back(plane_of(layout, rows));
  if (layout.mode == cmyk) return without_key(std::move(planes));
  if (layout.mode == indexed && layout.palette.size() >= 768) return coloured(planes[0], layout.palette);
  return planes;
}

}  // namespace dragoman::read
