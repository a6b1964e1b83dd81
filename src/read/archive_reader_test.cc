// SPDX-License-Identifier: AGPL-3.0-or-later
// Archives that are no ZIP, written by libarchive where it can, by hand where it cannot (RAR, Cabinet).
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <locale.h>
#include <zlib.h>

#include <memory>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

using Handle = std::unique_ptr<archive, int (*)(archive*)>;
using Entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

struct Member {
  std::string name;
  std::string bytes;
};

Entry entry_of(const std::string& name, std::size_t size) {
  Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  archive_entry_set_filetype(entry.get(), name.ends_with('/') ? AE_IFDIR : AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  return entry;
}

/// `format` and `filter` by libarchive's names, which writes names in the encoding of the locale.
class Packed {
 public:
  Packed(const char* format, const char* filter) : handle_(archive_write_new(), archive_write_free) {
    before_ = uselocale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
    EXPECT_EQ(archive_write_set_format_by_name(handle_.get(), format), ARCHIVE_OK) << format;
    if (filter != nullptr) {
      EXPECT_EQ(archive_write_add_filter_by_name(handle_.get(), filter), ARCHIVE_OK) << filter;
    }
    archive_write_set_bytes_in_last_block(handle_.get(), 1);
    EXPECT_EQ(archive_write_open_memory(handle_.get(), out_.data(), out_.size(), &used_), ARCHIVE_OK);
  }
  Packed& add(const Entry& entry, const std::string& bytes) {
    EXPECT_EQ(archive_write_header(handle_.get(), entry.get()), ARCHIVE_OK) << archive_error_string(handle_.get());
    if (!bytes.empty()) archive_write_data(handle_.get(), bytes.data(), bytes.size());
    return *this;
  }
  Packed& add(const Member& member) { return add(entry_of(member.name, member.bytes.size()), member.bytes); }
  std::string take() {
    archive_write_close(handle_.get());
    freelocale(uselocale(before_));
    return out_.substr(0, used_);
  }

 private:
  std::string out_ = std::string(4 << 20, '\0');
  std::size_t used_ = 0;
  Handle handle_;
  locale_t before_{};
};

void expect_two(const Reading& reading) {
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "box/نامه.txt");
  EXPECT_EQ(reading.children[0].bytes, "first");
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].header.name, "b");
  EXPECT_EQ(reading.children[1].bytes, "second");
  EXPECT_TRUE(reading.gaps.empty());
}

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
  return out;
}
std::uint32_t crc(const std::string& bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

/// RAR 1.5–4: a header's checksum is the lower half of the CRC-32 of what follows it. Stored, not packed.
std::string rar_header(std::uint8_t type, std::uint16_t flags, const std::string& rest) {
  const std::string body = little(type, 1) + little(flags, 2) + little(7 + rest.size(), 2) + rest;
  return little(crc(body) & 0xFFFF, 2) + body;
}
std::string rar_of(const Member& member) {
  const std::string size = little(member.bytes.size(), 4);
  const std::string file = size + size + little(3, 1) + little(crc(member.bytes), 4) + little(0x42210000, 4) +
                           little(20, 1) + little(0x30, 1) + little(member.name.size(), 2) + little(0100644, 4) +
                           member.name;
  return "Rar!\x1A\x07" + std::string(1, '\0') + rar_header(0x73, 0, std::string(6, '\0')) +
         rar_header(0x74, 0x8000, file) + member.bytes + rar_header(0x7B, 0x4000, "");
}

/// [MS-CAB]: one folder without compression, one data block; a checksum of 0 is not checked.
std::string cab_of(const Member& member) {
  const std::string file = little(member.bytes.size(), 4) + little(0, 4) + little(0, 2) + little(0x4221, 2) +
                           little(0, 2) + little(0x20, 2) + member.name + std::string(1, '\0');
  const std::string block =
      little(0, 4) + little(member.bytes.size(), 2) + little(member.bytes.size(), 2) + member.bytes;
  const std::size_t files_at = 36 + 8;
  const std::size_t data_at = files_at + file.size();
  return "MSCF" + little(0, 4) + little(data_at + block.size(), 4) + little(0, 4) + little(files_at, 4) + little(0, 4) +
         "\x03\x01" + little(1, 2) + little(1, 2) + little(0, 2) + little(1, 2) + little(0, 2) + little(data_at, 4) +
         little(1, 2) + little(0, 2) + file + block;
}

struct Packing {
  const char* format;
  const char* filter;
  const char* mime;
};

class EachPacking : public testing::TestWithParam<Packing> {};

TEST_P(EachPacking, members_are_children) {
  const auto& [format, filter, mime] = GetParam();
  Packed packed(format, filter);
  packed.add({"box/", ""}).add({"box/نامه.txt", "first"}).add({"b", "second"});
  const Reading reading = read_bytes(packed.take());
  EXPECT_EQ(reading.mime, mime);
  expect_two(reading);
}

INSTANTIATE_TEST_SUITE_P(
    Archives, EachPacking,
    testing::Values(Packing{"pax", nullptr, "application/x-tar"}, Packing{"gnutar", nullptr, "application/x-tar"},
                    Packing{"pax", "gzip", "application/gzip"}, Packing{"pax", "bzip2", "application/x-bzip2"},
                    Packing{"pax", "xz", "application/x-xz"}, Packing{"pax", "zstd", "application/zstd"},
                    Packing{"pax", "lz4", "application/x-lz4"}, Packing{"pax", "lzip", "application/x-lzip"},
                    Packing{"pax", "compress", "application/x-compress"},
                    Packing{"7zip", nullptr, "application/x-7z-compressed"}),
    [](const auto& packing) {
      return std::string(packing.param.format) + (packing.param.filter == nullptr ? "" : packing.param.filter);
    });

TEST(ArchiveReader, disc_images_hold_files) {
  Packed packed("iso9660", nullptr);
  packed.add({"box/", ""}).add({"box/a.txt", "first"}).add({"b.txt", "second"});
  const Reading reading = read_bytes(packed.take());
  EXPECT_EQ(reading.mime, "application/x-iso9660-image");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes.size() + reading.children[1].bytes.size(), 11U);
}

