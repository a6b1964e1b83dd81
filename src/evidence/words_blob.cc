// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/words_blob.h"

#include <zstd.h>

#include "record/wire.h"

namespace dragoman::evidence {
namespace {

constexpr int kLevel = 3;

}  // namespace

std::string pack_words(const std::vector<Word>& words) {
  const std::string plain = encode_words(words);
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), kLevel);
  CHECK(ZSTD_isError(size) == 0);
  packed.resize(size);
  return packed;
}

Result<std::vector<Word>> unpack_words(std::string_view bytes, const Limits& limits) {
  const unsigned long long announced = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (announced == ZSTD_CONTENTSIZE_ERROR || announced == ZSTD_CONTENTSIZE_UNKNOWN ||
      announced > limits.max_reply_bytes) {
    return fail(ErrorKind::malformed, "the kept words of a page are damaged");
  }
  std::string plain(announced, '\0');
  const std::size_t size = ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != announced) {
    return fail(ErrorKind::malformed, "the kept words of a page are damaged");
  }
  return decode_words(plain, limits);
}

}  // namespace dragoman::evidence
