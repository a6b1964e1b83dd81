// SPDX-License-Identifier: AGPL-3.0-or-later
// libjpeg reports fatal errors by longjmp: between setjmp and the end of a function here there is no object with a
// destructor.
#include "read/jpeg_decode.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>

extern "C" {
#include <jerror.h>
#include <jpeglib.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace dragoman::read {
namespace {

struct Decoder {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  jpeg_source_mgr source;
  std::jmp_buf jump;
  bool ran_out = false;  // the source was asked for more than there is
};

Decoder* decoder_of(j_common_ptr info) {
  return static_cast<Decoder*>(info->client_data);
}
Decoder* decoder_of(j_decompress_ptr info) {
  return static_cast<Decoder*>(info->client_data);
}

constexpr JOCTET kEndOfImage[] = {0xFF, JPEG_EOI};

boolean fill_with_end(j_decompress_ptr info) {
  decoder_of(info)->ran_out = true;
  info->src->next_input_byte = kEndOfImage;
  info->src->bytes_in_buffer = sizeof kEndOfImage;
  return TRUE;
}

void skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) {
    fill_with_end(info);
    return;
  }
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

void prepare(Decoder* decoder, const unsigned char* data, std::size_t size) {
  decoder->info.client_data = decoder;
  decoder->info.err = jpeg_std_error(&decoder->errors);
  decoder->errors.error_exit = [](j_common_ptr info) { std::longjmp(decoder_of(info)->jump, 1); };
  decoder->errors.output_message = [](j_common_ptr) {};
  decoder->errors.emit_message = [](j_common_ptr info, int level) {
    if (level < 0) ++info->err->num_warnings;
  };
  decoder->source.init_source = [](j_decompress_ptr) {};
  decoder->source.fill_input_buffer = fill_with_end;
  decoder->source.skip_input_data = skip;
  decoder->source.resync_to_restart = jpeg_resync_to_restart;
  decoder->source.term_source = [](j_decompress_ptr) {};
  decoder->source.next_input_byte = data;
  decoder->source.bytes_in_buffer = size;
}

bool read_header(Decoder* decoder) {
  if (setjmp(decoder->jump) != 0) return false;
  jpeg_create_decompress(&decoder->info);
  decoder->info.src = &decoder->source;
  return jpeg_read_header(&decoder->info, TRUE) == JPEG_HEADER_OK;
}

bool start(Decoder* decoder, int eighths, bool colour) {
  if (setjmp(decoder->jump) != 0) return false;
  decoder->info.scale_num = static_cast<unsigned>(eighths);
  decoder->info.scale_denom = 8;
  const bool inks = decoder->info.num_components == 4;
  decoder->info.out_color_space = inks ? JCS_CMYK : colour ? JCS_RGB : JCS_GRAYSCALE;
  return jpeg_start_decompress(&decoder->info) == TRUE;
}

// One row of four inks into grey; Adobe's are stored inverted (255 = none).
void grey_of_inks(const unsigned char* inks, std::size_t width, bool inverted, unsigned char* grey) {
  for (std::size_t x = 0; x < width; ++x) {
    unsigned part[4];
    for (std::size_t i = 0; i < 4; ++i) part[i] = inverted ? inks[4 * x + i] : 255U - inks[4 * x + i];
    const unsigned light = 77 * part[0] + 150 * part[1] + 29 * part[2];
    grey[x] = static_cast<unsigned char>(light / 256 * part[3] / 255);
  }
}

// The same into red, green, blue.
void colour_of_inks(const unsigned char* inks, std::size_t width, bool inverted, unsigned char* colour) {
  for (std::size_t x = 0; x < width; ++x) {
    unsigned part[4];
    for (std::size_t i = 0; i < 4; ++i) part[i] = inverted ? inks[4 * x + i] : 255U - inks[4 * x + i];
    for (std::size_t i = 0; i < 3; ++i) colour[3 * x + i] = static_cast<unsigned char>(part[i] * part[3] / 255);
  }
}

// Decodes rows of `channels` bytes a pixel into `out`; the answer is how many are sound. `row` has room for one row of
// four inks.
int read_rows(Decoder* decoder, std::size_t channels, unsigned char* out, unsigned char* row) {
  volatile int sound = 0;
  if (setjmp(decoder->jump) != 0) return sound;
  const std::size_t width = decoder->info.output_width;
  const bool inks = decoder->info.out_color_space == JCS_CMYK;
  while (decoder->info.output_scanline < decoder->info.output_height) {
    unsigned char* target = out + decoder->info.output_scanline * width * channels;
    JSAMPROW rows[1] = {inks ? row : target};
    if (jpeg_read_scanlines(&decoder->info, rows, 1) != 1) break;
    const bool inverted = decoder->info.saw_Adobe_marker == TRUE;
    if (inks && channels == 1) grey_of_inks(row, width, inverted, target);
    if (inks && channels == 3) colour_of_inks(row, width, inverted, target);
    if (!decoder->ran_out || decoder->info.progressive_mode == TRUE)
      sound = static_cast<int>(decoder->info.output_scanline);
  }
  return sound;
}

void destroy(Decoder* decoder) {
  if (setjmp(decoder->jump) == 0) jpeg_destroy_decompress(&decoder->info);
}

int eighths_for(const Decoder& decoder, double least_scale, std::uint64_t max_pixels) {
  int eighths = std::clamp(static_cast<int>(std::ceil(least_scale * 8 - 1e-6)), 1, 8);
  const auto pixels = [&](int n) {
    return (std::uint64_t{decoder.info.image_width} * static_cast<unsigned>(n) / 8 + 1) *
           (std::uint64_t{decoder.info.image_height} * static_cast<unsigned>(n) / 8 + 1);
  };
  while (eighths > 1 && pixels(eighths) > max_pixels) --eighths;
  return eighths;
}

struct Decoded {
  Pixels pixels;
  int eighths = 8;
  bool complete = true;
};

// With `colour` a coloured file gives three channels; else one.
Result<Decoded> decode(std::string_view bytes, double least_scale, std::uint64_t max_pixels, bool colour) {
  const auto decoder = std::make_unique<Decoder>();
  prepare(decoder.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  Decoded out;
  int sound = 0;
  if (read_header(decoder.get())) {
    const bool coloured = colour && decoder->info.num_components >= 3;
    out.eighths = eighths_for(*decoder, least_scale, max_pixels);
    if (start(decoder.get(), out.eighths, coloured)) {
      const std::size_t width = decoder->info.output_width;
      const std::size_t height = decoder->info.output_height;
      if (width * height > max_pixels) {
        destroy(decoder.get());
        return fail(ErrorKind::limit, "the JPEG has more pixels than the limit, even at an eighth of its size");
      }
      const std::size_t channels = coloured ? 3 : 1;
      Pixels& pixels = out.pixels;
      pixels.width = static_cast<int>(width);
      pixels.height = static_cast<int>(height);
      pixels.channels = static_cast<int>(channels);
      pixels.bytes.assign(width * height * channels, 255);
      std::vector<unsigned char> row(width * 4);
      sound = read_rows(decoder.get(), channels, pixels.bytes.data(), row.data());
      std::fill(
          pixels.bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(sound) * pixels.row_bytes()),
          pixels.bytes.end(), std::uint8_t{255});
      out.complete = sound == pixels.height && !decoder->ran_out;
    }
  }
  destroy(decoder.get());
  if (sound == 0) return fail(ErrorKind::malformed, "no row of the JPEG can be decoded");
  return out;
}

}  // namespace

Result<JpegPixels> decode_jpeg(std::string_view bytes, double least_scale, std::uint64_t max_pixels) {
  Decoded decoded = TRY(decode(bytes, least_scale, max_pixels, false));
  return JpegPixels{Grey{decoded.pixels.width, decoded.pixels.height, std::move(decoded.pixels.bytes)}, decoded.eighths,
                    decoded.complete};
}

Result<Pixels> decode_jpeg_colour(std::string_view bytes, double least_scale, std::uint64_t max_pixels) {
  Decoded decoded = TRY(decode(bytes, least_scale, max_pixels, true));
  return std::move(decoded.pixels);
}

}  // namespace dragoman::read
