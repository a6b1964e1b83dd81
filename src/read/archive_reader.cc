// SPDX-License-Identifier: AGPL-3.0-or-later
// Archives: every file in them is a child, in the archive's own order. Of a ZIP that is the order of the central
// directory, or, when the archive's end is missing, of the local headers that are left. Compressed data that is no
// archive has one child, named as the file without the ending that says how it is compressed.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "read/archive.h"
#include "read/input.h"
#include "read/member_feed.h"
#include "read/zip_names.h"

namespace dragoman::read {
namespace {

// "a/minutes.txt.gz" holds "minutes.txt".
std::string uncompressed_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return "content";
  return std::string(name.substr(0, dot));
}

class ArchiveReading {
 public:
  ArchiveReading(const Input& input, ReadSink& sink)
      : input_(input),
        sink_(sink),
        budget_(std::min(input.limits().max_unpacked_bytes,
                         std::max(input.limits().ratio_floor_bytes, input.size * input.limits().max_unpacked_ratio))) {}

  Result<ItemState> run_zip();
  Result<ItemState> run(Archive::Form form);

 private:
  // An archive opened with one password, moved forward only.
  struct Cursor {
    std::unique_ptr<Archive> archive;
    std::uint64_t position = 0;  // entries passed
    bool to(std::uint64_t entry);
  };
  // Two of them: one to find out whether the password fits, one to take the bytes from.
  struct Key {
    Cursor probe;
    Cursor feed;
  };
  Result<void> walk(Archive::Form form);
  Result<void> member(Archive& archive, Archive::Form form, const ArchiveEntry& entry);
  Result<void> child(Archive& archive, const std::string& name);
  Result<void> locked_child(Archive::Form form, const std::string& name);
  Result<void> open_keys(Archive::Form form);
  Key* key_of_member();
  Result<void> gap(GapKind kind, std::string where, std::string detail);
  Result<ItemState> finish();
  ItemState state() const;

  const Input& input_;
  ReadSink& sink_;
  std::uint64_t budget_;        // bytes that may still be unpacked
  std::uint64_t entries_ = 0;   // headers passed, folders included
  std::uint32_t children_ = 0;  // begun
  std::uint32_t complete_ = 0;
  std::uint64_t listed_ = 0;  // members that a directory promises, when there are fewer
  std::uint32_t locked_ = 0;
  bool has_gap_ = false;
  bool stopped_ = false;   // a limit was reached
  bool opened_ = false;    // at least one header could be read
  bool sealed_ = false;    // names cannot be read without a password
  std::vector<Key> keys_;  // opened when the first encrypted member is met
  bool keys_open_ = false;
};

Result<void> ArchiveReading::gap(GapKind kind, std::string where, std::string detail) {
  has_gap_ = true;
  return send_gap(sink_, kind, std::move(where), std::move(detail));
}

bool ArchiveReading::Cursor::to(std::uint64_t entry) {
  ArchiveEntry passed;
  for (; position < entry; ++position) {
    if (archive->next(passed) != ArchiveStep::ok) return false;
  }
  return true;
}

// The key that opens the current member: each is tried by unpacking it all, because the check that old ZIP
// encryption offers is one byte, which a wrong password passes once in 256. The one that worked last is first.
ArchiveReading::Key* ArchiveReading::key_of_member() {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (!keys_[i].probe.to(entries_)) continue;
    std::uint64_t left = budget_;
    const ArchiveStep step = keys_[i].probe.archive->read([&left](std::string_view bytes) {
      left -= std::min<std::uint64_t>(left, bytes.size());
      return left > 0;
    });
    if (step != ArchiveStep::ok) continue;
    std::swap(keys_.front(), keys_[i]);
    return &keys_.front();
  }
  return nullptr;
}

