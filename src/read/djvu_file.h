// SPDX-License-Identifier: AGPL-3.0-or-later
// DjVuLibre behind values. The library decodes in threads of its own, which the lock does not grant: it is linked with
// its pthread_create replaced (CMakeLists.txt) by a function that runs the thread's work at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/grey.h"
#include "record/item.h"
#include "record/page.h"

namespace dragoman::read {

struct DjvuPage {
  int width = 0;  // pixels as displayed
  int height = 0;
  double dpi = 300;
  std::vector<Word> words;  // of the text layer, with boxes in points
};

class DjvuDocument {
 public:
  /// `bytes` need not outlive this. Errors: malformed, unsupported (parts of it lie in other files).
  static Result<DjvuDocument> open(std::string_view bytes);
  DjvuDocument(DjvuDocument&&) noexcept;
  DjvuDocument& operator=(DjvuDocument&&) noexcept;
  ~DjvuDocument();

  std::uint32_t page_count() const;
  /// Pages count from 1. malformed when the page's head cannot be read.
  Result<DjvuPage> page(std::uint32_t number) const;
  /// One plane (grey) or three (red, green, blue) of `width` × `height` pixels, ≥ 1. malformed when it cannot be
  /// decoded.
  Result<std::vector<Grey>> planes(std::uint32_t number, int width, int height, bool colour) const;
  /// Metadata of the document ("author", "title", …) as found, and its bookmarks as "outline" lines.
  std::vector<Field> fields() const;
  std::string outline() const;
  static std::string engine();

 private:
  struct State;
  explicit DjvuDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Loads the library's tables; before the lock.
void warm_up_djvu();

}  // namespace dragoman::read