TEST(ArchiveReader, stored_rar_and_cabinet) {
  for (const auto& [bytes, mime] :
       {std::pair{rar_of({"note.txt", "kept as it is"}), "application/x-rar"},
        std::pair{cab_of({"note.txt", "kept as it is"}), "application/vnd.ms-cab-compressed"}}) {
    const Reading reading = read_bytes(bytes);
    EXPECT_EQ(reading.mime, mime);
    EXPECT_EQ(reading.state, ItemState::read) << mime;
    ASSERT_EQ(reading.children.size(), 1U) << mime;
    EXPECT_EQ(reading.children[0].header.name, "note.txt");
    EXPECT_EQ(reading.children[0].bytes, "kept as it is");
  }
}

TEST(ArchiveReader, web_archives_and_xar) {
  const Reading xar = read_bytes(Packed("xar", nullptr).add(Member{"a.txt", "alpha"}).take());
  EXPECT_EQ(xar.mime, "application/x-xar");
  ASSERT_EQ(xar.children.size(), 1U);
  EXPECT_EQ(xar.children[0].bytes, "alpha");
  const std::string page = "HTTP/1.1 200 OK\r\n\r\n<p>alpha</p>";
  const std::string warc =
      "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/a.html\r\n"
      "WARC-Date: 2019-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Length: " +
      std::to_string(page.size()) + "\r\n\r\n" + page + "\r\n\r\n";
  const Reading web = read_bytes(warc);
  EXPECT_EQ(web.mime, "application/warc");
  EXPECT_EQ(web.state, ItemState::read);
  ASSERT_EQ(web.children.size(), 1U);
  EXPECT_EQ(web.children[0].header.name, "a.html");
  EXPECT_EQ(web.children[0].bytes, page);
}

TEST(ArchiveReader, debian_packages_are_ar_archives) {
  Packed packed("arbsd", nullptr);
  packed.add({"debian-binary", "2.0\n"});
  const Reading reading = read_bytes(packed.take());
  EXPECT_EQ(reading.mime, "application/x-archive");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].bytes, "2.0\n");
}

TEST(ArchiveReader, a_compressed_file_is_one_child_named_without_its_ending) {
  for (const char* filter : {"gzip", "bzip2", "xz", "zstd", "lz4"}) {
    Packed packed("raw", filter);
    packed.add({"data", "the minutes"});
    const Reading reading = read_named(packed.take(), "box/minutes.txt.gz");
    EXPECT_EQ(reading.state, ItemState::read) << filter;
    ASSERT_EQ(reading.children.size(), 1U) << filter;
    EXPECT_EQ(reading.children[0].header.name, "minutes.txt");
    EXPECT_EQ(reading.children[0].bytes, "the minutes");
  }
}

