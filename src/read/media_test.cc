// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <cstring>

#include "read/media_file.h"
#include "read/media_library.h"
#include "read/media_signatures.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

std::string little(unsigned value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  return out;
}

std::string chunk(const std::string& name, const std::string& body) {
  return name + little(static_cast<unsigned>(body.size()), 4) + body +
         (body.size() % 2 != 0 ? std::string(1, '\0') : "");
}

// Two seconds of silence, 8,000 samples a second, 8 bits, with a title and a comment.
std::string wav() {
  const std::string format =
      little(1, 2) + little(1, 2) + little(8000, 4) + little(8000, 4) + little(1, 2) + little(8, 2);
  const std::string list = "INFO" + chunk("INAM", "call of the third") + chunk("ICMT", "recorded by Nasrin");
  const std::string body =
      "WAVE" + chunk("fmt ", format) + chunk("LIST", list) + chunk("data", std::string(16'000, '\x80'));
  return chunk("RIFF", body);
}

// ISO base media: a box with its length before it.
std::string big(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  return out;
}
std::string box(const std::string& name, const std::string& body) {
  return big(body.size() + 8, 4) + name + body;
}
std::string full(const std::string& name, const std::string& body) {
  return box(name, std::string(4, '\0') + body);
}

/// An MP4 with one track of timed text (3GPP TS 26.245) of two samples, a second each, and a place.
std::string mp4() {
  const std::vector<std::string> lines = {"where is Farid", "he left at dawn"};
  std::string samples;
  std::string sizes;
  for (const std::string& line : lines) {
    samples += big(line.size(), 2) + line;
    sizes += big(line.size() + 2, 4);
  }
  const std::string head = box("ftyp", "isom" + big(0, 4) + "isommp42");
  const std::uint64_t at = head.size() + 8;
  const std::string matrix =
      big(0x10000, 4) + std::string(12, '\0') + big(0x10000, 4) + std::string(12, '\0') + big(0x40000000, 4);
  const std::string entry = box("tx3g", std::string(6, '\0') + big(1, 2) + std::string(30, '\0'));
  const std::string table =
      box("stbl", full("stsd", big(1, 4) + entry) + full("stts", big(1, 4) + big(2, 4) + big(1000, 4)) +
                      full("stsc", big(1, 4) + big(1, 4) + big(2, 4) + big(1, 4)) +
                      full("stsz", big(0, 4) + big(2, 4) + sizes) + full("stco", big(1, 4) + big(at, 4)));
  const std::string media =
      box("mdia",
          full("mdhd", std::string(8, '\0') + big(1000, 4) + big(2000, 4) + big(0x1833, 2) + big(0, 2)) +
              full("hdlr", big(0, 4) + "sbtl" + std::string(13, '\0')) +
              box("minf", full("nmhd", "") + box("dinf", full("dref", big(1, 4) + box("url ", big(1, 4)))) + table));
  const std::string track =
      box("trak", box("tkhd", big(3, 4) + std::string(8, '\0') + big(1, 4) + big(0, 4) + big(2000, 4) +
                                  std::string(16, '\0') + matrix + std::string(8, '\0')) +
                      media);
  const std::string place = "+35.6892+051.3890/";
  const std::string user = box("udta", box("\xA9xyz", big(place.size(), 2) + big(0x15C7, 2) + place));
  const std::string movie =
      box("moov", full("mvhd", std::string(8, '\0') + big(1000, 4) + big(2000, 4) + big(0x10000, 4) + big(0x100, 2) +
                                   std::string(10, '\0') + matrix + std::string(24, '\0') + big(2, 4)) +
                      track + user);
  return head + box("mdat", samples) + movie;
}

TEST(MediaReader, what_a_recording_says_about_itself_is_a_page_and_its_speech_a_gap) {
  const Reading reading = read_named(wav(), "a.wav");
  EXPECT_EQ(reading.mime, "audio/wav");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).title, "call of the third");
  EXPECT_EQ(reading.field("duration"), "00:00:02.000");
  EXPECT_NE(reading.labelled("metadata").find("recorded by Nasrin"), std::string::npos);
  EXPECT_TRUE(reading.has_gap(GapKind::not_transcribed));
  EXPECT_NE(reading.field("stream 1").find("audio pcm_u8 8000 Hz"), std::string::npos);
}

TEST(MediaReader, subtitles_are_pages_with_the_time_of_each_line) {
  const Reading reading = read_named(mp4(), "a.mp4");
  EXPECT_EQ(reading.mime, "video/mp4");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.labelled("subtitles fas"), "[00:00:00] where is Farid\n[00:00:01] he left at dawn\n");
  EXPECT_NE(reading.labelled("metadata").find("35.689200,51.389000"), std::string::npos);
}

TEST(MediaReader, a_recording_that_is_cut_says_so) {
  const Reading reading = read_bytes(mp4().substr(0, 60));
  EXPECT_EQ(reading.state, ItemState::failed);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
}

TEST(MediaReader, damaged_recordings_end) {
  const std::string whole = mp4();
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5A);
    const Reading reading = read_bytes(bytes);
    EXPECT_LE(reading.pages.size(), 4U) << at;
  }
}

TEST(MediaText, marks_of_subtitles_are_no_words) {
  EXPECT_EQ(subtitle_text("<i>slowly</i> {\\an8}now", "subrip"), "slowly now");
  EXPECT_EQ(subtitle_text("1,0,Default,,0,0,0,,{\\b1}one,\\Ntwo", "ass"), "one,\ntwo");
  EXPECT_EQ(subtitle_text(std::string("\0\5helloXXXX", 11), "mov_text"), "hello");
  EXPECT_EQ(subtitle_text("a < b", "subrip"), "a < b");
  EXPECT_EQ(subtitle_text("", "mov_text"), "");
}

TEST(MediaText, places_of_iso_6709) {
  EXPECT_EQ(place_of_iso6709("+35.6892+051.3890+1200/"), "35.689200,51.389000");
  EXPECT_EQ(place_of_iso6709("-3541.5-05123.25/"), "-35.691667,-51.387500");
  EXPECT_EQ(place_of_iso6709("+354121+0512320/"), "35.689167,51.388889");
  EXPECT_EQ(place_of_iso6709("+95+000/"), "");
  EXPECT_EQ(place_of_iso6709("Tehran"), "");
  EXPECT_EQ(place_of_iso6709("+35"), "");
}

TEST(MediaSignatures, tell_containers_by_what_they_hold) {
  EXPECT_EQ(media_mime(wav()), "audio/wav");
  EXPECT_EQ(media_mime(std::string("\0\0\0\x18"
                                   "ftypheic\0\0\0\0mif1heic",
                                   24)),
            "image/heic");
  EXPECT_EQ(media_mime(std::string("\0\0\0\x18"
                                   "ftypmif1\0\0\0\0avifmif1",
                                   24)),
            "image/avif");
  EXPECT_EQ(media_mime(std::string("\0\0\0\x18"
                                   "ftypM4A \0\0\0\0isommp42",
                                   24)),
            "audio/mp4");
  EXPECT_EQ(media_mime("P5 60 30 255 \1\2\3"), "image/x-portable-anymap");
  EXPECT_EQ(media_mime("P1 was here at nine"), "");
  EXPECT_EQ(media_mime("ID3 is a format of tags"), "");
  std::string stream(188 * 5, '\0');
  for (std::size_t at = 0; at < stream.size(); at += 188) stream[at] = '\x47';
  EXPECT_EQ(media_mime(stream), "video/mp2t");
}

}  // namespace
}  // namespace dragoman::read
