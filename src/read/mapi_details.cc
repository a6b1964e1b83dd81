// SPDX-License-Identifier: AGPL-3.0-or-later
// What contacts, appointments, tasks and lists say in properties of their own, as lines for people. The numbers are
// those of [MS-OXPROPS].
#include "read/code_page.h"
#include "read/encoding.h"
#include "read/little_endian.h"
#include "read/mapi_message.h"

namespace dragoman::read {
namespace {

struct Detail {
  std::uint32_t set;     // 0: a property by its number alone
  std::uint32_t number;  // within the set
  std::string_view label;
};

constexpr Detail kContact[] = {
    {0, 0x3A45, "Title"},
    {0, 0x3A06, "Given name"},
    {0, 0x3A44, "Middle name"},
    {0, 0x3A11, "Surname"},
    {0, 0x3A05, "Generation"},
    {0, 0x3A4F, "Nickname"},
    {mapi_set::kAddress, 0x8005, "Filed as"},
    {0, 0x3A16, "Company"},
    {0, 0x3A18, "Department"},
    {0, 0x3A17, "Job title"},
    {0, 0x3A46, "Profession"},
    {0, 0x3A19, "Office"},
    {0, 0x3A4E, "Manager"},
    {0, 0x3A30, "Assistant"},
    {mapi_set::kAddress, 0x8080, "E-mail name"},
    {mapi_set::kAddress, 0x8083, "E-mail"},
    {mapi_set::kAddress, 0x8093, "E-mail 2"},
    {mapi_set::kAddress, 0x80A3, "E-mail 3"},
    {mapi_set::kAddress, 0x8062, "Instant messaging"},
    {0, 0x3A08, "Business phone"},
    {0, 0x3A1B, "Business phone 2"},
    {0, 0x3A57, "Company phone"},
    {0, 0x3A09, "Home phone"},
    {0, 0x3A2F, "Home phone 2"},
    {0, 0x3A1C, "Mobile phone"},
    {0, 0x3A1D, "Radio phone"},
    {0, 0x3A1E, "Car phone"},
    {0, 0x3A1F, "Other phone"},
    {0, 0x3A21, "Pager"},
    {0, 0x3A24, "Business fax"},
    {0, 0x3A25, "Home fax"},
    {0, 0x3A23, "Fax"},
    {0, 0x3A1A, "Primary phone"},
    {mapi_set::kAddress, 0x801B, "Work address"},
    {mapi_set::kAddress, 0x801A, "Home address"},
    {mapi_set::kAddress, 0x801C, "Other address"},
    {0, 0x3A15, "Postal address"},
    {mapi_set::kAddress, 0x8045, "Work street"},
    {mapi_set::kAddress, 0x8046, "Work city"},
    {mapi_set::kAddress, 0x8049, "Work country"},
    {0, 0x3A29, "Street"},
    {0, 0x3A27, "City"},
    {0, 0x3A28, "State"},
    {0, 0x3A2A, "Postal code"},
    {0, 0x3A26, "Country"},
    {mapi_set::kAddress, 0x802B, "Web page"},
    {0, 0x3A51, "Business web page"},
    {0, 0x3A50, "Personal web page"},
    {0, 0x3A42, "Birthday"},
    {0, 0x3A41, "Anniversary"},
    {0, 0x3A48, "Partner"},
    {0, 0x3A58, "Children"},
    {0, 0x3A43, "Hobbies"},
    {0, 0x3A4A, "Customer number"},
    {0, 0x3A00, "Account"},
};

constexpr Detail kAppointment[] = {
    {mapi_set::kAppointment, 0x8208, "Location"},   {mapi_set::kAppointment, 0x820D, "Start"},
    {mapi_set::kAppointment, 0x820E, "End"},        {mapi_set::kAppointment, 0x8215, "All day"},
    {mapi_set::kAppointment, 0x8232, "Recurrence"}, {mapi_set::kAppointment, 0x8238, "Attendees"},
    {mapi_set::kAppointment, 0x8234, "Time zone"},  {0, 0x0042, "Organizer"},
};

constexpr Detail kTask[] = {
    {mapi_set::kTask, 0x811F, "Owner"},       {mapi_set::kTask, 0x8104, "Start"},
    {mapi_set::kTask, 0x8105, "Due"},         {mapi_set::kTask, 0x810F, "Completed"},
    {mapi_set::kTask, 0x8101, "Status"},      {mapi_set::kTask, 0x8102, "Share completed"},
    {mapi_set::kTask, 0x8121, "Assigned by"}, {mapi_set::kCommon, 0x8539, "Companies"},
    {mapi_set::kCommon, 0x853A, "Contacts"},
};

constexpr Detail kJournal[] = {
    {mapi_set::kLog, 0x8700, "Type"},    {mapi_set::kLog, 0x8706, "Start"},        {mapi_set::kLog, 0x8708, "End"},
    {mapi_set::kLog, 0x8707, "Minutes"}, {mapi_set::kCommon, 0x8539, "Companies"},
};

std::span<const Detail> details_of(std::string_view kind) {
  if (kind == "contact") return kContact;
  if (kind == "appointment") return kAppointment;
  if (kind == "task") return kTask;
  if (kind == "journal") return kJournal;
  return {};
}

void add_line(std::string& out, std::string_view label, std::string_view value) {
  if (value.find_first_not_of(" \t\r\n") == value.npos) return;
  out += label;
  out += ": ";
  for (const char c : value) {
    if (c != '\r') out.push_back(c == '\n' ? ' ' : c);
  }
  out.push_back('\n');
}

// The next string of an entry, its zero included in what is taken away.
std::string take_string(std::string_view& bytes, bool unicode) {
  std::size_t size = 0;
  if (unicode) {
    while (size + 1 < bytes.size() && u16_at(bytes, size) != 0) size += 2;
  } else {
    size = std::min(bytes.find('\0'), bytes.size());
  }
  const std::string_view raw = bytes.substr(0, size);
  bytes.remove_prefix(std::min(bytes.size(), size + (unicode ? 2U : 1U)));
  return unicode ? utf8_of_utf16le(raw) : decode_text(raw).utf8;
}

// A one-off entry ([MS-OXCDATA], section 2.2.5.1): 4 bytes of flags, 16 of the provider, 2 of the version, 2 of flags;
// then display name, type of address, address.
std::string member_of(std::string_view entry) {
  if (entry.size() < 24) return {};
  const bool unicode = (u16_at(entry, 22) & 0x8000U) != 0;
  std::string_view rest = entry.substr(24);
  const std::string name = take_string(rest, unicode);
  take_string(rest, unicode);
  const std::string where = take_string(rest, unicode);
  return where.empty() || where == name ? name : name + " <" + where + ">";
}

void add_members(const MapiProperties& own, std::string& out) {
  const MapiProperty* members = own.find(mapi_set::kAddress, 0x8054);
  if (members == nullptr) return;
  for (const std::string& entry : members->values) add_line(out, "Member", member_of(entry));
}

}  // namespace

std::string mapi_details_of(const MapiMessage& message) {
  const MapiProperties& own = message.properties;
  const std::string_view kind = mapi_kind_of(message);
  std::string out;
  for (const auto& [set, number, label] : details_of(kind)) {
    const MapiProperty* found = set == 0 ? own.find(static_cast<std::uint16_t>(number)) : own.find(set, number);
    add_line(out, label, own.text(found));
  }
  if (kind == "list") {
    add_line(out, "List", own.text(own.find(mapi_set::kAddress, 0x8053)));
    add_members(own, out);
  }
  return out;
}

}  // namespace dragoman::read
