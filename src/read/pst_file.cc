// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/pst_file.h"

#include <libbfio.h>
#include <libpff.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "read/little_endian.h"

namespace dragoman::read {
namespace {

// One value that is larger is no text that anybody wrote; attachments are read in pieces and never held.
constexpr std::uint64_t kMaxValueBytes = std::uint64_t{256} << 20;
constexpr int kMaxEntries = 20'000;
constexpr std::size_t kMaxValues = 10'000;
constexpr std::uint16_t kAttachData = 0x3701;
constexpr std::uint16_t kContentCount = 0x3602;

struct ItemFree {
  void operator()(libpff_item_t* item) const { libpff_item_free(&item, nullptr); }
};
using Item = std::unique_ptr<libpff_item_t, ItemFree>;
// Shared by the message and by the functions that open its attachments, which may outlive it.
using SharedItem = std::shared_ptr<libpff_item_t>;

struct SetFree {
  void operator()(libpff_record_set_t* set) const { libpff_record_set_free(&set, nullptr); }
};
struct EntryFree {
  void operator()(libpff_record_entry_t* entry) const { libpff_record_entry_free(&entry, nullptr); }
};

// Bytes of one value of a type of fixed size, 0 for the others.
std::size_t fixed_size(std::uint16_t type) {
  switch (type) {
    case mapi_type::kInt16: return 2;
    case mapi_type::kInt32: return 4;
    case mapi_type::kDouble:
    case mapi_type::kInt64:
    case mapi_type::kTime: return 8;
    case mapi_type::kGuid: return 16;
    default: return 0;
  }
}

// What libbfio asks of an input: reads at a position of its own, so that nothing else that reads the descriptor moves
// it.
struct Source {
  int fd = -1;
  std::uint64_t size = 0;
  std::uint64_t at = 0;
};

Source* source_of(intptr_t* handle) {
  return reinterpret_cast<Source*>(handle);
}
int source_free(intptr_t** handle, libbfio_error_t**) {
  if (handle != nullptr) *handle = nullptr;
  return 1;
}
int source_clone(intptr_t** to, intptr_t* from, libbfio_error_t**) {
  *to = from;
  return 1;
}
int source_open(intptr_t*, int flags, libbfio_error_t**) {
  return (flags & LIBBFIO_ACCESS_FLAG_WRITE) != 0 ? -1 : 1;
}
int source_close(intptr_t*, libbfio_error_t**) {
  return 0;
}
ssize_t source_read(intptr_t* handle, std::uint8_t* buffer, size_t size, libbfio_error_t**) {
  Source* source = source_of(handle);
  size_t have = 0;
  while (have < size) {
    const ssize_t got = ::pread(source->fd, buffer + have, size - have, static_cast<off_t>(source->at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    have += static_cast<size_t>(got);
    source->at += static_cast<std::uint64_t>(got);
  }
  return static_cast<ssize_t>(have);
}
ssize_t source_write(intptr_t*, const std::uint8_t*, size_t, libbfio_error_t**) {
  return -1;
}
off64_t source_seek(intptr_t* handle, off64_t offset, int whence, libbfio_error_t**) {
  Source* source = source_of(handle);
  std::int64_t base = 0;
  if (whence == SEEK_CUR) base = static_cast<std::int64_t>(source->at);
  if (whence == SEEK_END) base = static_cast<std::int64_t>(source->size);
  std::int64_t to = 0;
  if (__builtin_add_overflow(base, static_cast<std::int64_t>(offset), &to) || to < 0) return -1;
  source->at = static_cast<std::uint64_t>(to);
  return to;
}
int source_exists(intptr_t*, libbfio_error_t**) {
  return 1;
}
int source_is_open(intptr_t*, libbfio_error_t**) {
  return 1;
}
int source_size(intptr_t* handle, size64_t* size, libbfio_error_t**) {
  *size = source_of(handle)->size;
  return 1;
}

void take_name(libpff_record_entry_t* entry, MapiProperty& property) {
  libpff_name_to_id_map_entry_t* named = nullptr;  // owned by the file
  if (libpff_record_entry_get_name_to_id_map_entry(entry, &named, nullptr) != 1 || named == nullptr) return;
  std::uint8_t guid[16] = {};
  if (libpff_name_to_id_map_entry_get_guid(named, guid, sizeof guid, nullptr) == 1) {
    property.set = guid[0] | std::uint32_t{guid[1]} << 8 | std::uint32_t{guid[2]} << 16 | std::uint32_t{guid[3]} << 24;
  }
  std::uint8_t kind = 0;
  if (libpff_name_to_id_map_entry_get_type(named, &kind, nullptr) != 1) return;
  if (kind == LIBPFF_NAME_TO_ID_MAP_ENTRY_TYPE_NUMERIC) {
    libpff_name_to_id_map_entry_get_number(named, &property.number, nullptr);
    return;
  }
  size_t size = 0;
  if (libpff_name_to_id_map_entry_get_utf8_string_size(named, &size, nullptr) != 1 || size < 2 || size > 4096) return;
  std::string name(size, '\0');
  if (libpff_name_to_id_map_entry_get_utf8_string(named, reinterpret_cast<std::uint8_t*>(name.data()), size, nullptr) !=
      1)
    return;
  name.resize(name.find('\0'));
  property.name = std::move(name);
}

// The bytes of a value as the file has them; empty when they cannot be had.
std::string raw_value(libpff_record_entry_t* entry) {
  size_t size = 0;
  if (libpff_record_entry_get_data_size(entry, &size, nullptr) != 1 || size > kMaxValueBytes) return {};
  std::string value(size, '\0');
  auto* const to = reinterpret_cast<std::uint8_t*>(value.data());
  if (size > 0 && libpff_record_entry_get_data(entry, to, size, nullptr) != 1) return {};
  return value;
}

// [MS-PST], section 2.3.3.4: values of fixed size one after the other; others behind their number and their offsets.
// (libpff takes apart some of these types only.)
void take_many(libpff_record_entry_t* entry, MapiProperty& property) {
  const std::string raw = raw_value(entry);
  const auto base = static_cast<std::uint16_t>(property.type & ~mapi_type::kMany);
  const std::size_t fixed = fixed_size(base);
  if (fixed > 0) {
    for (std::size_t at = 0; at + fixed <= raw.size() && at / fixed < kMaxValues; at += fixed)
      property.values.push_back(raw.substr(at, fixed));
    return;
  }
  const std::size_t count = std::min<std::size_t>(u32_at(raw, 0), kMaxValues);
  for (std::size_t i = 0; i < count && 4 + 4 * i < raw.size(); ++i) {
    const std::size_t from = u32_at(raw, 4 + 4 * i);
    const std::size_t to = i + 1 < count ? u32_at(raw, 8 + 4 * i) : raw.size();
    if (from <= to && to <= raw.size()) property.values.push_back(raw.substr(from, to - from));
  }
}

void take_entry(libpff_record_entry_t* entry, MapiProperties& out) {
  std::uint32_t id = 0;
  std::uint32_t type = 0;
  if (libpff_record_entry_get_entry_type(entry, &id, nullptr) != 1) return;
  if (libpff_record_entry_get_value_type(entry, &type, nullptr) != 1) return;
  if (id == kAttachData || id > 0xFFFF || type > 0xFFFF) return;
  MapiProperty property;
  property.id = static_cast<std::uint16_t>(id);
  property.type = static_cast<std::uint16_t>(type);
  take_name(entry, property);
  if ((property.type & mapi_type::kMany) != 0) {
    take_many(entry, property);
  } else {
    property.values.push_back(raw_value(entry));
  }
  // A named property has a number of its own in each file: only its name means something.
  if (property.set != 0) property.id = 0;
  out.add(std::move(property));
}

MapiProperties properties_of(libpff_item_t* item, int set_index) {
  MapiProperties out;
  libpff_record_set_t* opened = nullptr;
  if (libpff_item_get_record_set_by_index(item, set_index, &opened, nullptr) != 1) return out;
  const std::unique_ptr<libpff_record_set_t, SetFree> set(opened);
  int count = 0;
  if (libpff_record_set_get_number_of_entries(set.get(), &count, nullptr) != 1) return out;
  for (int i = 0; i < std::min(count, kMaxEntries); ++i) {
    libpff_record_entry_t* entry = nullptr;
    if (libpff_record_set_get_entry_by_index(set.get(), i, &entry, nullptr) != 1) continue;
    const std::unique_ptr<libpff_record_entry_t, EntryFree> held(entry);
    take_entry(entry, out);
  }
  out.take_code_page();
  return out;
}

bool read_attachment(libpff_item_t* attachment, const MapiEat& eat) {
  size64_t size = 0;
  if (libpff_attachment_get_data_size(attachment, &size, nullptr) != 1) return false;
  if (libpff_attachment_data_seek_offset(attachment, 0, SEEK_SET, nullptr) != 0) return false;
  std::string buffer(256 * 1024, '\0');
  std::uint64_t left = size;
  while (left > 0) {
    const auto asked = static_cast<size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const ssize_t got =
        libpff_attachment_data_read_buffer(attachment, reinterpret_cast<std::uint8_t*>(buffer.data()), asked, nullptr);
    if (got <= 0 || static_cast<size_t>(got) > asked) return false;
    if (!eat({buffer.data(), static_cast<size_t>(got)})) return true;
    left -= static_cast<std::uint64_t>(got);
  }
  return true;
}

MapiMessage message_of(SharedItem item);

Result<MapiAttachment> attachment_of(const SharedItem& message, std::size_t index) {
  libpff_item_t* opened = nullptr;
  if (libpff_message_get_attachment(message.get(), static_cast<int>(index), &opened, nullptr) != 1)
    return fail(ErrorKind::malformed, "the attachment cannot be opened");
  const SharedItem item(opened, ItemFree{});
  MapiAttachment out;
  out.properties = properties_of(item.get(), 0);
  int kind = 0;
  if (libpff_attachment_get_type(item.get(), &kind, nullptr) != 1) return out;
  if (kind == LIBPFF_ATTACHMENT_TYPE_DATA) {
    // The message is held as well: its attachments borrow from it.
    out.data = [message, item](const MapiEat& eat) { return read_attachment(item.get(), eat); };
  } else if (kind == LIBPFF_ATTACHMENT_TYPE_ITEM) {
    out.message = [message, item]() -> Result<MapiMessage> {
      libpff_item_t* inner = nullptr;
      if (libpff_attachment_get_item(item.get(), &inner, nullptr) != 1)
        return fail(ErrorKind::malformed, "the attached message cannot be opened");
      return message_of(SharedItem(inner, [item](libpff_item_t* one) { ItemFree{}(one); }));
    };
  }
  return out;
}

MapiMessage message_of(SharedItem item) {
  MapiMessage out;
  out.properties = properties_of(item.get(), 0);
  libpff_item_t* opened = nullptr;
  if (libpff_message_get_recipients(item.get(), &opened, nullptr) == 1 && opened != nullptr) {
    const Item recipients(opened);
    int count = 0;
    if (libpff_item_get_number_of_record_sets(recipients.get(), &count, nullptr) == 1) {
      for (int i = 0; i < std::min(count, kMaxEntries); ++i) {
        out.recipients.push_back(properties_of(recipients.get(), i));
        if (out.recipients.back().code_page() == 0) out.recipients.back().set_code_page(out.properties.code_page());
      }
    }
  }
  int attachments = 0;
  if (libpff_message_get_number_of_attachments(item.get(), &attachments, nullptr) == 1 && attachments > 0)
    out.attachment_count = static_cast<std::size_t>(attachments);
  out.attachment = [item](std::size_t index) { return attachment_of(item, index); };
  return out;
}

bool is_message(libpff_item_t* item) {
  std::uint8_t type = 0;
  if (libpff_item_get_type(item, &type, nullptr) != 1) return false;
  switch (type) {
    case LIBPFF_ITEM_TYPE_UNDEFINED:
    case LIBPFF_ITEM_TYPE_ATTACHMENT:
    case LIBPFF_ITEM_TYPE_ATTACHMENTS:
    case LIBPFF_ITEM_TYPE_FOLDER:
    case LIBPFF_ITEM_TYPE_RECIPIENTS:
    case LIBPFF_ITEM_TYPE_SUB_ASSOCIATED_CONTENTS:
    case LIBPFF_ITEM_TYPE_SUB_FOLDERS:
    case LIBPFF_ITEM_TYPE_SUB_MESSAGES: return false;
    default: return true;
  }
}

std::uint64_t count_of(int (*ask)(libpff_item_t*, int*, libpff_error_t**), libpff_item_t* item) {
  int count = 0;
  return ask(item, &count, nullptr) == 1 && count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

}  // namespace

struct PstFolder::State {
  Item item;
};

PstFolder::PstFolder(std::unique_ptr<State> state) : state_(std::move(state)) {}
PstFolder::PstFolder(PstFolder&&) noexcept = default;
PstFolder& PstFolder::operator=(PstFolder&&) noexcept = default;
PstFolder::~PstFolder() = default;

std::string PstFolder::name() const {
  size_t size = 0;
  if (libpff_folder_get_utf8_name_size(state_->item.get(), &size, nullptr) != 1 || size < 2 || size > 65'536) return {};
  std::string name(size, '\0');
  if (libpff_folder_get_utf8_name(state_->item.get(), reinterpret_cast<std::uint8_t*>(name.data()), size, nullptr) != 1)
    return {};
  name.resize(std::min(name.find('\0'), name.size()));
  return name;
}

std::uint64_t PstFolder::message_count() const {
  return count_of(libpff_folder_get_number_of_sub_messages, state_->item.get());
}

std::uint64_t PstFolder::stated_count() const {
  // The lowest five bits of a node's number say its type; 3 is a search folder ([MS-PST], section 2.2.2.1).
  std::uint32_t node = 0;
  if (libpff_item_get_identifier(state_->item.get(), &node, nullptr) == 1 && (node & 0x1FU) == 3) return 0;
  return properties_of(state_->item.get(), 0).number(kContentCount).value_or(0);
}

std::uint64_t PstFolder::folder_count() const {
  return count_of(libpff_folder_get_number_of_sub_folders, state_->item.get());
}

Result<PstFolder> PstFolder::folder(std::uint64_t index) const {
  libpff_item_t* opened = nullptr;
  if (libpff_folder_get_sub_folder(state_->item.get(), static_cast<int>(index), &opened, nullptr) != 1)
    return fail(ErrorKind::malformed, "the folder cannot be opened");
  auto state = std::make_unique<State>();
  state->item.reset(opened);
  return PstFolder(std::move(state));
}

Result<MapiMessage> PstFolder::message(std::uint64_t index) const {
  libpff_item_t* opened = nullptr;
  if (libpff_folder_get_sub_message(state_->item.get(), static_cast<int>(index), &opened, nullptr) != 1)
    return fail(ErrorKind::malformed, "the message cannot be opened");
  return message_of(SharedItem(opened, ItemFree{}));
}

std::uint64_t PstFolder::hidden_count() const {
  return count_of(libpff_folder_get_number_of_sub_associated_contents, state_->item.get());
}

Result<MapiMessage> PstFolder::hidden(std::uint64_t index) const {
  libpff_item_t* opened = nullptr;
  if (libpff_folder_get_sub_associated_content(state_->item.get(), static_cast<int>(index), &opened, nullptr) != 1)
    return fail(ErrorKind::malformed, "the item cannot be opened");
  return message_of(SharedItem(opened, ItemFree{}));
}

struct PstFile::State {
  Source source;
  libbfio_handle_t* handle = nullptr;
  libpff_file_t* file = nullptr;
  int orphans = 0;
  int recovered = 0;

  ~State() {
    if (file != nullptr) {
      libpff_file_close(file, nullptr);
      libpff_file_free(&file, nullptr);
    }
    if (handle != nullptr) libbfio_handle_free(&handle, nullptr);
  }
};

PstFile::PstFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
PstFile::PstFile(PstFile&&) noexcept = default;
PstFile::~PstFile() = default;

Result<PstFile> PstFile::open(int fd, std::uint64_t size) {
  auto state = std::make_unique<State>();
  state->source = {fd, size, 0};
  const int made =
      libbfio_handle_initialize(&state->handle, reinterpret_cast<intptr_t*>(&state->source), source_free, source_clone,
                                source_open, source_close, source_read, source_write, source_seek, source_exists,
                                source_is_open, source_size, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, nullptr);
  if (made != 1) return fail(ErrorKind::limit, "reading needed more memory than a reader has");
  if (libpff_file_initialize(&state->file, nullptr) != 1)
    return fail(ErrorKind::limit, "reading needed more memory than a reader has");
  if (libpff_file_open_file_io_handle(state->file, state->handle, LIBPFF_OPEN_READ, nullptr) != 1)
    return fail(ErrorKind::malformed, "the data file cannot be opened");
  return PstFile(std::move(state));
}

Result<PstFolder> PstFile::root() const {
  libpff_item_t* opened = nullptr;
  if (libpff_file_get_root_folder(state_->file, &opened, nullptr) != 1)
    return fail(ErrorKind::malformed, "the folders cannot be found");
  auto state = std::make_unique<PstFolder::State>();
  state->item.reset(opened);
  return PstFolder(std::move(state));
}

bool PstFile::damaged() const {
  return libpff_file_is_corrupted(state_->file, nullptr) != 0;
}

std::uint64_t PstFile::find_lost() {
  if (libpff_file_recover_items(state_->file, 0, nullptr) == 1)
    libpff_file_get_number_of_recovered_items(state_->file, &state_->recovered, nullptr);
  libpff_file_get_number_of_orphan_items(state_->file, &state_->orphans, nullptr);
  state_->orphans = std::max(state_->orphans, 0);
  state_->recovered = std::max(state_->recovered, 0);
  return static_cast<std::uint64_t>(state_->orphans) + static_cast<std::uint64_t>(state_->recovered);
}

Result<MapiMessage> PstFile::lost(std::uint64_t index) const {
  libpff_item_t* opened = nullptr;
  const auto orphans = static_cast<std::uint64_t>(state_->orphans);
  const int got =
      index < orphans
          ? libpff_file_get_orphan_item_by_index(state_->file, static_cast<int>(index), &opened, nullptr)
          : libpff_file_get_recovered_item_by_index(state_->file, static_cast<int>(index - orphans), &opened, nullptr);
  if (got != 1) return fail(ErrorKind::malformed, "the item cannot be opened");
  SharedItem item(opened, ItemFree{});
  if (!is_message(item.get())) return fail(ErrorKind::not_found, "the item is no message");
  return message_of(std::move(item));
}

std::string PstFile::engine() {
  return std::string("libpff ") + libpff_get_version();
}

}  // namespace dragoman::read