Result<void> ArchiveReading::locked_child(Archive::Form form, const std::string& name) {
  if (!keys_open_) TRY_VOID(open_keys(form));
  keys_open_ = true;
  Key* key = key_of_member();
  if (key != nullptr && key->feed.to(entries_)) return child(*key->feed.archive, name);
  ++locked_;
  TRY_VOID(sink_.begin_child({children_ - 1, name}));
  TRY_VOID(sink_.end_child(ChildEnd::encrypted));
  return gap(GapKind::encrypted, name, "the member is encrypted and no given password opens it");
}

Result<void> ArchiveReading::open_keys(Archive::Form form) {
  keys_.clear();
  // libarchive opens no other archives with passwords: trying would unpack them for nothing.
  if (form != Archive::Form::zip_directory && form != Archive::Form::zip_stream) return {};
  for (const std::string& password : input_.request.passwords) {
    if (password.empty()) continue;
    auto probe = std::make_unique<Archive>(TRY(Archive::open(input_.fd, input_.size, form, password)));
    auto feed = std::make_unique<Archive>(TRY(Archive::open(input_.fd, input_.size, form, password)));
    keys_.push_back(Key{{std::move(probe)}, {std::move(feed)}});
  }
  return {};
}

Result<void> ArchiveReading::child(Archive& archive, const std::string& name) {
  Result<void> sent;
  // A bomb shows itself while it unpacks: far more comes out than went in.
  const std::uint64_t start = archive.position();
  MemberFeed feed(input_, sink_, {children_ - 1, name}, start);
  std::uint64_t unpacked = 0;
  const auto is_bomb = [&] {
    const std::uint64_t packed = archive.position() - std::min(start, archive.position());
    return unpacked > input_.limits().ratio_floor_bytes && unpacked / input_.limits().max_unpacked_ratio > packed;
  };
  const ArchiveStep step = archive.read([&](std::string_view bytes) {
    unpacked += bytes.size();
    stopped_ = bytes.size() > budget_ || is_bomb();
    if (stopped_) return false;
    budget_ -= bytes.size();
    sent = feed.bytes(bytes);
    return sent.has_value();
  });
  TRY_VOID(std::move(sent));
  if (stopped_) {
    TRY_VOID(feed.end(ChildEnd::failed));
    return gap(GapKind::limit, name, "unpacking stopped: the archive holds more than its limit");
  }
  switch (step) {
    case ArchiveStep::ok:
    case ArchiveStep::end: ++complete_; return feed.end(ChildEnd::complete);
    case ArchiveStep::truncated:
      TRY_VOID(feed.end(ChildEnd::truncated));
      return gap(GapKind::truncated, name, "the archive ends inside this member");
    case ArchiveStep::locked:
      ++locked_;
      TRY_VOID(feed.end(ChildEnd::encrypted));
      return gap(GapKind::encrypted, name, "the member is encrypted and no given password opens it");
    case ArchiveStep::unsupported:
      TRY_VOID(feed.end(ChildEnd::failed));
      return gap(GapKind::unsupported, name, "the member is packed in a way that is not supported");
    case ArchiveStep::damaged: break;
  }
  TRY_VOID(feed.end(ChildEnd::failed));
  return gap(GapKind::malformed, name, "the member is damaged");
}

Result<void> ArchiveReading::member(Archive& archive, Archive::Form form, const ArchiveEntry& entry) {
  if (entry.folder) return {};
  std::string name = path_from_bytes(entry.raw_name);
  if (entry.alone) name = uncompressed_name(input_.request.name);
  if (name.empty()) name = "member-" + std::to_string(entries_);
  if (entry.link) return gap(GapKind::unsupported, name, "a link: it points elsewhere and holds nothing");
  if (entry.special) return gap(GapKind::unsupported, name, "a device or pipe: it holds nothing");
  ++children_;
  return entry.encrypted ? locked_child(form, name) : child(archive, name);
}

