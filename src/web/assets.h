// SPDX-License-Identifier: AGPL-3.0-or-later
// The front end as it lies in the binary: every file of ui/'s build, whole and compressed.
#pragma once

#include <span>
#include <string_view>

namespace dragoman::web {

/// All views are constants of the program.
struct Asset {
  std::string_view path;  // "/index.html", "/assets/index-1a2b3c4d.js"
  std::string_view type;  // "text/html; charset=utf-8"
  std::string_view bytes;
  std::string_view gzip;   // empty where compressing gains nothing
  std::string_view etag;   // with its quotes
  bool immutable = false;  // its name holds a hash of its bytes
};

/// Sorted by path. Made by ui/embed.py; in the library dragoman_ui, which main alone links.
std::span<const Asset> embedded_assets();

/// Null when there is none of that path.
const Asset* find_asset(std::span<const Asset> assets, std::string_view path);

}  // namespace dragoman::web
