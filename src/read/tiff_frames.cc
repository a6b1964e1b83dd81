// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/tiff_frames.h"

#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace dragoman::read {
namespace {

// The client side of libtiff over borrowed memory.
struct Memory {
  std::string_view bytes;
  std::uint64_t offset = 0;
};

tmsize_t read_memory(thandle_t handle, void* out, tmsize_t count) {
  auto* memory = static_cast<Memory*>(handle);
  if (count <= 0 || memory->offset >= memory->bytes.size()) return 0;
  const auto got = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), memory->bytes.size() - memory->offset);
  std::memcpy(out, memory->bytes.data() + memory->offset, got);
  memory->offset += got;
  return static_cast<tmsize_t>(got);
}

tmsize_t refuse_write(thandle_t, void*, tmsize_t) {
  return 0;
}

toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  auto* memory = static_cast<Memory*>(handle);
  const std::uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory->offset : memory->bytes.size();
  memory->offset = base + offset;
  return memory->offset;
}

int close_memory(thandle_t) {
  return 0;
}
toff_t size_of_memory(thandle_t handle) {
  return static_cast<Memory*>(handle)->bytes.size();
}
int map_memory(thandle_t, void**, toff_t*) {
  return 0;
}
void unmap_memory(thandle_t, void*, toff_t) {}

struct TiffClose {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

// Whether every strip or tile that the directory names lies inside the file.
bool reaches_beyond(TIFF* tiff, std::uint64_t size) {
  std::uint64_t* offsets = nullptr;
  std::uint64_t* counts = nullptr;
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const std::uint32_t pieces = tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  if (TIFFGetField(tiff, tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS, &offsets) == 0 || offsets == nullptr)
    return true;
  if (TIFFGetField(tiff, tiled ? TIFFTAG_TILEBYTECOUNTS : TIFFTAG_STRIPBYTECOUNTS, &counts) == 0) counts = nullptr;
  for (std::uint32_t i = 0; i < pieces; ++i) {
    const std::uint64_t count = counts != nullptr ? counts[i] : 1;
    if (offsets[i] > size || count > size - offsets[i]) return true;
  }
  return false;
}

TiffFrame frame_of(TIFF* tiff, std::uint64_t size) {
  TiffFrame frame;
  std::uint16_t bits = 1;
  std::uint16_t samples = 1;
  std::uint16_t unit = RESUNIT_INCH;
  std::uint16_t orientation = 1;
  float x = 0;
  float y = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &frame.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &frame.height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x);
  TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y);
  const double to_inch = unit == RESUNIT_CENTIMETER ? 2.54 : 1;
  frame.x_dpi = static_cast<double>(x) * to_inch;
  frame.y_dpi = static_cast<double>(y) * to_inch;
  frame.bits = std::max(1, int{bits} * int{samples});
  frame.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  frame.truncated = reaches_beyond(tiff, size);
  return frame;
}

}  // namespace

Result<std::vector<TiffFrame>> tiff_frames(std::string_view bytes, std::uint32_t most) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  Memory memory{bytes, 0};
  const std::unique_ptr<TIFF, TiffClose> tiff(TIFFClientOpen("tiff", "rm", &memory, read_memory, refuse_write,
                                                             seek_memory, close_memory, size_of_memory, map_memory,
                                                             unmap_memory));
  if (!tiff) return fail(ErrorKind::malformed, "the TIFF has no directory that can be read");
  std::vector<TiffFrame> frames;
  for (;;) {
    if (frames.size() >= most) break;
    const TiffFrame frame = frame_of(tiff.get(), bytes.size());
    if (frame.width == 0 || frame.height == 0) return fail(ErrorKind::malformed, "the TIFF has a frame without a size");
    frames.push_back(frame);
    if (TIFFLastDirectory(tiff.get()) != 0) break;
    if (TIFFReadDirectory(tiff.get()) == 0) {
      frames.back().truncated = true;
      break;
    }
  }
  return frames;
}

}  // namespace dragoman::read
