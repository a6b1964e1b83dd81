// SPDX-License-Identifier: AGPL-3.0-or-later
// A PDF is a document of pages, and a container of the files attached to it. What it says beside its drawn pages
// (pdf_extras.h, layers that are off) are pages without a size behind them, so that the number of a drawn page is its
// place in the document. Whether a page's text layer is good
// enough or OCR is wanted is decided by ingest from quality, picture_cover and has_ink.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "read/input.h"
#include "read/mupdf_page.h"
#include "read/pdf_extras.h"
#include "read/pdf_file.h"
#include "read/pdf_structure.h"
#include "read/pdf_words.h"
#include "read/poppler_page.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

// Pages read before the document is announced, so that it can say its language.
constexpr std::uint32_t kLookAhead = 3;
// How far before its end a whole PDF has "%%EOF"; ISO 32000-1, annex H, implementation note 18, says 1024 bytes.
constexpr std::size_t kEndBytes = 2048;

bool has_end(std::string_view bytes) {
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), kEndBytes));
  return tail.find("%%EOF") != tail.npos || tail.find("startxref") != tail.npos;
}

class PdfReading {
 public:
  PdfReading(const Input& input, std::string_view bytes, ReadSink& sink) : input_(input), bytes_(bytes), sink_(sink) {}
  Result<ItemState> run();

 private:
  Result<ItemState> refused(const Error& first, const Error& second);
  Result<Page> page(std::uint32_t number);
  std::optional<Page> plain_page(std::uint32_t number, PdfTokens& tokens);
  Result<void> send_pages(std::uint32_t count);
  Result<void> send_beside();
  Result<void> send_attachments();
  void look_behind(const Page& page);
  Result<void> gap(GapKind kind, std::string where, std::string detail, PageIndex page = PageIndex{0});
  std::uint32_t pages() const;

  const Input& input_;
  std::string_view bytes_;
  ReadSink& sink_;
  std::optional<PopplerDocument> poppler_;
  std::optional<MupdfDocument> mupdf_;
  Result<PdfFile> file_ = fail(ErrorKind::malformed, "");
  PdfExtras extras_;
  Document document_;
  std::uint32_t read_ = 0;
  bool partial_ = false;
};

Result<void> PdfReading::gap(GapKind kind, std::string where, std::string detail, PageIndex number) {
  partial_ = true;
  return send_gap(sink_, kind, std::move(where), std::move(detail), number);
}

std::uint32_t PdfReading::pages() const {
  return std::max(poppler_ ? poppler_->page_count() : 0, mupdf_ ? mupdf_->page_count() : 0);
}

// poppler gives boxes without UserUnit; MuPDF's page is the one that is shown.
void fit(PdfTokens& tokens, const PdfInk& ink) {
  if (!(tokens.width > 0 && tokens.height > 0)) return;
  const auto x = static_cast<float>(ink.width / tokens.width);
  const auto y = static_cast<float>(ink.height / tokens.height);
  if (std::abs(x - 1) < 0.01F && std::abs(y - 1) < 0.01F) return;
  for (PdfToken& token : tokens.tokens) {
    token.box = {token.box.x0 * x, token.box.y0 * y, token.box.x1 * x, token.box.y1 * y};
  }
  tokens.width = ink.width;
  tokens.height = ink.height;
}

// Most Latin pages: poppler's text is good and there is no picture to measure, so MuPDF need not draw.
std::optional<Page> PdfReading::plain_page(std::uint32_t number, PdfTokens& tokens) {
  const Result<PdfFrame> frame = mupdf_ ? mupdf_->frame(number) : Result<PdfFrame>(fail(ErrorKind::malformed, ""));
  if (!frame || frame->may_have_pictures) return std::nullopt;
  PdfInk ink;
  ink.width = frame->width;
  ink.height = frame->height;
  ink.has_ink = true;
  fit(tokens, ink);
  std::optional<PdfText> text = text_of_tokens(tokens);
  if (!text) return std::nullopt;
  return page_of_text(number, ink, std::move(*text));
}

