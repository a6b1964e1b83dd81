// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr_bare_loop.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <leptonica/allheaders.h>
#include <tesseract/baseapi.h>
#pragma GCC diagnostic pop

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "read/picture.h"

namespace dragoman::bench {
namespace {

using Api = tesseract::TessBaseAPI;

void read_page(Api& api, PIX* pix, int dpi) {
  api.SetPageSegMode(tesseract::PSM_AUTO);
  api.SetImage(pix);
  api.SetSourceResolution(dpi);
  if (api.Recognize(nullptr) != 0) std::exit(1);
  const std::unique_ptr<char[]> text(api.GetUTF8Text());
}

PIX* decoded(const CleanPage& page, int& dpi) {
  const auto fd = open_for_reading(page.file);
  if (!fd) std::exit(1);
  read::PictureRequest request;
  request.page = PageIndex{page.page};
  const auto picture = read::picture_of_page(fd->get(), request, Limits{});
  if (!picture) std::exit(1);
  dpi = static_cast<int>(picture->dpi + 0.5);
  PIX* pix = pixCreate(picture->width, picture->height, 8);
  std::size_t at = 0;
  for (int y = 0; y < picture->height; ++y) {
    l_uint32* row = pixGetData(pix) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(pix);
    for (int x = 0; x < picture->width; ++x) SET_DATA_BYTE(row, x, picture->grey[at++]);
  }
  return pix;
}

}  // namespace

std::vector<CleanPage> clean_pages(const std::filesystem::path& leak, std::size_t most) {
  const std::map<std::string, std::string> names{{"fa", "fas"}, {"ar", "ara"}, {"en", "eng"}};
  std::map<std::string, std::vector<CleanPage>> by_lang;
  std::ifstream gold(leak / "gold" / "pages.jsonl");
  std::string line;
  while (std::getline(gold, line)) {
    const auto page = nlohmann::json::parse(line);
    if (page["scan"] != "clean" || page["upside_down"] == true) continue;
    const auto file = leak / "files" / std::filesystem::path(page["path"].get<std::string>());
    if (!std::filesystem::is_regular_file(file)) continue;  // a member of a container
    const std::string lang = names.at(page["lang"].get<std::string>());
    by_lang[lang].push_back(CleanPage{file, page["page"].get<unsigned>(), lang});
  }
  std::vector<CleanPage> pages;
  for (std::size_t i = 0; pages.size() < most; ++i) {
    const std::size_t before = pages.size();
    for (const auto& [lang, of_lang] : by_lang)
      if (i < of_lang.size() && pages.size() < most) pages.push_back(of_lang[i]);
    if (pages.size() == before) break;
  }
  return pages;
}

BareFigures bare_loop(const std::vector<CleanPage>& pages) {
  std::map<std::string, std::unique_ptr<Api>> apis;
  for (const CleanPage& page : pages) {
    auto& api = apis[page.lang];
    if (api) continue;
    api = std::make_unique<Api>();
    if (api->Init(nullptr, page.lang.c_str(), tesseract::OEM_LSTM_ONLY) != 0) std::exit(1);
  }
  BareFigures figures;
  for (const CleanPage& page : pages) {
    const double start = process_cpu_seconds();
    int dpi = 0;
    PIX* pix = decoded(page, dpi);
    const double decode_seconds = process_cpu_seconds() - start;
    read_page(*apis[page.lang], pix, dpi);
    figures.native_seconds += process_cpu_seconds() - start;
    const double again = process_cpu_seconds();
    const auto factor = static_cast<l_float32>(200.0 / dpi);
    PIX* scaled = pixScaleAreaMap(pix, factor, factor);
    read_page(*apis[page.lang], scaled, 200);
    figures.scaled_seconds += decode_seconds + process_cpu_seconds() - again;
    pixDestroy(&scaled);
    pixDestroy(&pix);
  }
  return figures;
}

}  // namespace dragoman::bench
