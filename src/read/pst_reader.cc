// SPDX-License-Identifier: AGPL-3.0-or-later
// Outlook's data files. Each message, contact, appointment, task and note is a child: a rendering as a mail
// (mapi_rendering.h), named by its folder and its place in it. How many the folders promise, and how many could be
// read, is counted. What no folder holds any more comes last, in a folder of our own.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "read/input.h"
#include "read/mapi_rendering.h"
#include "read/pst_file.h"

namespace dragoman::read {
namespace {

// Folders inside folders; nobody's mail is sorted deeper.
constexpr std::size_t kMaxFolderDepth = 100;
constexpr std::string_view kLostFolder = "(no folder)";

std::string path_part(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x20) out.push_back(c == '/' ? '_' : c);
  }
  if (out == "." || out == "..") out.push_back('_');
  return out.empty() ? "(no name)" : out;
}

class PstReading {
 public:
  PstReading(const Input& input, ReadSink& sink)
      : input_(input),
        sink_(sink),
        budget_(std::min(input.limits().max_unpacked_bytes,
                         std::max(input.limits().ratio_floor_bytes, input.size * input.limits().max_unpacked_ratio))) {}
  Result<ItemState> run();

 private:
  Result<void> walk(const PstFolder& root);
  Result<void> messages(const PstFolder& folder, const std::string& path);
  Result<void> hidden(const PstFolder& folder, const std::string& path);
  Result<void> lost(PstFile& file);
  Result<bool> child(const MapiMessage& message, const std::string& name);
  Result<void> gaps_of(const Rendering& rendering, const std::string& name);
  Result<void> gap(GapKind kind, const std::string& where, const char* detail) {
    has_gap_ = true;
    return send_gap(sink_, kind, where, detail);
  }

  const Input& input_;
  ReadSink& sink_;
  std::uint64_t budget_;
  std::uint64_t ordinal_ = 0;
  MemberCount messages_{"messages", 0, 0, 0};
  MemberCount folders_{"folders", 0, 0, 0};
  MemberCount hidden_{"hidden items", 0, 0, 0};
  bool has_gap_ = false;
  bool stopped_ = false;
};

Result<void> PstReading::gaps_of(const Rendering& rendering, const std::string& name) {
  if (rendering.lost > 0) TRY_VOID(gap(GapKind::malformed, name, "an attachment could not be read whole"));
  if (rendering.elsewhere > 0)
    TRY_VOID(gap(GapKind::unsupported, name, "an attachment is only referred to: its bytes lie elsewhere"));
  if (rendering.too_deep) TRY_VOID(gap(GapKind::limit, name, "parts nested deeper than the limit were left out"));
  if (rendering.damaged) TRY_VOID(gap(GapKind::malformed, name, "the formatted body could not be unpacked whole"));
  return {};
}

// Whether it was given whole.
Result<bool> PstReading::child(const MapiMessage& message, const std::string& name) {
  if (ordinal_ >= input_.limits().max_members) {
    if (!std::exchange(stopped_, true))
      TRY_VOID(gap(GapKind::limit, "", "the data file holds more messages than its limit"));
    return false;
  }
  TRY_VOID(sink_.begin_child({static_cast<std::uint32_t>(ordinal_++), name}));
  Result<void> sent;
  const Rendering rendering = render_mail(message, input_.limits(), [&](std::string_view bytes) {
    stopped_ = bytes.size() > budget_;
    if (stopped_) return false;
    budget_ -= bytes.size();
    sent = sink_.child_bytes(bytes);
    return sent.has_value();
  });
  TRY_VOID(std::move(sent));
  TRY_VOID(sink_.end_child(stopped_ ? ChildEnd::failed : ChildEnd::complete));
  if (stopped_) {
    TRY_VOID(gap(GapKind::limit, name, "unpacking stopped: the data file holds more than its limit"));
    return false;
  }
  TRY_VOID(gaps_of(rendering, name));
  return true;
}

Result<void> PstReading::messages(const PstFolder& folder, const std::string& path) {
  const std::uint64_t count = folder.message_count();
  const std::uint64_t stated = std::max(folder.stated_count(), count);
  messages_.expected += stated;
  std::uint64_t read = 0;
  for (std::uint64_t i = 0; i < count && !stopped_; ++i) {
    const std::string name = fmt::format("{}{:06}.eml", path, i + 1);
    const Result<MapiMessage> message = folder.message(i);
    if (!message) {
      TRY_VOID(gap(GapKind::malformed, name, "the message cannot be opened"));
      continue;
    }
    const bool whole = TRY(child(*message, name));
    read += whole ? 1 : 0;
  }
  messages_.read += read;
  messages_.unreadable += stated - read;
  if (stated > count && !stopped_) {
    TRY_VOID(gap(GapKind::malformed, path, "the folder says that it holds more messages than are found in it"));
  }
  return {};
}

