// SPDX-License-Identifier: AGPL-3.0-or-later
// LibreOffice as a converter of files that none of our readers reads: what it opens, into what, and how it is run.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman::ingest {

/// One type that it opens.
struct OfficeType {
  std::string_view mime;    // a row of read::types()
  std::string_view ending;  // that it knows the type by
  std::string_view target;  // ending of what it is converted to, whose reader we have
};
std::span<const OfficeType> office_types();
/// Null for a type that is not among them.
const OfficeType* office_type(std::string_view mime);

/// "libreoffice 7.4", or what is missing and the remedy: not_found, denied (bubblewrap cannot be used here).
Result<std::string> office_version();

/// Converts files in `folder`/in to `folder`/out in one run; names keep their stem. Which were converted shows in
/// `folder`/out; an error or an end out of turn means that the last of them may be cut off. Errors as of
/// sandbox::run_program; crashed when it did not end well.
struct OfficeRun {
  std::filesystem::path folder;
  std::vector<std::string> names;  // in `folder`/in
  std::string_view target;
  std::function<bool()> cancelled;
};
Result<void> run_office(const OfficeRun& run);

}  // namespace dragoman::ingest