Result<Page> PdfReading::page(std::uint32_t number) {
  Result<PdfTokens> tokens = poppler_ ? poppler_->tokens(number) : Result<PdfTokens>(fail(ErrorKind::malformed, ""));
  if (tokens && !tokens->tokens.empty()) {
    if (std::optional<Page> plain = plain_page(number, *tokens)) return std::move(*plain);
  }
  Result<PdfInk> ink = mupdf_ ? mupdf_->ink(number, true) : Result<PdfInk>(fail(ErrorKind::malformed, ""));
  if (!tokens && !ink) return fail(ErrorKind::malformed, "the page cannot be opened");
  PdfTokens said = tokens ? std::move(*tokens) : PdfTokens{};
  PdfInk seen = ink ? std::move(*ink) : PdfInk{};
  if (ink) {
    fit(said, seen);
  } else {
    seen.width = said.width;
    seen.height = said.height;
    seen.has_ink = !said.tokens.empty();
  }
  if (seen.damaged) {
    TRY_VOID(gap(GapKind::malformed, "page " + std::to_string(number), "drawing the page stopped at an error",
                 PageIndex{number}));
  }
  PdfText text = text_of_page(said, seen);
  return page_of_text(number, seen, std::move(text));
}

// The text that only layers hold which are off: what is drawn with them and not without them, in order.
void PdfReading::look_behind(const Page& page) {
  if (!mupdf_ || !mupdf_->has_hidden_layers()) return;
  const Result<PdfInk> shown = mupdf_->ink(page.number.value(), true);
  mupdf_->show_hidden_layers(true);
  Result<PdfInk> all = mupdf_->ink(page.number.value(), true);
  mupdf_->show_hidden_layers(false);
  if (!shown || !all) return;
  std::size_t next = 0;
  std::erase_if(all->glyphs, [&](const PdfGlyph& glyph) {
    if (next == shown->glyphs.size()) return false;
    const PdfGlyph& known = shown->glyphs[next];
    const bool same = known.code == glyph.code && known.x == glyph.x && known.y == glyph.y;
    next += same ? 1 : 0;
    return same;
  });
  if (all->glyphs.empty()) return;
  const PdfText text = text_of_page(PdfTokens{}, *all);
  extras_.parts.push_back({"hidden layers, page " + std::to_string(page.number.value()), text_of(text.words)});
}

Result<void> PdfReading::send_pages(std::uint32_t count) {
  std::vector<Page> ahead;
  document_.kind = "pdf";
  document_.last_page = PageIndex{count};
  if (poppler_) document_.fields = poppler_->fields();
  for (const Field& field : document_.fields) {
    if (field.key == "Title") document_.title = field.value;
  }
  document_.fields.insert(document_.fields.end(), extras_.fields.begin(), extras_.fields.end());
  bool announced = false;
  for (std::uint32_t number = 1; number <= count; ++number) {
    Result<Page> read = page(number);
    if (!read) {
      TRY_VOID(gap(GapKind::malformed, "page " + std::to_string(number), read.error().message, PageIndex{number}));
    } else {
      ++read_;
      if (number <= extras_.labels.size()) read->label = label_of(extras_.labels[number - 1]);
      if (document_.lang.empty()) document_.lang = read->lang;
      look_behind(*read);
      ahead.push_back(std::move(*read));
    }
    if (number < std::min(kLookAhead, count)) continue;
    if (!std::exchange(announced, true)) TRY_VOID(sink_.record(document_));
    for (Page& page : ahead) TRY_VOID(sink_.record(std::move(page)));
    ahead.clear();
  }
  return {};
}

// Behind the drawn pages, and the document again with its last page.
Result<void> PdfReading::send_beside() {
  const Limits& limits = input_.limits();
  std::uint32_t number = document_.last_page.value();
  for (const BodyPart& part : extras_.parts) {
    Reflow reflow(part.text, limits);
    for (auto words = reflow.next(); words; words = reflow.next()) {
      if (number == limits.max_pages) {
        TRY_VOID(gap(GapKind::limit, "page " + std::to_string(number), "later pages were not read"));
        return sink_.record(document_);
      }
      ++number;
      TRY_VOID(sink_.record(body_page(PageIndex{number}, part.label, std::move(*words), "qpdf " + PdfFile::version())));
      document_.last_page = PageIndex{number};
    }
  }
  if (extras_.cut) {
    TRY_VOID(gap(GapKind::limit, "", "there are more form fields, bookmarks or annotations than are kept"));
  }
  return extras_.parts.empty() ? Result<void>() : sink_.record(document_);
}

