// SPDX-License-Identifier: AGPL-3.0-or-later
// Any bytes as the words of a page: tokens are valid UTF-8 of bounded size, in order, and fold to themselves; the
// offset map stays inside of the text.
#include <cstddef>
#include <cstdint>

#include "base/utf8.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/tokens.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto words = words_of(to_valid_utf8(text));
  std::uint32_t word = 1;
  for (const text::Token& token : text::tokens_of(words)) {
    CHECK(is_valid_utf8(token.text) && !token.text.empty() && token.text.size() <= text::kMaxTokenBytes);
    CHECK(token.word.value() >= word && token.last_word >= token.word && token.last_word.value() <= words.size());
    CHECK(text::fold_word(token.text) == token.text);
    word = token.word.value();
  }
  const text::Folded folded = text::fold({text});
  for (std::size_t at = 0; at <= folded.text.utf8.size(); ++at)
    CHECK(folded.map.to_raw(ByteOffset(at)).value() <= size);
  text::language_of(words);
  return 0;
}
