// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/poppler_page.h"

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>
#include <poppler-version.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

// poppler::ustring holds UTF-16; its own to_utf8 goes through iconv each time.
std::u32string utf32_of(const poppler::ustring& text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t unit = text[i];
    const bool lead = unit >= 0xD800 && unit < 0xDC00 && i + 1 < text.size();
    const char32_t trail = lead ? text[i + 1] : 0;
    if (lead && trail >= 0xDC00 && trail < 0xE000) {
      out.push_back(0x10000 + ((unit - 0xD800) << 10) + (trail - 0xDC00));
      ++i;
    } else {
      out.push_back(unit >= 0xD800 && unit < 0xE000 ? U'\uFFFD' : unit);
    }
  }
  return out;
}

std::string utf8_of(const poppler::ustring& text) {
  std::string out;
  for (const char32_t c : utf32_of(text)) {
    if (c != 0 && c != 0xFEFF) append_utf8(out, c);
  }
  return out;
}

void silence() {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
}

PdfToken token_of(const poppler::text_box& box) {
  PdfToken token;
  token.text = utf32_of(box.text());
  const poppler::rectf rect = box.bbox();
  const auto coordinate = [](double value) { return std::isfinite(value) ? static_cast<float>(value) : 0.0F; };
  token.box = {coordinate(std::min(rect.left(), rect.right())), coordinate(std::min(rect.top(), rect.bottom())),
               coordinate(std::max(rect.left(), rect.right())), coordinate(std::max(rect.top(), rect.bottom()))};
  token.space_after = box.has_space_after();
  token.quarter_turns = box.rotation() & 3;
  return token;
}

}  // namespace

struct PopplerDocument::State {
  std::unique_ptr<poppler::document> document;
};

PopplerDocument::PopplerDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
PopplerDocument::PopplerDocument(PopplerDocument&&) noexcept = default;
PopplerDocument& PopplerDocument::operator=(PopplerDocument&&) noexcept = default;
PopplerDocument::~PopplerDocument() = default;

Result<PopplerDocument> PopplerDocument::open(std::string_view bytes, const std::vector<std::string>& passwords) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return fail(ErrorKind::limit, "the PDF is larger than 2 GiB");
  }
  silence();
  std::vector<std::string> tries{""};
  tries.insert(tries.end(), passwords.begin(), passwords.end());
  bool locked = false;
  try {
    for (const std::string& password : tries) {
      auto state = std::make_unique<State>();
      state->document.reset(
          poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size()), password, password));
      if (!state->document) continue;
      if (!state->document->is_locked()) return PopplerDocument(std::move(state));
      locked = true;
    }
  } catch (const std::exception&) {
    return fail(ErrorKind::malformed, "the PDF cannot be opened");
  }
  if (locked) return fail(ErrorKind::encrypted, "the PDF needs a password");
  return fail(ErrorKind::malformed, "the PDF cannot be opened");
}

std::uint32_t PopplerDocument::page_count() const {
  return static_cast<std::uint32_t>(std::max(0, state_->document->pages()));
}

Result<PdfTokens> PopplerDocument::tokens(std::uint32_t number) const {
  if (number == 0 || number > page_count()) return fail(ErrorKind::not_found, "the PDF has no such page");
  try {
    const std::unique_ptr<poppler::page> page(state_->document->create_page(static_cast<int>(number) - 1));
    if (!page) return fail(ErrorKind::malformed, "the page cannot be opened");
    PdfTokens out;
    const poppler::rectf rect = page->page_rect(poppler::crop_box);
    const bool turned =
        page->orientation() == poppler::page::landscape || page->orientation() == poppler::page::seascape;
    out.width = turned ? rect.height() : rect.width();
    out.height = turned ? rect.width() : rect.height();
    const std::vector<poppler::text_box> list = page->text_list();
    out.tokens.reserve(list.size());
    for (const poppler::text_box& box : list) out.tokens.push_back(token_of(box));
    return out;
  } catch (const std::exception&) {
    return fail(ErrorKind::malformed, "the text of the page cannot be read");
  }
}

std::vector<Field> PopplerDocument::fields() const {
  std::vector<Field> out;
  const auto add = [&out](const char* key, std::string value) {
    if (!value.empty()) out.push_back({key, std::move(value)});
  };
  try {
    for (const char* key :
         {"Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate"}) {
      add(key, utf8_of(state_->document->info_key(key)));
    }
  } catch (const std::exception&) {
    add("Error", "the document's properties cannot be read");
  }
  return out;
}

bool PopplerDocument::has_attachments() const {
  return state_->document->has_embedded_files();
}

std::string PopplerDocument::engine() {
  return "poppler " + poppler::version_string();
}

void warm_up_poppler() {
  // Helvetica is not embedded: poppler asks fontconfig for a substitute, and keeps it.
  static constexpr std::string_view kPage =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
      "4 0 obj<</Length 33>>stream\nBT /F 9 Tf 9 9 Td (warm up) Tj ET\nendstream endobj\n"
      "5 0 obj<</Type/Font/Subtype/TrueType/BaseFont/Helvetica>>endobj\n"
      "trailer<</Root 1 0 R>>\n%%EOF\n";
  if (Result<PopplerDocument> document = PopplerDocument::open(kPage, {})) {
    static_cast<void>(document->tokens(1));
    static_cast<void>(document->fields());
  }
}

}  // namespace dragoman::read