Result<void> ArchiveReading::walk(Archive::Form form) {
  Result<Archive> archive = Archive::open(input_.fd, input_.size, form, "");
  if (!archive) return gap(gap_kind_of(archive.error().kind), "", archive.error().message);
  ArchiveEntry entry;
  for (;;) {
    const ArchiveStep step = archive->next(entry);
    if (step == ArchiveStep::end) return {};
    if (step == ArchiveStep::truncated) return gap(GapKind::truncated, "", "the archive ends inside a header");
    if (step == ArchiveStep::locked) {
      sealed_ = true;
      return gap(GapKind::encrypted, "", "the list of the archive's members is encrypted");
    }
    if (step != ArchiveStep::ok) {
      if (!opened_ && form == Archive::Form::zip_directory) return {};  // the caller tries the other order
      return gap(GapKind::malformed, "", "the archive is damaged behind member " + std::to_string(entries_));
    }
    opened_ = true;
    ++entries_;
    if (entries_ > input_.limits().max_members) {
      stopped_ = true;
      return gap(GapKind::limit, "", "the archive holds more members than its limit");
    }
    TRY_VOID(member(*archive, form, entry));
    if (stopped_) return {};
  }
}

ItemState ArchiveReading::state() const {
  if (children_ == locked_ && (children_ > 0 || sealed_)) return ItemState::encrypted;
  if (!has_gap_) return ItemState::read;
  return complete_ > 0 || locked_ > 0 ? ItemState::partial : ItemState::failed;
}

Result<ItemState> ArchiveReading::run_zip() {
  const std::uint64_t tail = std::min<std::uint64_t>(input_.size, kTailBytes + 22);
  const std::string end = TRY(read_at(input_.fd, input_.size - tail, static_cast<std::size_t>(tail)));
  const bool whole = zip_has_end(end);
  if (zip_is_empty(end)) return ItemState::read;
  if (whole) TRY_VOID(walk(Archive::Form::zip_directory));
  if (!whole) TRY_VOID(gap(GapKind::truncated, "", "the archive's directory at its end is missing"));
  if (!opened_) {
    if (whole) TRY_VOID(gap(GapKind::malformed, "", "the archive's directory is damaged"));
    TRY_VOID(walk(Archive::Form::zip_stream));
  }
  // Entries that point to one place are one to libarchive; a directory may also be cut in its middle.
  const std::optional<std::uint32_t> listed = zip_entry_count(end);
  if (whole && listed && entries_ < *listed && !stopped_) {
    listed_ = children_ + *listed - entries_;
    TRY_VOID(gap(GapKind::malformed, "",
                 "the archive's directory lists more members than were found: " + std::to_string(*listed) +
                     " against " + std::to_string(entries_)));
  }
  return finish();
}

Result<ItemState> ArchiveReading::run(Archive::Form form) {
  TRY_VOID(walk(form));
  return finish();
}

Result<ItemState> ArchiveReading::finish() {
  const std::uint64_t expected = std::max<std::uint64_t>(children_, listed_);
  TRY_VOID(sink_.record(MemberCount{"members", expected, complete_, expected - complete_}));
  if (state() == ItemState::encrypted && !sealed_) {
    TRY_VOID(gap(GapKind::encrypted, "", "every member of the archive is encrypted"));
  }
  return state();
}

}  // namespace

Result<ItemState> read_zip(const Input& input, ReadSink& sink) {
  return ArchiveReading(input, sink).run_zip();
}

Result<ItemState> read_archive(const Input& input, ReadSink& sink) {
  return ArchiveReading(input, sink).run(Archive::Form::other);
}

Result<ItemState> read_compressed(const Input& input, ReadSink& sink) {
  return ArchiveReading(input, sink).run(Archive::Form::compressed);
}

// Its text is packed in a way of its own, which the program for a conversion knows; the members are given all the same.
Result<ItemState> read_iwork(const Input& input, ReadSink& sink) {
  TRY(read_zip(input, sink));
  TRY_VOID(send_gap(sink, GapKind::unsupported, "",
                    "there is no reader yet for " + std::string(input.type.name) + "; LibreOffice may open it"));
  return ItemState::unsupported;
}

}  // namespace dragoman::read
