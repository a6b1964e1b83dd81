// SPDX-License-Identifier: AGPL-3.0-or-later
// For tests: ZIP archives from names and bytes.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace dragoman::read {

struct Member {
  std::string name;
  std::string bytes;
};

inline std::string zip_of(const std::vector<Member>& members, const char* options = "",
                          const char* password = nullptr) {
  std::size_t room = 1 << 20;
  for (const Member& member : members) room += member.bytes.size() + 2 * member.name.size() + 256;
  std::string out(room, '\0');
  std::size_t used = 0;
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_write_new(), archive_write_free);
  archive_write_set_format_zip(zip.get());
  archive_write_set_options(zip.get(), options);
  if (password != nullptr) {
    archive_write_set_options(zip.get(), "zip:encryption=traditional");
    archive_write_set_passphrase(zip.get(), password);
  }
  archive_write_open_memory(zip.get(), out.data(), out.size(), &used);
  for (const Member& member : members) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), member.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.bytes.size()));
    archive_entry_set_filetype(entry.get(), member.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    EXPECT_EQ(archive_write_header(zip.get(), entry.get()), ARCHIVE_OK) << archive_error_string(zip.get());
    archive_write_data(zip.get(), member.bytes.data(), member.bytes.size());
  }
  archive_write_close(zip.get());
  out.resize(used);
  return out;
}

}  // namespace dragoman::read
