// SPDX-License-Identifier: AGPL-3.0-or-later
// XML as a stream of events, for parts that may be larger than memory. Damaged markup gives what stands before the
// damage. libxml2's push parser behind values: no file or entity is fetched, none of the document's own entities is
// expanded (they are how a kilobyte becomes a gigabyte), nesting ends at 2,048.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "read/package.h"

namespace dragoman::read {

/// The attributes of the element just begun; borrowed while start() runs.
class XmlAttributes {
 public:
  XmlAttributes(const unsigned char* const* attributes, int count, const unsigned char* element_ns)
      : attributes_(attributes), count_(count), element_ns_(element_ns) {}
  /// URI of the element's own namespace, empty when none.
  std::string_view element_ns() const;
  int count() const { return count_; }
  std::string_view name(int at) const;   // local
  std::string_view ns(int at) const;     // URI, empty when none
  std::string_view value(int at) const;  // UTF-8
  /// Of the first attribute with that local name; empty when there is none.
  std::string_view get(std::string_view name) const;
  /// Of the attribute in a namespace that ends with `ns_end` ("relationships" matches the transitional and the strict
  /// one).
  std::string_view get(std::string_view ns_end, std::string_view name) const;
  bool has(std::string_view name) const;

 private:
  const unsigned char* const* attributes_;  // five pointers each: name, prefix, URI, value, behind the value
  int count_;
  const unsigned char* element_ns_;
};

/// Names are local: which prefix stands before them is the writer's choice.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;
  /// Character data, in pieces cut anywhere.
  virtual void text(std::string_view) {}
  /// No more events are wanted.
  virtual bool done() const { return false; }
};

/// One document, fed in pieces.
class XmlEvents {
 public:
  /// `handler` outlives this. Throws bad_alloc.
  explicit XmlEvents(XmlHandler& handler);
  ~XmlEvents();
  XmlEvents(const XmlEvents&) = delete;
  /// False when the handler is done or nothing behind this can be parsed.
  bool feed(std::string_view bytes);
  /// True when the document was well-formed, or the handler had enough.
  bool finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How a part of a package was read as XML: PartEnd as the package says, or damaged when it is not well-formed.
PartEnd parse_part(Package& package, const PackagePart& part, XmlHandler& handler);

}  // namespace dragoman::read
