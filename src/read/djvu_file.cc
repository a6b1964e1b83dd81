// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/djvu_file.h"

#include <libdjvu/ddjvuapi.h>
#include <libdjvu/miniexp.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "base/utf8.h"

namespace {

using Work = std::pair<void* (*)(void*), void*>;

/// What stands in for the library's threads. While a document's bytes are being handed over its work waits here,
/// because it would wait for bytes that come only afterwards; then all work runs at once, in the caller. It is a
/// variable of the process because the library's call has no room for anything of ours.
struct Threads {
  bool hold = false;
  std::vector<Work> waiting;
};
thread_local Threads threads;

struct Waits : std::runtime_error {
  Waits() : std::runtime_error("the DjVu document waits for bytes that do not come") {}
};

}  // namespace

// The library's own create_full parses files of messages; it is weak in our copy (CMakeLists.txt).
namespace DJVU {
class DjVuMessageLite {
 public:
  static const DjVuMessageLite& create_lite();
};
class DjVuMessage {
 public:
  static const DjVuMessageLite& create_full();
};
const DjVuMessageLite& DjVuMessage::create_full() {
  return DjVuMessageLite::create_lite();
}
}  // namespace DJVU

extern "C" {
// The library's pthread_create.
int dragoman_djvu_thread(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument);
// Its pthread_cond_wait and pthread_cond_timedwait: nobody else runs who could end the waiting. Where the library did
// not expect an exception the process ends, as it would after the wall clock's time.
int dragoman_djvu_wait(pthread_cond_t* condition, pthread_mutex_t* mutex);
int dragoman_djvu_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const struct timespec* time);
}

int dragoman_djvu_thread(pthread_t* thread, const pthread_attr_t*, void* (*run)(void*), void* argument) {
  *thread = ::pthread_self();
  if (threads.hold) {
    threads.waiting.emplace_back(run, argument);
  } else {
    run(argument);
  }
  return 0;
}

int dragoman_djvu_wait(pthread_cond_t*, pthread_mutex_t*) {
  throw Waits();
}

int dragoman_djvu_timedwait(pthread_cond_t*, pthread_mutex_t*, const struct timespec*) {
  return ETIMEDOUT;
}

namespace dragoman::read {
namespace {

constexpr std::uint32_t kMostPages = 1'000'000;
constexpr int kMostSide = 100'000;
constexpr int kMostDepth = 32;
constexpr std::size_t kMostWords = 500'000;
constexpr std::size_t kMostText = 30'000;

struct Release {
  void operator()(ddjvu_context_t* context) const { ddjvu_context_release(context); }
  void operator()(ddjvu_document_t* document) const { ddjvu_document_release(document); }
  void operator()(ddjvu_page_t* page) const { ddjvu_page_release(page); }
  void operator()(ddjvu_format_t* format) const { ddjvu_format_release(format); }
};
using ContextPtr = std::unique_ptr<ddjvu_context_t, Release>;
using DocumentPtr = std::unique_ptr<ddjvu_document_t, Release>;
using PagePtr = std::unique_ptr<ddjvu_page_t, Release>;
using FormatPtr = std::unique_ptr<ddjvu_format_t, Release>;

// What the library says beside; unread it would grow.
void forget_messages(ddjvu_context_t* context) {
  while (ddjvu_message_peek(context) != nullptr) ddjvu_message_pop(context);
}

std::string string_of(miniexp_t expression) {
  if (miniexp_stringp(expression) == 0) return {};
  std::string text = to_valid_utf8(miniexp_to_str(expression));
  if (text.size() > kMostText) text = to_valid_utf8(text.substr(0, kMostText));
  return text;
}

/// Turns boxes of the picture as stored (pixels, origin bottom left) into points of the page as displayed.
struct Frame {
  int width = 0;  // as stored
  int height = 0;
  int turns = 0;  // quarter turns counterclockwise
  double dpi = 300;

