// SPDX-License-Identifier: AGPL-3.0-or-later
// Contacts (vCard) and calendars (iCalendar) as text, one line a property under a name for people; pictures, sounds
// and attachments that they hold as children.
#include <algorithm>
#include <utility>

#include "read/input.h"
#include "read/reflow.h"
#include "read/vcard_lines.h"

namespace dragoman::read {
namespace {

// Fields of a document beside its words; a file of thousands of contacts has them all on its pages.
constexpr std::size_t kMaxFields = 300;

constexpr std::pair<std::string_view, std::string_view> kLabels[] = {
    {"FN", "Name"},
    {"N", "Name in parts"},
    {"NICKNAME", "Nickname"},
    {"ORG", "Organisation"},
    {"TITLE", "Job title"},
    {"ROLE", "Role"},
    {"TEL", "Phone"},
    {"EMAIL", "E-mail"},
    {"ADR", "Address"},
    {"LABEL", "Address label"},
    {"URL", "Web page"},
    {"IMPP", "Instant messaging"},
    {"BDAY", "Birthday"},
    {"ANNIVERSARY", "Anniversary"},
    {"NOTE", "Note"},
    {"CATEGORIES", "Categories"},
    {"GEO", "Place"},
    {"TZ", "Time zone"},
    {"RELATED", "Related"},
    {"MEMBER", "Member"},
    {"REV", "Revised"},
    {"SUMMARY", "Subject"},
    {"DTSTART", "Start"},
    {"DTEND", "End"},
    {"DUE", "Due"},
    {"COMPLETED", "Completed"},
    {"DURATION", "Duration"},
    {"LOCATION", "Location"},
    {"ORGANIZER", "Organizer"},
    {"ATTENDEE", "Attendee"},
    {"CONTACT", "Contact"},
    {"DESCRIPTION", "Description"},
    {"COMMENT", "Comment"},
    {"STATUS", "Status"},
    {"RRULE", "Recurrence"},
    {"RDATE", "Recurs on"},
    {"EXDATE", "Except on"},
    {"ATTACH", "Attachment"},
    {"CREATED", "Created"},
    {"LAST-MODIFIED", "Modified"},
    {"DTSTAMP", "Written"},
    {"FREEBUSY", "Busy"},
};

std::string label_for(const ContentLine& line) {
  const auto* const found =
      std::find_if(std::begin(kLabels), std::end(kLabels), [&](const auto& row) { return row.first == line.name; });
  std::string out(found == std::end(kLabels) ? std::string_view(line.name) : found->second);
  const std::string types = line.types();
  if (!types.empty()) out += " (" + types + ")";
  return out;
}

// Parts divided by ';' (names, addresses) are a list for people.
std::string readable(const ContentLine& line) {
  std::string out;
  const bool parts = line.name == "N" || line.name == "ADR" || line.name == "ORG" || line.name == "GEO";
  const std::string name = line.parameter("CN");
  if (!name.empty()) out = name + " ";
  for (const char c : line.value) {
    if (!parts || c != ';') {
      out.push_back(c);
    } else if (!out.empty() && !out.ends_with(", ")) {
      out += ", ";
    }
  }
  while (parts && out.ends_with(", ")) out.resize(out.size() - 2);
  for (const char* parameter : {"TZID", "PARTSTAT"}) {
    const std::string text = line.parameter(parameter);
    if (!text.empty()) out += " (" + text + ")";
  }
  return out;
}

std::string ending_of(const ContentLine& line) {
  std::string type = line.parameter("MEDIATYPE") + line.parameter("FMTTYPE") + line.types();
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [word, ending] : {std::pair{"jpeg", ".jpg"},
                                     {"jpg", ".jpg"},
                                     {"png", ".png"},
                                     {"gif", ".gif"},
                                     {"pdf", ".pdf"},
                                     {"html", ".html"},
                                     {"plain", ".txt"},
                                     {"wav", ".wav"}}) {
    if (type.find(word) != type.npos) return ending;
  }
  return ".bin";
}

struct Cards {
  Body body;
  std::vector<std::pair<std::string, std::string>> files;  // name, bytes
  std::size_t count = 0;
  bool open = false;  // the last one has no end
};

void add_line(const ContentLine& line, std::string_view card, Cards& out) {
  if (line.name == "BEGIN" || line.name == "END") {
    std::string what = line.value;
    std::transform(what.begin(), what.end(), what.begin(), [](unsigned char c) { return std::toupper(c); });
    const bool outer = what == card;
    if (line.name == "BEGIN" && !out.body.text.empty()) out.body.text += "\n";
    if (line.name == "BEGIN" && outer) ++out.count;
    if (outer) out.open = line.name == "BEGIN";
    return;
  }
  if (line.binary) {
    std::string name = line.parameter("FILENAME");
    if (name.empty()) name = line.parameter("X-FILENAME");
    if (name.empty()) {
      name = line.name;
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      name += "-" + std::to_string(out.files.size() + 1) + ending_of(line);
    }
    out.files.emplace_back(std::move(name), line.bytes);
    return;
  }
  if (line.value.find_first_not_of(" ;\t\r\n") == std::string::npos) return;
  if (out.body.document.fields.size() < kMaxFields) out.body.document.fields.push_back({line.name, line.value});
  const bool title = line.name == "FN" || line.name == "SUMMARY" || line.name == "X-WR-CALNAME";
  if (title && out.body.document.title.empty()) out.body.document.title = line.value;
  if (line.name == "VERSION" || line.name == "PRODID" || line.name == "CALSCALE" || line.name == "UID") return;
  out.body.text += label_for(line) + ": " + readable(line) + "\n";
}

Result<ItemState> read_lines(const Input& input, std::string_view card, std::string_view kind, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const std::string_view all = mapping.bytes();
  const bool cut = all.size() > input.limits().max_text_bytes;
  ContentLines lines(all.substr(0, static_cast<std::size_t>(input.limits().max_text_bytes)));
  Cards cards;
  bool in_zone = false;  // rules of a time zone are no words of anybody
  while (const std::optional<ContentLine> line = lines.next()) {
    const bool zone = line->value == "VTIMEZONE";
    if (zone) in_zone = line->name == "BEGIN";
    if (!in_zone && !zone) add_line(*line, card, cards);
  }
  const bool malformed = lines.malformed();
  cards.body.document.kind = kind;
  cards.body.engine = kind;
  ItemState state = TRY(send_body(std::move(cards.body), input.limits(), sink));
  std::uint32_t ordinal = 0;
  for (const auto& [name, bytes] : cards.files) {
    if (ordinal >= input.limits().max_members) break;
    TRY_VOID(sink.begin_child({ordinal++, name}));
    TRY_VOID(sink.child_bytes(bytes));
    TRY_VOID(sink.end_child(ChildEnd::complete));
  }
  const bool left_out = ordinal < cards.files.size();
  if (cards.open) TRY_VOID(send_gap(sink, GapKind::truncated, "", "the file ends before its last entry does"));
  if (malformed) TRY_VOID(send_gap(sink, GapKind::malformed, "", "some bytes do not fit the character set"));
  if (cut || left_out) TRY_VOID(send_gap(sink, GapKind::limit, "", "the file is longer than is read"));
  return cards.open || malformed || cut || left_out ? ItemState::partial : state;
}

}  // namespace

Result<ItemState> read_vcard(const Input& input, ReadSink& sink) {
  return read_lines(input, "VCARD", "contact", sink);
}

Result<ItemState> read_calendar(const Input& input, ReadSink& sink) {
  return read_lines(input, "VCALENDAR", "calendar", sink);
}

}  // namespace dragoman::read
