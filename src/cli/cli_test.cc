// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "cli/answers.h"
#include "cli/langs.h"
#include "cli/progress_bar.h"

namespace dragoman::cli {
namespace {

TEST(ProgressLine, SaysFilesPagesRateAndTimeLeft) {
  ingest::Progress progress{ingest::Phase::receiving, 5, 10, 0, 0};
  EXPECT_EQ(progress_line(progress, 0, 0), "receiving  files 5/10");
  progress = {ingest::Phase::recognising, 10, 10, 60, 160};
  EXPECT_EQ(progress_line(progress, 25, 10),
            "recognising  files 10/10  pages 60/160 [#######.............]  2.0 pages/s  50 s left");
  EXPECT_EQ(progress_line(progress, 0, 60), "recognising  files 10/10  pages 60/160 [#######.............]");
}

TEST(Langs, AreNamesAndNothingElse) {
  EXPECT_EQ(*parse_langs("fas,ara"), (std::vector<std::string>{"fas", "ara"}));
  EXPECT_EQ(*parse_langs("fas,"), std::vector<std::string>{"fas"});
  for (const char* bad : {"", ",", "../fas", "fas ara", "fas,,ara"}) EXPECT_FALSE(parse_langs(bad)) << bad;
}

TEST(StatusJson, StatesAddUp) {
  evidence::Counts counts;
  counts.items = 3;
  counts.by_state = {{ItemState::read, 2}, {ItemState::failed, 1}};
  const Json json = status_json(counts, {});
  EXPECT_EQ(json["read"], 2);
  EXPECT_EQ(json["pending"], 0);
  EXPECT_TRUE(json["causes"].empty());
}

}  // namespace
}  // namespace dragoman::cli