  Box box(int x0, int y0, int x1, int y1) const {
    double left = x0;
    double right = x1;
    double low = y0;
    double high = y1;
    double w = width;
    double h = height;
    for (int i = 0; i < turns; ++i) {
      // (x, y) goes to (h - y, x).
      const double new_left = h - high;
      const double new_right = h - low;
      low = left;
      high = right;
      left = new_left;
      right = new_right;
      std::swap(w, h);
    }
    const double scale = 72.0 / dpi;
    const auto point = [scale](double value) { return static_cast<float>(value * scale); };
    return {point(std::min(left, right)), point(h - std::max(low, high)), point(std::max(left, right)),
            point(h - std::min(low, high))};
  }
};

Break break_of(std::string_view zone) {
  if (zone == "word" || zone == "char") return zone == "word" ? Break::space : Break::none;
  return zone == "line" ? Break::line : Break::paragraph;
}

/// Text zones, "(line x0 y0 x1 y1 …)" with zones or one string inside.
class ZoneWalk {
 public:
  explicit ZoneWalk(const Frame& frame) : frame_(frame) {}
  std::vector<Word> words;

  void zone(miniexp_t expression, int depth) {
    if (depth > kMostDepth || words.size() >= kMostWords || miniexp_consp(expression) == 0) return;
    const miniexp_t name = miniexp_car(expression);
    if (miniexp_symbolp(name) == 0 || miniexp_length(expression) < 5) return;
    const std::string_view kind = miniexp_to_name(name);
    int at[4];
    miniexp_t rest = miniexp_cdr(expression);
    for (int& value : at) {
      if (miniexp_numberp(miniexp_car(rest)) == 0) return;
      value = miniexp_to_int(miniexp_car(rest));
      rest = miniexp_cdr(rest);
    }
    const std::size_t before = words.size();
    for (; miniexp_consp(rest) != 0; rest = miniexp_cdr(rest)) {
      const miniexp_t inside = miniexp_car(rest);
      if (miniexp_stringp(inside) != 0) {
        letters(string_of(inside), frame_.box(at[0], at[1], at[2], at[3]));
      } else {
        zone(inside, depth + 1);
      }
    }
    if (words.size() > before) words.back().after = std::max(words.back().after, break_of(kind), weaker);
  }

 private:
  // none < space < line < paragraph, whatever their numbers.
  static int rank(Break what) {
    switch (what) {
      case Break::none: return 0;
      case Break::space: return 1;
      case Break::line: return 2;
      default: return 3;
    }
  }
  static bool weaker(Break a, Break b) { return rank(a) < rank(b); }

  // Several words in one zone share its box by their length.
  void letters(const std::string& text, const Box& box) {
    std::vector<Word> found = words_of(text);
    std::size_t all = found.empty() ? 1 : found.size() - 1;
    for (const Word& word : found) all += codepoint_count(word.text);
    const float step = box.width() / static_cast<float>(all);
    float x = box.x0;
    for (Word& word : found) {
      const float width = step * static_cast<float>(codepoint_count(word.text));
      word.box = Box{x, box.y0, std::min(box.x1, x + width), box.y1};
      x += width + step;
      words.push_back(std::move(word));
    }
    if (!found.empty()) words.back().after = Break::none;
  }

