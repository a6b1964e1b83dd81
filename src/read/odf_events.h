// SPDX-License-Identifier: AGPL-3.0-or-later
// OpenDocument markup (OASIS ODF 1.3 part 3) as pages: text, sheets, slides, and what a reader of the document does not
// see. One handler serves content.xml, styles.xml, meta.xml, settings.xml and documents in one file, because they hold
// the same elements.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read/table.h"
#include "read/xml_events.h"

namespace dragoman::read {

/// What a style does to what bears it.
struct OdfStyle {
  bool hides_text = false;
  bool hides_table = false;
  bool hides_page = false;
  bool breaks_before = false;
  bool breaks_after = false;
};

class OdfEvents : public XmlHandler {
 public:
  /// Pages go to `pages` as they are complete, fields to its document, pictures kept as Base64 to `sink`; all outlive
  /// this. `most`: bytes of text kept before a page is sent.
  OdfEvents(TablePages& pages, ReadSink& sink, std::size_t most) : pages_(pages), sink_(sink), most_(most) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  bool done() const override { return !sent_ || pages_.full(); }

  /// Sends what belongs to the document as a whole: notes, comments, deleted and hidden text, headers, targets.
  Result<void> finish();
  /// What the sink answered so far.
  Result<void> sent() const { return sent_; }
  /// "odt", "ods", "odp", "odg", "odf", "odc"; empty before a body was met.
  const std::string& kind() const { return kind_; }
  /// Children sent so far.
  std::uint32_t children() const { return children_; }

 private:
  enum class Mode : std::uint8_t { text, sheets, slides };
  // Where text goes until its element ends.
  struct Target {
    int depth;
    std::string* to;
  };
  bool start_styles(std::string_view name, const XmlAttributes& attributes);
  bool start_fields(std::string_view name, const XmlAttributes& attributes);
  bool start_table(std::string_view name, const XmlAttributes& attributes);
  bool start_aside(std::string_view name, const XmlAttributes& attributes);
  void start_inline(std::string_view name, const XmlAttributes& attributes);
  void start_links(const XmlAttributes& attributes);
  void start_body(std::string_view name);
  void start_cell(const XmlAttributes& attributes);
  void end_cell();
  void end_row();
  void end_table();
  void end_paragraph(std::string_view name);
  void end_page();
  void begin_picture();
  void end_picture();
  void push(std::string& to) { targets_.push_back({depth_, &to}); }
  std::string& to() { return targets_.empty() ? trash_ : *targets_.back().to; }
  bool in_body() const { return !targets_.empty() && targets_.back().to == &body_; }
  const OdfStyle& style_of(std::string_view name) const;
  void note(const std::string& label, std::string& text);
  std::string place(std::string_view what) const;

  TablePages& pages_;
  ReadSink& sink_;
  std::size_t most_;
  Result<void> sent_;
  std::string kind_;
  Mode mode_ = Mode::text;
  int depth_ = 0;
  int capture_ = 0;  // elements open whose text counts
  std::vector<Target> targets_;
  std::map<std::string, OdfStyle, std::less<>> styles_;
  OdfStyle* style_ = nullptr;  // being defined

  std::string trash_;
  std::string body_;
  std::string notes_;
  std::string comments_;
  std::string deleted_;
  std::string hidden_;
  std::string edges_;
  std::string masters_;
  std::string drawings_;
  std::string alternatives_;
  std::string forms_;
  std::string links_;
  std::set<std::string> known_links_;
  std::vector<std::pair<int, bool>> breaks_;  // paragraphs open: depth, page break behind

  int meta_depth_ = 0;
  std::string meta_key_;
  std::string meta_value_;
  int form_depth_ = 0;

  std::string page_label_;
  std::uint32_t page_number_ = 0;

  int table_depth_ = 0;
  std::string table_label_;
  std::uint64_t row_ = 0;
  std::uint64_t row_repeat_ = 1;
  bool row_hidden_ = false;
  std::uint64_t column_ = 0;
  std::uint64_t columns_defined_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> hidden_columns_;
  std::vector<std::string> cells_;
  std::vector<std::string> hidden_cells_;
  std::vector<std::pair<std::uint64_t, std::vector<std::string>>> hidden_rows_;
  std::size_t row_bytes_ = 0;
  std::size_t hidden_bytes_ = 0;
  std::string cell_;
  std::string cell_value_;
  bool cell_is_date_ = false;
  std::uint64_t cell_repeat_ = 1;
  void send_hidden_rows();

  bool in_picture_ = false;
  std::uint32_t children_ = 0;
  std::uint32_t bits_ = 0;
  int bit_count_ = 0;
  std::string decoded_;
};

}  // namespace dragoman::read
