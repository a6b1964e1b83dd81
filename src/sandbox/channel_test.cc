// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/channel.h"

#include <gtest/gtest.h>

namespace dragoman::sandbox {
namespace {

/// Writes down what it hears; refuses frames longer than 10.
class Notes : public FrameSink {
 public:
  Result<void> announced(char, std::uint32_t length) override {
    return length <= 10 ? Result<void>{} : Result<void>(fail(ErrorKind::limit, "too long"));
  }
  Result<void> frame(char tag, std::string_view payload) override {
    text += tag + std::string(payload) + "|";
    return {};
  }
  Result<void> piece(std::string_view bytes) override {
    streamed += bytes;
    return {};
  }
  std::string text;
  std::string streamed;
};

std::string bytes_of(char tag, std::string_view payload) {
  return frame_head(tag, payload.size()) + std::string(payload);
}

TEST(FrameParser, CutsTheStreamWhereverItWasCut) {
  const std::string stream =
      bytes_of('R', "one") + bytes_of('D', "data") + bytes_of('Z', "") + bytes_of('R', "0123456789");
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    FrameParser parser('D');
    Notes notes;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      ASSERT_TRUE(parser.feed(std::string_view(stream).substr(at, step), notes));
    }
    EXPECT_EQ(notes.text, "Rone|Z|R0123456789|") << step;
    EXPECT_EQ(notes.streamed, "data");
    EXPECT_FALSE(parser.pending());
  }
}

TEST(FrameParser, RefusesBeforeItCollects) {
  FrameParser parser;
  Notes notes;
  EXPECT_EQ(parser.feed(std::string("R\xFF\xFF\xFF\xFF", 5), notes).error().kind, ErrorKind::limit);
}

TEST(Outcome, SurvivesTheChannel) {
  const Outcome back = *decode_outcome(encode(Outcome{false, {ErrorKind::timeout, "m", "w"}, true}));
  EXPECT_FALSE(back.ok);
  EXPECT_TRUE(back.replace);
  EXPECT_EQ(back.error.kind, ErrorKind::timeout);
  EXPECT_EQ(back.error.message, "m");
  EXPECT_EQ(back.error.where, "w");
}

TEST(Outcome, IsNotBelieved) {
  std::string bytes = encode(Outcome{});
  EXPECT_FALSE(decode_outcome(bytes + "x"));
  EXPECT_FALSE(decode_outcome(std::string_view(bytes).substr(1)));
  bytes[2] = 99;
  EXPECT_FALSE(decode_outcome(bytes));
  std::string not_utf8 = encode(Outcome{false, {ErrorKind::io, "abc", {}}, false});
  not_utf8[not_utf8.find("abc")] = static_cast<char>(0xFF);
  EXPECT_FALSE(decode_outcome(not_utf8));
  const std::string long_text(9000, 'x');
  EXPECT_LT(decode_outcome(encode(Outcome{false, {ErrorKind::io, long_text, {}}, false}))->error.message.size(), 4001U);
}

TEST(Settings, SurviveTheChannel) {
  WorkerSettings settings{.kind = WorkerKind::ocr, .layers = {true, true, 7, 3, true}, .limits = {}, .warm_up = "fas"};
  settings.limits.worker_address_space = 12345;
  const WorkerSettings back = *decode_settings(encode(settings));
  EXPECT_EQ(back.kind, WorkerKind::ocr);
  EXPECT_EQ(back.layers, settings.layers);
  EXPECT_EQ(back.limits.worker_address_space, 12345U);
  EXPECT_EQ(back.limits.ocr_timeout, settings.limits.ocr_timeout);
  EXPECT_EQ(back.warm_up, "fas");
}

}  // namespace
}  // namespace dragoman::sandbox
