// SPDX-License-Identifier: AGPL-3.0-or-later
// The other kinds of file that lie on a disk: address books, calendars, mailboxes, databases, recordings, drawings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "office.h"

namespace dragoman::sample {

struct Contact {
  std::string name{};
  std::string organisation{};
  std::string mail{};
  std::string note{};
};

struct Meeting {
  std::string summary{};
  std::string place{};
  std::string iso_day{};
  std::string note{};
};

std::string write_vcard(const std::vector<Contact>& contacts);
std::string write_icalendar(const std::vector<Meeting>& meetings);
// Messages as a mailbox keeps them (RFC 4155, mboxrd): a "From " line before each, a blank line behind.
struct Mailbox {
  std::string bytes{};
  std::vector<std::string> messages{};  // as they stand in it: line ends and quoting are its own
};
Mailbox write_mbox(const std::vector<std::string>& messages);
// One message as Apple Mail keeps it: its length, the message, a property list.
std::string write_emlx(std::string_view message);

struct TarMember {
  std::string name{};
  std::string bytes{};
};
// POSIX.1-1988 (ustar), then gzip without a name or a time.
std::string write_tar_gz(const std::vector<TarMember>& members);

// A table in an SQLite file; all columns are text.
std::string write_sqlite(std::string_view table, const Row& columns, const std::vector<Row>& rows);

// Two seconds of a tone, with a title (RIFF, LIST INFO INAM).
std::string write_wav(std::string_view title);
std::string write_svg(const std::vector<std::string>& lines);

// Where and with what a picture was taken, as EXIF 2.3 in an APP1 segment behind the SOI of `jpeg`.
struct Taken {
  double latitude = 0;   // degrees, north positive
  double longitude = 0;  // degrees, east positive
  std::string device{};
  std::string note{};  // ImageDescription, ASCII
};
std::string with_exif(std::string_view jpeg, const Taken& taken);

// The PDF with one text field, whose value is in the form and drawn on no page.
std::string with_form_field(const std::string& pdf, const std::string& name, const std::string& value);

}  // namespace dragoman::sample
