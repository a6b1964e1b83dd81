// SPDX-License-Identifier: AGPL-3.0-or-later
// The read room turns the bytes of one item into what it says (a document, its pages, its gaps) and what it
// holds (children). It runs inside a locked worker: it opens no file by name, starts nothing, and answers
// through a sink. One reader a format; which one is decided by content (types.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "record/item.h"
#include "record/page.h"
#include "record/wire.h"

namespace dragoman::read {

/// Where a reader puts what it finds. An error from the sink ends the reading and is passed on unchanged.
/// Order: TypeFound first; a Document before its pages (sent again under the same ordinal when its last page is known
/// only then: the last one counts); children one at a time, begin … bytes … end, or begin with a range … end.
class ReadSink {
 public:
  virtual ~ReadSink() = default;
  /// TypeFound, Document, Page, Gap, MemberCount.
  virtual Result<void> record(const Record& record) = 0;
  virtual Result<void> begin_child(const ChildHeader& child) = 0;
  virtual Result<void> child_bytes(std::string_view bytes) = 0;
  virtual Result<void> end_child(ChildEnd end) = 0;
};

struct ReadRequest {
  std::string name;                    // file name, a hint only: it never chooses the reader
  std::vector<std::string> passwords;  // tried in order on encrypted files and members
  Limits limits;
};

/// Reads all of an open, seekable file. The state is read, partial, encrypted, unsupported or failed; every
/// state but read comes with at least one Gap. Errors: `io` when the file cannot be read at all, and whatever
/// the sink answers. What the bytes do wrong is a Gap, not an error.
Result<ItemState> read_content(int fd, const ReadRequest& request, ReadSink& sink);

/// Loads what the libraries would open lazily (magic database, iconv modules, ICU and font data, character maps):
/// to be called once, before the process is locked. A worker locked too early reads empty text without an error.
void warm_up();

}  // namespace dragoman::read