TEST(ArchiveReader, layers_without_end_are_a_limit) {
  std::string bytes = "the minutes";
  for (int layer = 0; layer < 40; ++layer) bytes = Packed("raw", "gzip").add({"data", bytes}).take();
  const Reading reading = read_named(bytes, "minutes.gz");
  EXPECT_EQ(reading.state, ItemState::failed);
  ASSERT_TRUE(reading.has_gap(GapKind::limit));
  EXPECT_EQ(reading.gaps[0].detail, "the data is packed in more layers than are opened");
}

TEST(ArchiveReader, links_and_devices_are_gaps) {
  const Entry link = entry_of("to", 0);
  archive_entry_set_filetype(link.get(), AE_IFLNK);
  archive_entry_set_symlink(link.get(), "/etc/passwd");
  const Entry again = entry_of("again", 0);
  archive_entry_set_hardlink(again.get(), "plain");
  const Entry device = entry_of("disk", 0);
  archive_entry_set_filetype(device.get(), AE_IFBLK);
  Packed packed("pax", nullptr);
  packed.add({"plain", "x"}).add(link, "").add(again, "").add(device, "");
  const Reading reading = read_bytes(packed.take());
  EXPECT_EQ(reading.state, ItemState::partial);
  ASSERT_EQ(reading.children.size(), 1U);
  ASSERT_EQ(reading.gaps.size(), 3U);
  EXPECT_EQ(reading.gaps[0].where, "to");
  EXPECT_EQ(reading.gaps[2].detail, "a device or pipe: it holds nothing");
}

TEST(ArchiveReader, holes_of_sparse_files_are_zeros) {
  const Entry entry = entry_of("sparse", 100'000);
  archive_entry_sparse_add_entry(entry.get(), 90'000, 10'000);
  Packed packed("pax", nullptr);
  packed.add(entry, std::string(90'000, '\0') + std::string(10'000, 'z'));
  const Reading reading = read_bytes(packed.take());
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].bytes, std::string(90'000, '\0') + std::string(10'000, 'z'));
}

TEST(ArchiveReader, holes_at_the_end_are_zeros_too) {
  const Entry entry = entry_of("sparse", 100'000);
  archive_entry_sparse_add_entry(entry.get(), 0, 4'096);
  Packed packed("pax", nullptr);
  packed.add(entry, std::string(4'096, 'a') + std::string(95'904, '\0')).add({"after", "whole"});
  const Reading reading = read_bytes(packed.take());
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes, std::string(4'096, 'a') + std::string(95'904, '\0'));
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].bytes, "whole");
}

TEST(ArchiveReader, a_cut_archive_keeps_what_came_before) {
  Packed packed("pax", nullptr);
  std::string tar = packed.add({"first", "whole"}).add({"second", std::string(9000, 's')}).take();
  tar.resize(5000);
  const Reading reading = read_bytes(tar);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes, "whole");
  EXPECT_EQ(reading.children[1].end, ChildEnd::truncated);
}

TEST(ArchiveReader, a_bomb_stops_at_the_limit) {
  Packed packed("raw", "xz");
  packed.add({"data", std::string(3'000'000, 'z')});
  ReadRequest request;
  request.name = "bomb.xz";
  request.limits.max_unpacked_bytes = 10'000;
  const Reading reading = read_bytes(packed.take(), request);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_LE(reading.children[0].bytes.size(), 10'000U);
}

TEST(ArchiveReader, garbage_behind_a_signature_is_malformed) {
  for (const std::string& start : {std::string("7z\xBC\xAF\x27\x1C"), std::string("Rar!\x1A\x07\0", 7),
                                   std::string("MSCF\0\0\0\0", 8), std::string("\x1F\x8B\x08\0", 4)}) {
    const Reading reading = read_bytes(start + std::string(600, '\xEE'));
    EXPECT_NE(reading.state, ItemState::read);
    EXPECT_FALSE(reading.gaps.empty());
    for (const auto& child : reading.children) EXPECT_NE(child.end, ChildEnd::complete);
  }
}

}  // namespace
}  // namespace dragoman::read