  const Frame& frame_;
};

void outline_of(miniexp_t list, int depth, std::string& out) {
  for (; miniexp_consp(list) != 0 && depth < kMostDepth && out.size() < (std::size_t{4} << 20);
       list = miniexp_cdr(list)) {
    const miniexp_t mark = miniexp_car(list);
    if (miniexp_consp(mark) == 0) continue;
    const std::string title = string_of(miniexp_car(mark));
    if (!title.empty()) out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + title + "\n";
    // ("title" "#page" further marks …)
    if (miniexp_consp(miniexp_cdr(mark)) != 0) outline_of(miniexp_cddr(mark), depth + 1, out);
  }
}

// The library takes the process's locale from the environment; with another one libarchive reads names otherwise and
// numbers may be written with commas.
ddjvu_context_t* new_context() {
  const char* said = std::setlocale(LC_ALL, nullptr);
  const std::string before = said != nullptr ? said : "C";
  ddjvu_context_t* context = ddjvu_context_create("dragoman");
  std::setlocale(LC_ALL, before.c_str());
  return context;
}

}  // namespace

struct DjvuDocument::State {
  ContextPtr context;
  DocumentPtr document;
  std::uint32_t pages = 0;
};

DjvuDocument::DjvuDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
DjvuDocument::DjvuDocument(DjvuDocument&&) noexcept = default;
DjvuDocument& DjvuDocument::operator=(DjvuDocument&&) noexcept = default;
DjvuDocument::~DjvuDocument() = default;

Result<DjvuDocument> DjvuDocument::open(std::string_view bytes) {
  const auto broken = [] { return fail(ErrorKind::malformed, "the document cannot be opened"); };
  auto state = std::make_unique<State>();
  try {
    threads.hold = true;
    threads.waiting.clear();
    state->context.reset(new_context());
    if (!state->context) return broken();
    ddjvu_cache_set_size(state->context.get(), 16UL << 20);
    state->document.reset(ddjvu_document_create(state->context.get(), nullptr, 0));
    if (!state->document) return broken();
    ddjvu_stream_write(state->document.get(), 0, bytes.data(), bytes.size());
    ddjvu_stream_close(state->document.get(), 0, 0);
    threads.hold = false;
    for (const auto& [run, argument] : std::exchange(threads.waiting, {})) run(argument);
    forget_messages(state->context.get());
    if (ddjvu_document_decoding_status(state->document.get()) != DDJVU_JOB_OK) return broken();
    const ddjvu_document_type_t type = ddjvu_document_get_type(state->document.get());
    // A single page that includes something needs another file as well.
    const bool includes = type == DDJVU_DOCTYPE_SINGLEPAGE && bytes.find("INCL") != bytes.npos;
    if (type == DDJVU_DOCTYPE_INDIRECT || type == DDJVU_DOCTYPE_OLD_INDEXED || includes) {
      return fail(ErrorKind::unsupported, "parts of the document lie in other files");
    }
    const int pages = ddjvu_document_get_pagenum(state->document.get());
    state->pages = std::min(static_cast<std::uint32_t>(std::max(0, pages)), kMostPages);
  } catch (...) {
    threads.hold = false;
    return broken();
  }
  return DjvuDocument(std::move(state));
}

std::uint32_t DjvuDocument::page_count() const {
  return state_->pages;
}

Result<DjvuPage> DjvuDocument::page(std::uint32_t number) const {
  if (number == 0 || number > state_->pages) return fail(ErrorKind::not_found, "the document has no such page");
  try {
    ddjvu_document_t* document = state_->document.get();
    ddjvu_pageinfo_t info{};
    const ddjvu_status_t status = ddjvu_document_get_pageinfo(document, static_cast<int>(number) - 1, &info);
    forget_messages(state_->context.get());
    const bool sized = info.width > 0 && info.height > 0 && info.width <= kMostSide && info.height <= kMostSide;
    if (status != DDJVU_JOB_OK || !sized) return fail(ErrorKind::malformed, "the page cannot be opened");
    DjvuPage out;
    out.width = info.width;
    out.height = info.height;
    out.dpi = info.dpi >= 25 && info.dpi <= 6000 ? info.dpi : 300;
    const bool turned = (info.rotation & 1) != 0;
    const Frame frame{turned ? info.height : info.width, turned ? info.width : info.height, info.rotation & 3, out.dpi};
    const miniexp_t text = ddjvu_document_get_pagetext(document, static_cast<int>(number) - 1, "word");
    ZoneWalk walk(frame);
    walk.zone(text, 0);
    ddjvu_miniexp_release(document, text);
    forget_messages(state_->context.get());
    out.words = std::move(walk.words);
    return out;
  } catch (...) {
    return fail(ErrorKind::malformed, "the page cannot be opened");
  }
}

Result<std::vector<Grey>> DjvuDocument::planes(std::uint32_t number, int width, int height, bool colour) const {
  if (number == 0 || number > state_->pages) return fail(ErrorKind::not_found, "the document has no such page");
  if (width < 1 || height < 1 || width > kMostSide || height > kMostSide) {
    return fail(ErrorKind::limit, "the picture has more pixels than the limit");
  }
  try {
    const PagePtr page(ddjvu_page_create_by_pageno(state_->document.get(), static_cast<int>(number) - 1));
    forget_messages(state_->context.get());
    if (!page || ddjvu_page_decoding_status(page.get()) != DDJVU_JOB_OK) {
      return fail(ErrorKind::malformed, "the page cannot be drawn");
    }
    const FormatPtr format(ddjvu_format_create(colour ? DDJVU_FORMAT_RGB24 : DDJVU_FORMAT_GREY8, 0, nullptr));
    ddjvu_format_set_row_order(format.get(), 1);
    const ddjvu_rect_t rect{0, 0, static_cast<unsigned>(width), static_cast<unsigned>(height)};
    const std::size_t channels = colour ? 3 : 1;
    const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    std::vector<std::uint8_t> data(pixels * channels, 0xFF);
    // Nothing drawn is a white page.
    ddjvu_page_render(page.get(), DDJVU_RENDER_COLOR, &rect, &rect, format.get(),
                      static_cast<unsigned long>(width) * channels, reinterpret_cast<char*>(data.data()));
    forget_messages(state_->context.get());
    if (!colour) return std::vector<Grey>{Grey{width, height, std::move(data)}};
    std::vector<Grey> planes(3, Grey{width, height, std::vector<std::uint8_t>(pixels)});
    for (std::size_t i = 0; i < pixels; ++i) {
      for (std::size_t channel = 0; channel < 3; ++channel) planes[channel].pixels[i] = data[i * 3 + channel];
    }
    return planes;
  } catch (...) {
    return fail(ErrorKind::malformed, "the page cannot be drawn");
  }
}

std::vector<Field> DjvuDocument::fields() const {
  std::vector<Field> out;
  try {
    ddjvu_document_t* document = state_->document.get();
    const miniexp_t annotations = ddjvu_document_get_anno(document, 1);
    if (miniexp_consp(annotations) == 0) return out;
    miniexp_t* keys = ddjvu_anno_get_metadata_keys(annotations);
    for (miniexp_t* key = keys; key != nullptr && *key != nullptr && out.size() < 300; ++key) {
      const char* value = ddjvu_anno_get_metadata(annotations, *key);
      if (value != nullptr) out.push_back({to_valid_utf8(miniexp_to_name(*key)), to_valid_utf8(value)});
    }
    std::free(keys);
    ddjvu_miniexp_release(document, annotations);
    forget_messages(state_->context.get());
  } catch (...) {
    return out;
  }
  return out;
}

std::string DjvuDocument::outline() const {
  std::string out;
  try {
    ddjvu_document_t* document = state_->document.get();
    const miniexp_t outline = ddjvu_document_get_outline(document);
    // (bookmarks ("title" "#page" …) …)
    if (miniexp_consp(outline) != 0) outline_of(miniexp_cdr(outline), 0, out);
    ddjvu_miniexp_release(document, outline);
    forget_messages(state_->context.get());
  } catch (...) {
    return out;
  }
  return out;
}

std::string DjvuDocument::engine() {
  return ddjvu_get_version_string();
}

void warm_up_djvu() {
  // Looks for the files of its messages once; goes on without.
  const ContextPtr context(new_context());
}

}  // namespace dragoman::read
