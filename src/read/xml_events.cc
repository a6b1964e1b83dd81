// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xml_events.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace dragoman::read {
namespace {

// What libxml2 is given at once: its buffers stay small and its positions fit into an int.
constexpr std::size_t kBite = 64 * 1024;

std::string_view view(const unsigned char* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

void on_start(void* handler, const xmlChar* name, const xmlChar*, const xmlChar* ns, int, const xmlChar**, int count,
              int, const xmlChar** attributes) {
  auto& to = *static_cast<XmlHandler*>(handler);
  if (!to.done()) to.start(view(name), XmlAttributes(attributes, count, ns));
}

void on_end(void* handler, const xmlChar* name, const xmlChar*, const xmlChar*) {
  auto& to = *static_cast<XmlHandler*>(handler);
  if (!to.done()) to.end(view(name));
}

void on_text(void* handler, const xmlChar* text, int size) {
  auto& to = *static_cast<XmlHandler*>(handler);
  if (!to.done() && size > 0) to.text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
}

xmlSAXHandler events() {
  xmlSAXHandler sax{};
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = on_start;
  sax.endElementNs = on_end;
  sax.characters = on_text;
  sax.ignorableWhitespace = on_text;
  sax.cdataBlock = on_text;
  return sax;
}

}  // namespace

std::string_view XmlAttributes::element_ns() const {
  return view(element_ns_);
}

std::string_view XmlAttributes::name(int at) const {
  return view(attributes_[at * 5]);
}

std::string_view XmlAttributes::ns(int at) const {
  return view(attributes_[at * 5 + 2]);
}

std::string_view XmlAttributes::value(int at) const {
  const unsigned char* from = attributes_[at * 5 + 3];
  const unsigned char* to = attributes_[at * 5 + 4];
  return {reinterpret_cast<const char*>(from), static_cast<std::size_t>(to - from)};
}

std::string_view XmlAttributes::get(std::string_view wanted) const {
  for (int i = 0; i < count_; ++i) {
    if (name(i) == wanted) return value(i);
  }
  return {};
}

std::string_view XmlAttributes::get(std::string_view ns_end, std::string_view wanted) const {
  for (int i = 0; i < count_; ++i) {
    if (name(i) == wanted && ns(i).ends_with(ns_end)) return value(i);
  }
  return {};
}

bool XmlAttributes::has(std::string_view wanted) const {
  for (int i = 0; i < count_; ++i) {
    if (name(i) == wanted) return true;
  }
  return false;
}

struct XmlEvents::State {
  struct Free {
    void operator()(xmlParserCtxt* parser) const {
      if (parser->myDoc != nullptr) xmlFreeDoc(parser->myDoc);
      xmlFreeParserCtxt(parser);
    }
  };
  explicit State(XmlHandler& to) : handler(to) {}
  XmlHandler& handler;
  xmlSAXHandler sax = events();
  std::unique_ptr<xmlParserCtxt, Free> context;
};

XmlEvents::XmlEvents(XmlHandler& handler) : state_(std::make_unique<State>(handler)) {
  state_->context.reset(xmlCreatePushParserCtxt(&state_->sax, &handler, nullptr, 0, nullptr));
  if (!state_->context) throw std::bad_alloc();
  xmlCtxtUseOptions(state_->context.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_RECOVER | XML_PARSE_NOERROR |
                                               XML_PARSE_NOWARNING | XML_PARSE_HUGE);
}

XmlEvents::~XmlEvents() = default;

bool XmlEvents::feed(std::string_view bytes) {
  xmlParserCtxt* context = state_->context.get();
  while (!bytes.empty()) {
    const std::string_view bite = bytes.substr(0, kBite);
    bytes.remove_prefix(bite.size());
    xmlParseChunk(context, bite.data(), static_cast<int>(bite.size()), 0);
    if (state_->handler.done() || context->disableSAX == 1 || context->instate == XML_PARSER_EOF) return false;
  }
  return true;
}

bool XmlEvents::finish() {
  if (state_->handler.done()) return true;
  xmlParseChunk(state_->context.get(), "", 0, 1);
  return state_->handler.done() || state_->context->wellFormed == 1;
}

PartEnd parse_part(Package& package, const PackagePart& part, XmlHandler& handler) {
  XmlEvents events(handler);
  const PartEnd end = package.read(part, [&](std::string_view bytes) { return events.feed(bytes); });
  if (end != PartEnd::whole && end != PartEnd::stopped) {
    events.finish();
    return end;
  }
  return events.finish() ? PartEnd::whole : PartEnd::damaged;
}

}  // namespace dragoman::read