// Settings of programs; those that hold a text or a file may have been put there by a person.
Result<void> PstReading::hidden(const PstFolder& folder, const std::string& path) {
  const std::uint64_t count = std::min(folder.hidden_count(), input_.limits().max_members);
  hidden_.expected += count;
  for (std::uint64_t i = 0; i < count && !stopped_; ++i) {
    const Result<MapiMessage> item = folder.hidden(i);
    ++(item ? hidden_.read : hidden_.unreadable);
    const std::string name = fmt::format("{}(hidden)/{:06}.eml", path, i + 1);
    if (!item) {
      TRY_VOID(gap(GapKind::malformed, name, "the message cannot be opened"));
      continue;
    }
    const MapiBody body = mapi_body_of(*item, input_.limits());
    const bool text = body.plain.find_first_not_of(" \t\r\n") != body.plain.npos || !body.html.empty();
    if (!text && item->attachment_count == 0) continue;
    const bool whole = TRY(child(*item, name));
    if (!whole) break;
  }
  return {};
}

Result<void> PstReading::walk(const PstFolder& root) {
  struct Open {
    PstFolder folder;
    std::string path;
    std::uint64_t next = 0;
    std::uint64_t count = 0;
  };
  std::vector<Open> stack;
  TRY_VOID(messages(root, ""));
  TRY_VOID(hidden(root, ""));
  const PstFolder* at = &root;
  std::string path;
  std::uint64_t next = 0;
  std::uint64_t count = root.folder_count();
  for (;;) {
    std::uint64_t& position = stack.empty() ? next : stack.back().next;
    const std::uint64_t its = stack.empty() ? count : stack.back().count;
    if (stopped_ || position >= its) {
      if (stack.empty()) return {};
      stack.pop_back();
      continue;
    }
    at = stack.empty() ? &root : &stack.back().folder;
    path = stack.empty() ? std::string() : stack.back().path;
    ++folders_.expected;
    Result<PstFolder> folder = at->folder(position++);
    const bool too_deep = stack.size() >= kMaxFolderDepth || folders_.expected > input_.limits().max_members;
    if (!folder || too_deep) {
      ++folders_.unreadable;
      TRY_VOID(too_deep ? gap(GapKind::limit, path, "folders nested deeper than the limit were left out")
                        : gap(GapKind::malformed, path, "a folder cannot be opened"));
      continue;
    }
    ++folders_.read;
    path += path_part(folder->name()) + "/";
    TRY_VOID(messages(*folder, path));
    TRY_VOID(hidden(*folder, path));
    const std::uint64_t inner = folder->folder_count();
    stack.push_back(Open{std::move(*folder), path, 0, inner});
  }
}

// Behind everything else, because looking for them reads the whole file once more.
Result<void> PstReading::lost(PstFile& file) {
  const std::uint64_t count = file.find_lost();
  MemberCount found{"items outside any folder", 0, 0, 0};
  for (std::uint64_t i = 0; i < count && !stopped_; ++i) {
    const Result<MapiMessage> message = file.lost(i);
    if (!message && message.error().kind == ErrorKind::not_found) continue;
    ++found.expected;
    const std::string name = fmt::format("{}/{:06}.eml", kLostFolder, i + 1);
    // What remains of a deleted item is what there is; that is no fault of the file.
    bool whole = false;
    if (message) whole = TRY(child(*message, name));
    ++(whole ? found.read : found.unreadable);
  }
  return found.expected > 0 ? sink_.record(found) : Result<void>();
}

Result<ItemState> PstReading::run() {
  Result<PstFile> file = PstFile::open(input_.fd, input_.size);
  if (!file) {
    TRY_VOID(gap(gap_kind_of(file.error().kind), "", "the data file cannot be opened"));
    return ItemState::failed;
  }
  const Result<PstFolder> root = file->root();
  if (!root) {
    TRY_VOID(gap(GapKind::malformed, "", "the folders of the data file cannot be found"));
  } else {
    TRY_VOID(walk(*root));
  }
  TRY_VOID(sink_.record(messages_));
  TRY_VOID(sink_.record(folders_));
  if (hidden_.expected > 0) TRY_VOID(sink_.record(hidden_));
  if (file->damaged()) TRY_VOID(gap(GapKind::malformed, "", "the data file is damaged: more may have been in it"));
  if (!stopped_) TRY_VOID(lost(*file));
  if (!has_gap_) return ItemState::read;
  return ordinal_ > 0 ? ItemState::partial : ItemState::failed;
}

}  // namespace

Result<ItemState> read_pst(const Input& input, ReadSink& sink) {
  return PstReading(input, sink).run();
}

}  // namespace dragoman::read
