// SPDX-License-Identifier: AGPL-3.0-or-later
// From Word's characters to text: what a reader of the document sees apart from what he does not (deleted, hidden text,
// the targets of links), control characters as what they stand for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "read/doc_file.h"

namespace dragoman::read {

class DocText {
 public:
  /// `most`: bytes that all texts together may have.
  explicit DocText(std::uint64_t most) : left_(most) {}

  /// What is shown in a range of the document. The rest goes to the texts below.
  std::string shown(const DocFile& doc, DocRange range);

  const std::string& deleted() const { return deleted_; }
  const std::string& hidden() const { return hidden_; }
  const std::string& links() const { return links_; }
  /// Offsets of pictures in the stream "Data", in order, each once.
  const std::vector<std::uint32_t>& pictures() const { return pictures_; }
  /// The bound was reached; text is missing.
  bool full() const { return full_; }

 private:
  struct Field {
    std::string code;
    bool in_code = true;
  };
  void take(const DocStretch& stretch);
  void control(char c, const DocMarks& marks, std::string& out);
  void end_field();
  void note_code(std::string code);

  std::uint64_t left_;
  bool full_ = false;
  std::string shown_;
  std::string deleted_;
  std::string hidden_;
  std::string links_;
  std::vector<Field> fields_;
  std::vector<std::uint32_t> pictures_;
};

}  // namespace dragoman::read
