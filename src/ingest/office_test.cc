// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/office.h"

#include <set>

#include <gtest/gtest.h>

#include "read/types.h"

namespace dragoman::ingest {
namespace {

TEST(Office, KnowsItsTypesOnceAndByTheTable) {
  std::set<std::string_view> seen;
  for (const OfficeType& type : office_types()) {
    EXPECT_TRUE(seen.insert(type.mime).second) << type.mime;
    EXPECT_NE(read::type_of_mime(type.mime), nullptr) << type.mime;
    EXPECT_EQ(office_type(type.mime), &type);
  }
  EXPECT_EQ(office_type("text/plain"), nullptr);
}

TEST(Office, ConvertsToWhatOurReadersRead) {
  for (const OfficeType& type : office_types()) {
    const read::Type* target = read::type_of_name(std::string("x.") + std::string(type.target));
    ASSERT_NE(target, nullptr) << type.target;
    EXPECT_NE(target->reader, read::ReaderKind::none) << type.target;
    EXPECT_NE(type.ending, type.target) << type.mime;
  }
}

}  // namespace
}  // namespace dragoman::ingest