Result<void> PdfReading::send_attachments() {
  if (!file_) {
    if (!poppler_ || !poppler_->has_attachments()) return {};
    return gap(gap_kind_of(file_.error().kind), "attachments", "the attachments of the PDF cannot be listed");
  }
  const std::vector<PdfAttachment> attachments = pdf_attachments(*file_, input_.limits().max_members);
  std::uint64_t budget =
      std::min(input_.limits().max_unpacked_bytes,
               std::max(input_.limits().ratio_floor_bytes, input_.size * input_.limits().max_unpacked_ratio));
  std::uint32_t ordinal = 0;
  for (const PdfAttachment& attachment : attachments) {
    if (ordinal >= input_.limits().max_members)
      return gap(GapKind::limit, "attachments", "there are more than the limit");
    const std::string name = attachment.name.empty() ? "attachment-" + std::to_string(ordinal + 1) : attachment.name;
    TRY_VOID(sink_.begin_child({ordinal++, name}));
    Result<void> sent;
    bool over = false;
    const bool whole = attachment.send([&](std::string_view part) {
      over = part.size() > budget;
      if (over) return false;
      budget -= part.size();
      sent = sink_.child_bytes(part);
      return sent.has_value();
    });
    TRY_VOID(std::move(sent));
    TRY_VOID(sink_.end_child(whole && !over ? ChildEnd::complete : ChildEnd::failed));
    if (over) return gap(GapKind::limit, name, "unpacking stopped: the attachments are larger than their limit");
    if (!whole) TRY_VOID(gap(GapKind::malformed, name, "the attached file is damaged"));
  }
  return {};
}

// Neither engine opens it: say why in the words of the one that knows.
Result<ItemState> PdfReading::refused(const Error& first, const Error& second) {
  if (first.kind == ErrorKind::encrypted || second.kind == ErrorKind::encrypted) {
    TRY_VOID(gap(GapKind::encrypted, "", "the PDF is encrypted and no given password opens it"));
    return ItemState::encrypted;
  }
  if (!has_end(bytes_)) {
    TRY_VOID(gap(GapKind::truncated, "", "the PDF ends before its directory of objects; no page could be recovered"));
  } else {
    TRY_VOID(gap(gap_kind_of(first.kind), "", first.message));
  }
  return ItemState::failed;
}

Result<ItemState> PdfReading::run() {
  Result<PopplerDocument> poppler = PopplerDocument::open(bytes_, input_.request.passwords);
  Result<MupdfDocument> mupdf = MupdfDocument::open(bytes_, input_.request.passwords);
  if (!poppler && !mupdf) return refused(poppler.error(), mupdf.error());
  if (poppler) poppler_.emplace(std::move(*poppler));
  if (mupdf) mupdf_.emplace(std::move(*mupdf));
  const std::uint32_t all = pages();
  const Error none{ErrorKind::malformed, "the PDF has no page that can be found", ""};
  if (all == 0) return refused(poppler ? none : poppler.error(), mupdf ? none : mupdf.error());
  if (!has_end(bytes_)) {
    TRY_VOID(gap(GapKind::truncated, "", "the PDF ends early; the pages that could be recovered are here"));
  } else if (mupdf_ && mupdf_->repaired()) {
    TRY_VOID(gap(GapKind::malformed, "", "the PDF's directory of objects is damaged and was rebuilt"));
  }
  const std::uint32_t count = std::min(all, input_.limits().max_pages);
  file_ = open_pdf_file(bytes_, input_.request.passwords);
  if (file_) extras_ = pdf_extras(*file_, bytes_, count);
  TRY_VOID(send_pages(count));
  if (count < all) TRY_VOID(gap(GapKind::limit, "page " + std::to_string(count), "later pages were not read"));
  TRY_VOID(send_beside());
  TRY_VOID(send_attachments());
  if (read_ == 0) return ItemState::failed;
  return partial_ ? ItemState::partial : ItemState::read;
}

}  // namespace

Result<ItemState> read_pdf(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  return PdfReading(input, mapping.bytes(), sink).run();
}

}  // namespace dragoman::read
