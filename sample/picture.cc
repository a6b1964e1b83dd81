// SPDX-License-Identifier: AGPL-3.0-or-later
#include "picture.h"

#include <cstdio>  // jpeglib.h needs FILE and does not include it

#include <jpeglib.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/result.h"

namespace dragoman::sample {
namespace {

Picture decode_jpeg(std::string_view bytes) {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  errors.emit_message = [](j_common_ptr, int) {};  // a cut file is what we ask about
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg_start_decompress(&jpeg);
  Picture out{static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height), jpeg.output_components, {}};
  out.pixels.resize(out.stride() * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = out.row(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return out;
}

// libtiff writes through these into a string: it wants to seek.
struct MemoryFile {
  std::string bytes;
  std::size_t position = 0;
};

tmsize_t tiff_read(thandle_t handle, void* out, tmsize_t size) {
  auto& file = *static_cast<MemoryFile*>(handle);
  const std::size_t have = file.bytes.size() - std::min(file.position, file.bytes.size());
  const std::size_t count = std::min(static_cast<std::size_t>(size), have);
  std::memcpy(out, file.bytes.data() + file.position, count);
  file.position += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t tiff_write(thandle_t handle, void* data, tmsize_t size) {
  auto& file = *static_cast<MemoryFile*>(handle);
  const auto count = static_cast<std::size_t>(size);
  if (file.bytes.size() < file.position + count) file.bytes.resize(file.position + count);
  std::memcpy(file.bytes.data() + file.position, data, count);
  file.position += count;
  return size;
}

toff_t tiff_seek(thandle_t handle, toff_t offset, int whence) {
  auto& file = *static_cast<MemoryFile*>(handle);
  const std::size_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.position : file.bytes.size();
  file.position = base + offset;
  return file.position;
}

void write_tiff_page(TIFF* tiff, const TiffPage& page) {
  const Picture& picture = page.picture;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(picture.width));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(picture.height));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, picture.channels);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, picture.channels == 1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 64u);
  TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  TIFFSetField(tiff, TIFFTAG_XRESOLUTION, static_cast<double>(page.dpi));
  TIFFSetField(tiff, TIFFTAG_YRESOLUTION, static_cast<double>(page.dpi));
  std::vector<std::uint8_t> row(picture.stride());  // the predictor works in place
  for (int y = 0; y < picture.height; ++y) {
    std::copy_n(picture.row(y), row.size(), row.begin());
    CHECK(TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0) == 1);
  }
  CHECK(TIFFWriteDirectory(tiff) == 1);
}

}  // namespace

std::string encode_jpeg(const Picture& picture, int quality, int dpi) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &buffer, &size);
  jpeg.image_width = static_cast<JDIMENSION>(picture.width);
  jpeg.image_height = static_cast<JDIMENSION>(picture.height);
  jpeg.input_components = picture.channels;
  jpeg.in_color_space = picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  if (dpi > 0) {
    jpeg.density_unit = 1;  // dots per inch
    jpeg.X_density = jpeg.Y_density = static_cast<UINT16>(dpi);
  }
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    // The interface is not const-correct; the encoder only reads.
    JSAMPROW row = const_cast<JSAMPROW>(picture.row(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string out(reinterpret_cast<const char*>(buffer), size);
  std::free(buffer);
  return out;
}

int intact_rows(std::string_view whole, std::string_view damaged) {
  const Picture a = decode_jpeg(whole);
  const Picture b = decode_jpeg(damaged);
  int y = 0;
  while (y < a.height && std::equal(a.row(y), a.row(y) + a.stride(), b.row(y))) ++y;
  return y;
}

std::string encode_tiff(const std::vector<TiffPage>& pages) {
  MemoryFile file;
  TIFF* tiff = TIFFClientOpen(
      "memory", "w", &file, tiff_read, tiff_write, tiff_seek, [](thandle_t) { return 0; },
      [](thandle_t handle) { return static_cast<toff_t>(static_cast<MemoryFile*>(handle)->bytes.size()); }, nullptr,
      nullptr);
  CHECK(tiff != nullptr);
  for (const TiffPage& page : pages) {
    write_tiff_page(tiff, page);
  }
  TIFFClose(tiff);
  return std::move(file.bytes);
}

}  // namespace dragoman::sample
