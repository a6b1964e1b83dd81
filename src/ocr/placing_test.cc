// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/placing.h"

#include <gtest/gtest.h>

namespace dragoman::ocr {
namespace {

Picture page(int width, int height) {
  return Picture{width, height, 72, {}};
}

void expect_box(const Box& box, float x0, float y0, float x1, float y1) {
  EXPECT_NEAR(box.x0, x0, 0.01);
  EXPECT_NEAR(box.y0, y0, 0.01);
  EXPECT_NEAR(box.x1, x1, 0.01);
  EXPECT_NEAR(box.y1, y1, 0.01);
}

TEST(OnPage, UndoesQuarterTurns) {
  const Picture given = page(200, 100);
  expect_box(on_page({10, 20, 30, 25}, {1, 0, 0, 200, 100}, given), 10, 20, 30, 25);
  // Turned clockwise the picture is 100 × 200; its top left was the page's bottom left.
  expect_box(on_page({0, 0, 30, 5}, {1, 1, 0, 100, 200}, given), 0, 70, 5, 100);
  expect_box(on_page({0, 0, 30, 5}, {1, 2, 0, 200, 100}, given), 170, 95, 200, 100);
  expect_box(on_page({0, 0, 30, 5}, {1, 3, 0, 100, 200}, given), 195, 0, 200, 30);
}

TEST(OnPage, UndoesScaleAndResolution) {
  Picture given = page(400, 200);
  given.dpi = 144;
  expect_box(on_page({10, 20, 30, 25}, {0.5, 0, 0, 200, 100}, given), 10, 20, 30, 25);
}

TEST(OnPage, ASlopingWordKeepsItsWidthAndIsCutToThePage) {
  const Picture given = page(1000, 1000);
  const Box middle = on_page({450, 490, 550, 510}, {1, 0, 2, 1000, 1000}, given);
  EXPECT_NEAR(middle.width(), 100, 0.01);
  EXPECT_NEAR(middle.height(), 23.5, 0.1);
  EXPECT_NEAR(middle.middle_y(), 500, 0.01);
  // Turning the page clockwise lowered its right side: on the page as given it stands higher.
  EXPECT_LT(on_page({900, 490, 950, 510}, {1, 0, 2, 1000, 1000}, given).middle_y(), 490);
  const Box corner = on_page({0, 0, 100, 20}, {1, 0, 2, 1000, 1000}, given);
  EXPECT_GE(corner.x0, 0);
  EXPECT_GE(corner.y0, 0);
}

}  // namespace
}  // namespace dragoman::ocr
