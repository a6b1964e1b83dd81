// SPDX-License-Identifier: AGPL-3.0-or-later
// What the three kinds of Office Open XML documents have in common (ECMA-376 part 2 and shared parts of part 1): what a
// part is, where its relationships lead, properties, targets outside, and which parts are files of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "read/input.h"
#include "read/package.h"
#include "read/table.h"
#include "read/xml_events.h"

namespace dragoman::read {

/// An element's text without markup, bounded: for parts of which only the words matter.
class PlainText : public XmlHandler {
 public:
  /// `leaves`: names of the elements whose text counts, separated by spaces, one at each end; `blocks`: after which a
  /// line ends. Empty `leaves`: all text.
  PlainText(std::string_view leaves, std::string_view blocks) : leaves_(leaves), blocks_(blocks) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  std::string out;

 private:
  std::string_view leaves_;
  std::string_view blocks_;
  int inside_ = 0;
};

struct Relation {
  std::string id;
  std::string type;    // last step of its URI: "hyperlink", "slide"
  std::string target;  // name of a part, or what stands there when it is external
  bool external = false;
};

class Ooxml {
 public:
  /// The package, its types read; a missing directory is a gap. `bytes` and `sink` outlive this; gaps about parts go
  /// to `sink`.
  static Result<Ooxml> open(std::string_view bytes, const Input& input, ReadSink& sink);

  /// What a part is, from its content type, else from its name: "main", "comments", "slide", in lower case.
  std::string role(const PackagePart& part) const;
  /// Parts of a role, in the order of the directory.
  std::vector<const PackagePart*> parts_of(std::string_view role) const;
  const PackagePart* find(std::string_view name) const { return package_.find(name); }
  /// The part of role "main", else where the package's own relationships lead, else by its name; null when there is
  /// none.
  const PackagePart* main();
  const std::vector<Relation>& relations(const std::string& part);
  /// The part that a relation of that type leads to, or null.
  const PackagePart* related(const std::string& part, std::string_view type);
  std::vector<const PackagePart*> all_related(const std::string& part, std::string_view type);

  /// Parses a part; what is wrong with it becomes a gap and whole() false.
  Result<void> parse(const PackagePart& part, XmlHandler& handler);
  /// The bytes of a part that is no XML; `eat` answers whether they make sense.
  Result<void> read(const PackagePart& part, const std::function<bool(std::string_view)>& eat);
  /// Text of the named leaves (see PlainText) of a part.
  Result<std::string> plain(const PackagePart& part, std::string_view leaves, std::string_view blocks);

  /// docProps and the fields that all three kinds share.
  Result<std::vector<Field>> fields();
  /// Pages that all three kinds share: custom data, targets outside.
  Result<void> send_shared_pages(TablePages& pages);
  /// Pictures, embedded files, macros … as children.
  Result<void> send_children(const Limits& limits);
  /// No gap was sent.
  bool whole() const { return whole_; }
  /// The reader's last word: `sent` is the state of its pages, of which there are `pages`.
  ItemState state(ItemState sent, std::uint32_t pages) const;
  Result<void> gap(GapKind kind, std::string where, std::string detail);

 private:
  Ooxml(Package package, ReadSink& sink);
  Result<void> read_types();
  bool is_child(const PackagePart& part) const;
  Package package_;
  ReadSink& sink_;
  std::map<std::string, std::string> overrides_;  // part in lower case → content type
  std::map<std::string, std::string> defaults_;   // ending → content type
  std::map<std::string, std::vector<Relation>> relations_;
  std::map<std::string, bool> chunks_;          // parts that are documents of other kinds
  std::vector<std::string> damaged_relations_;  // owners of which a gap is to be sent
  std::uint32_t children_ = 0;
  bool whole_ = true;
};

/// The document's title from its fields.
std::string title_of(const std::vector<Field>& fields);

/// `name` stands among `names`, which are separated by spaces, one at each end.
bool is_among(std::string_view name, std::string_view names);

}  // namespace dragoman::read
