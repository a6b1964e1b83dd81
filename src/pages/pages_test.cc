// SPDX-License-Identifier: AGPL-3.0-or-later
// The maker with real workers: this program is its own worker, and one of its jobs lies.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "pages/page_picture.h"
#include "pages/picture_cache.h"
#include "pages/picture_check.h"
#include "pages/picture_job.h"
#include "pages/picture_maker.h"
#include "read/pixels.h"
#include "read/reader.h"
#include "record/wire.h"
#include "vault/blobs.h"
#include "vault/case_under_test.h"

namespace dragoman::pages {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSay = "SAY ";    // a file that makes its worker answer with the rest of it
constexpr std::string_view kSlow = "SLOW ";  // one that takes 150 ms of drawing

/// The room's own job, but for files that tell the worker to misbehave.
Result<void> picture_or_lie(sandbox::JobContext& job) {
  const std::string content = TRY(read_all(job.input_fd(), 10'000'000));
  if (content.starts_with(kSlow)) {
    const Stopwatch watch;
    while (watch.milliseconds() < 150) {
    }
  } else if (!content.starts_with(kSay)) {
    return picture_jobs().front().run(job);
  }
  std::string answer = content.substr(kSay.size());
  if (content.starts_with(kSlow))
    answer = TRY(read::png_of(read::Pixels{4, 4, 1, 72, std::vector<std::uint8_t>(16, 9)}));
  if (answer == "the secret") return fail(ErrorKind::malformed, "<script>" + answer);
  TRY_VOID(job.begin_child(""));
  TRY_VOID(job.child_bytes(answer));
  return job.end_child(static_cast<std::uint8_t>(ChildEnd::complete));
}

Result<void> warm_up(std::string_view /*settings*/) {
  read::warm_up();
  return {};
}

const sandbox::JobTable& test_table() {
  static const sandbox::JobTable table = [] {
    sandbox::JobTable made{picture_jobs(), warm_up};
    made.jobs.front().run = picture_or_lie;
    return made;
  }();
  return table;
}

/// Born digital, `count` pages of 200 × 100 points with one black square each.
std::string pdf_of(int count) {
  std::string kids;
  std::string objects;
  for (int i = 0; i < count; ++i) {
    kids += std::to_string(i + 4) + " 0 R ";
    objects += std::to_string(i + 4) + " 0 obj<</Type/Page/Parent 2 0 R/Contents 3 0 R>>endobj\n";
  }
  return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/MediaBox[0 0 200 100]/Kids[" +
         kids + "]/Count " + std::to_string(count) +
         ">>endobj\n3 0 obj<</Length 15>>stream\n50 50 20 20 re f\nendstream endobj\n" + objects +
         "trailer<</Root 1 0 R>>\n%%EOF\n";
}

class Case {
 public:
  Case() : disk_(vault::real_disk()), folder_(make()) {}
  const store::CaseFolder& folder() const { return folder_; }
  fs::path pictures() const { return folder_.derived() / "pictures"; }
  Sha256 keep(const std::string& bytes) {
    const Sha256 blob = sha256(bytes);
    const fs::path path = vault::BlobStore::open(folder_.blobs(), *disk_).path_of(blob);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return blob;
  }
  std::vector<fs::path> cached() const {
    std::vector<fs::path> all;
    std::error_code error;
    for (fs::recursive_directory_iterator it(pictures(), error), end; it != end; ++it) {
      if (it->is_regular_file()) all.push_back(it->path());
    }
    return all;
  }

 private:
  store::CaseFolder make() {
    auto made = store::CaseFolder::create(temporary_.path() / "case", "test");
    CHECK(made.has_value());
    auto db = made->open_database(store::Mode::read_write);
    CHECK(db.has_value() && store::migrate(*db, store::joined({store::migrations(), vault::migrations()})).has_value());
    return std::move(*made);
  }
  vault::TemporaryFolder temporary_;
  std::unique_ptr<vault::Disk> disk_;
  store::CaseFolder folder_;
};

MakerSettings settings() {
  MakerSettings made;
  made.workers = 1;
  made.read_ahead = false;
  return made;
}

/// True as soon as `condition` is, at most five seconds later.
template <class Condition>
bool soon(Condition condition) {
  const Stopwatch watch;
  while (!condition()) {
    if (watch.milliseconds() > 5000) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TEST(PictureMaker, draws_every_size_and_finds_it_again) {
  Case here;
  const Sha256 blob = here.keep(pdf_of(3));
  {
    PictureMaker maker(here.folder(), settings());
    for (const SizeRule& rule : kSizes) {
      const auto made = maker.get({blob, PageIndex(2), rule.size});
      ASSERT_TRUE(made.has_value()) << made.error().message;
      EXPECT_EQ(made->mime, "image/png");
      EXPECT_EQ(made->width, std::min<unsigned>(static_cast<unsigned>(rule.width), 1667));
      EXPECT_TRUE(made->bytes->starts_with("\x89PNG"));
    }
    EXPECT_TRUE(maker.get({blob, PageIndex(2), Size::thumb}).has_value());
    EXPECT_EQ(maker.stats().drawn, 3U);
    EXPECT_EQ(maker.stats().from_memory, 1U);
  }
  EXPECT_EQ(here.cached().size(), 3U);
  PictureMaker again(here.folder(), settings());
  EXPECT_TRUE(again.get({blob, PageIndex(2), Size::large}).has_value());
  EXPECT_EQ(again.stats().from_disk, 1U);
  EXPECT_EQ(again.stats().drawn, 0U);
}

TEST(PictureMaker, names_in_the_cache_say_what_they_are) {
  Case here;
  const Sha256 blob = here.keep(pdf_of(1));
  PictureMaker maker(here.folder(), settings());
  ASSERT_TRUE(maker.get({blob, PageIndex(1), Size::thumb}).has_value());
  const fs::path path = here.pictures() / blob.hex().substr(0, 2) / (blob.hex() + "-1-thumb-1.png");
  EXPECT_TRUE(soon([&] { return fs::exists(path); }));
}

TEST(PictureMaker, only_pictures_of_the_right_size_come_out) {
  Case here;
  PictureMaker maker(here.folder(), settings());
  const std::string too_wide = *read::png_of(read::Pixels{5000, 1, 1, 72, std::vector<std::uint8_t>(5000, 255)});
  const std::string too_many =
      *read::png_of(read::Pixels{1200, 3500, 1, 72, std::vector<std::uint8_t>(4'200'000, 255)});
  const std::string whole = *read::png_of(read::Pixels{20, 20, 1, 72, std::vector<std::uint8_t>(400, 255)});
  const std::vector<std::string> lies = {"",
                                         "<html><script>alert(1)</script></html>",
                                         "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
                                         "GIF89a\x01\x01",
                                         "%PDF-1.4",
                                         too_wide,
                                         too_many,
                                         whole.substr(0, whole.size() - 3),
                                         whole + "<script>alert(1)</script>",
                                         "\xFF\xD8\xFF\xE0<html>\xFF\xD9"};
  for (const std::string& lie : lies) {
    const auto got = maker.get({here.keep(std::string(kSay) + lie), PageIndex(1), Size::screen});
    ASSERT_FALSE(got.has_value()) << lie.substr(0, 30);
    EXPECT_EQ(got.error().kind, ErrorKind::crashed);
  }
  EXPECT_TRUE(here.cached().empty());
  EXPECT_TRUE(maker.get({here.keep(std::string(kSay) + whole), PageIndex(1), Size::screen}).has_value());
}

TEST(PictureMaker, a_workers_words_are_not_passed_on) {
  Case here;
  PictureMaker maker(here.folder(), settings());
  const auto got = maker.get({here.keep(std::string(kSay) + "the secret"), PageIndex(1), Size::screen});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().kind, ErrorKind::malformed);
  EXPECT_EQ(got.error().message.find("secret"), std::string::npos);
}

TEST(PictureMaker, errors_are_remembered_for_a_while) {
  Case here;
  MakerSettings brief = settings();
  brief.remember_errors = std::chrono::milliseconds(300);
  PictureMaker maker(here.folder(), brief);
  const PageKey beyond{here.keep(pdf_of(1)), PageIndex(7), Size::screen};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(maker.get(beyond).error().kind, ErrorKind::not_found);
  EXPECT_EQ(maker.stats().failed, 1U);
  std::this_thread::sleep_for(std::chrono::milliseconds(350));
  EXPECT_EQ(maker.get(beyond).error().kind, ErrorKind::not_found);
  EXPECT_EQ(maker.stats().failed, 2U);
  EXPECT_EQ(maker.get({sha256("nobody's"), PageIndex(1), Size::screen}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(maker.get({here.keep("plain text"), PageIndex(1), Size::screen}).error().kind, ErrorKind::unsupported);
}

TEST(PictureMaker, the_same_request_is_drawn_once) {
  Case here;
  PictureMaker maker(here.folder(), settings());
  const PageKey key{here.keep(std::string(kSlow)), PageIndex(1), Size::screen};
  std::vector<std::thread> readers;
  std::atomic<int> served{0};
  for (int i = 0; i < 12; ++i) {
    readers.emplace_back([&] { served += maker.get(key).has_value() ? 1 : 0; });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(served, 12);
  EXPECT_EQ(maker.stats().drawn, 1U);
}

TEST(PictureMaker, the_newest_request_goes_first_and_thumbs_last) {
  Case here;
  PictureMaker maker(here.folder(), settings());
  ASSERT_TRUE(maker.get({here.keep(pdf_of(1)), PageIndex(1), Size::thumb}).has_value());  // the worker is warm
  std::mutex mutex;
  std::string order;
  std::vector<std::thread> readers;
  const auto ask = [&](char name, Size size) {
    const PageKey key{here.keep(std::string(kSlow) + name), PageIndex(1), size};
    readers.emplace_back([&, key, name] {
      ASSERT_TRUE(maker.get(key).has_value());
      const std::lock_guard lock(mutex);
      order += name;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  ask('1', Size::screen);  // is drawn at once; the others wait
  ask('2', Size::screen);
  ask('3', Size::screen);
  ask('4', Size::thumb);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(order, "1324");
}

TEST(PictureMaker, too_much_waiting_refuses_the_oldest) {
  Case here;
  MakerSettings small = settings();
  small.queue = 3;
  PictureMaker maker(here.folder(), small);
  std::vector<std::thread> readers;
  std::atomic<int> refused{0};
  for (int i = 0; i < 6; ++i) {
    const PageKey key{here.keep(std::string(kSlow) + std::to_string(i)), PageIndex(1), Size::screen};
    readers.emplace_back([&, key] {
      const auto got = maker.get(key);
      refused += !got && got.error().kind == ErrorKind::cancelled ? 1 : 0;
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(refused, 3);
}

TEST(PictureMaker, neighbours_of_the_screen_are_made_ahead) {
  Case here;
  MakerSettings ahead = settings();
  ahead.read_ahead = true;
  PictureMaker maker(here.folder(), ahead);
  const Sha256 blob = here.keep(pdf_of(9));
  ASSERT_TRUE(maker.get({blob, PageIndex(5), Size::screen}).has_value());
  ASSERT_TRUE(soon([&] { return maker.stats().ahead == 3; }));
  for (const std::uint32_t page : {4U, 6U, 7U}) {
    EXPECT_TRUE(maker.get({blob, PageIndex(page), Size::screen}).has_value());
  }
  EXPECT_EQ(maker.stats().drawn, 1U);
  EXPECT_EQ(maker.stats().from_memory, 3U);
}

TEST(PictureMaker, callers_are_let_go_when_it_ends) {
  Case here;
  auto maker = std::make_unique<PictureMaker>(here.folder(), settings());
  std::vector<std::thread> readers;
  std::atomic<int> waiting{0};
  for (int i = 0; i < 4; ++i) {
    const PageKey mine{here.keep(std::string(kSlow) + std::to_string(i)), PageIndex(1), Size::screen};
    readers.emplace_back([&, mine] {
      ++waiting;
      static_cast<void>(maker->get(mine));
    });
  }
  ASSERT_TRUE(soon([&] { return waiting == 4; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  maker.reset();
  for (std::thread& reader : readers) reader.join();
}

TEST(PictureMaker, without_a_folder_to_write_memory_will_do) {
  Case here;
  const Sha256 blob = here.keep(pdf_of(1));
  fs::create_directories(here.folder().derived());
  std::ofstream(here.pictures()) << "in the way";
  PictureMaker maker(here.folder(), settings());
  EXPECT_TRUE(maker.get({blob, PageIndex(1), Size::screen}).has_value());
  EXPECT_TRUE(maker.get({blob, PageIndex(1), Size::screen}).has_value());
  EXPECT_EQ(maker.stats().from_memory, 1U);
}

PagePicture small_picture(std::uint8_t shade) {
  return *picture_from(*read::png_of(read::Pixels{30, 30, 1, 72, std::vector<std::uint8_t>(900, shade)}), Size::thumb);
}

TEST(PictureCache, a_file_where_the_folder_should_be_is_no_error) {
  Case here;
  fs::create_directories(here.folder().derived());
  std::ofstream(here.pictures()) << "in the way";
  PictureCache cache(here.folder().derived(), {1000, 1000});
  const PageKey key{sha256("a"), PageIndex(1), Size::thumb};
  cache.keep_in_memory(key, small_picture(7));
  cache.keep_on_disk(key, small_picture(7));
  EXPECT_TRUE(cache.find(key).has_value());
  while (cache.sweep_step()) {
  }
}

TEST(PictureCache, damaged_and_foreign_files_are_not_shown) {
  Case here;
  PictureCache cache(here.folder().derived(), {0, 1000});
  const PageKey key{sha256("a"), PageIndex(1), Size::thumb};
  cache.keep_on_disk(key, small_picture(7));
  ASSERT_TRUE(cache.find(key).has_value());
  const fs::path path = here.cached().at(0);
  fs::resize_file(path, fs::file_size(path) - 5);
  EXPECT_FALSE(cache.find(key).has_value());
  std::ofstream(path) << "<html>";
  EXPECT_FALSE(cache.find(key).has_value());
  const fs::path elsewhere = here.folder().root() / "elsewhere.png";
  std::ofstream(elsewhere) << *small_picture(3).bytes;
  fs::remove(path);
  fs::create_symlink(elsewhere, path);
  EXPECT_FALSE(cache.find(key).has_value());
  EXPECT_FALSE(cache.holds(key));
}

TEST(PictureCache, memory_is_bounded) {
  Case here;
  const std::size_t each = small_picture(7).bytes->size();
  PictureCache cache(here.folder().derived(), {3 * each + 1, 1000});
  for (std::uint32_t page = 1; page <= 5; ++page) {
    cache.keep_in_memory({sha256("a"), PageIndex(page), Size::thumb}, small_picture(7));
  }
  EXPECT_FALSE(cache.find({sha256("a"), PageIndex(2), Size::thumb}).has_value());
  for (std::uint32_t page = 3; page <= 5; ++page) {
    EXPECT_TRUE(cache.find({sha256("a"), PageIndex(page), Size::thumb}).has_value());
  }
}

TEST(PictureCache, the_oldest_files_go_and_others_files_stay) {
  Case here;
  const std::size_t each = small_picture(7).bytes->size();
  PictureCache cache(here.folder().derived(), {0, 4 * each});
  std::vector<PageKey> keys;
  for (std::uint32_t page = 1; page <= 6; ++page) {
    keys.push_back({sha256("a"), PageIndex(page), Size::thumb});
    cache.keep_on_disk(keys.back(), small_picture(7));
    const fs::path path = here.pictures() / sha256("a").hex().substr(0, 2) / (name_of(keys.back()) + ".png");
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(10 - page));
  }
  const fs::path other = here.pictures() / sha256("a").hex().substr(0, 2) / "notes.txt";
  std::ofstream(other) << std::string(100 * each, 'x');
  while (cache.sweep_step()) {
  }
  EXPECT_FALSE(cache.holds(keys[0]));
  EXPECT_FALSE(cache.holds(keys[1]));
  EXPECT_TRUE(cache.holds(keys[3]));
  EXPECT_TRUE(cache.holds(keys[5]));
  EXPECT_TRUE(fs::exists(other));
}

TEST(PictureCheck, what_encoders_write_is_right) {
  for (const int channels : {1, 3}) {
    const read::Pixels pixels{40, 30, channels, 150,
                              std::vector<std::uint8_t>(static_cast<std::size_t>(1200 * channels), 99)};
    const auto png = picture_facts(*read::png_of(pixels));
    ASSERT_TRUE(png.has_value());
    EXPECT_EQ(png->mime, "image/png");
    const std::string jpeg = *read::jpeg_of(pixels, 87);
    const auto facts = picture_facts(jpeg);
    ASSERT_TRUE(facts.has_value());
    EXPECT_EQ(facts->mime, "image/jpeg");
    EXPECT_EQ(facts->width, 40U);
    EXPECT_EQ(facts->height, 30U);
    for (std::size_t cut = 0; cut < jpeg.size(); ++cut) EXPECT_FALSE(picture_facts(jpeg.substr(0, cut)).has_value());
  }
}

TEST(PagePicture, is_a_png_at_150_dpi) {
  Case here;
  const fs::path path = here.folder().root() / "a.pdf";
  std::ofstream(path) << pdf_of(2);
  const auto png = page_picture(std::move(*open_for_reading(path)), PageIndex(2));
  ASSERT_TRUE(png.has_value()) << png.error().message;
  const auto facts = picture_facts(*png);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->mime, "image/png");
  EXPECT_EQ(facts->width, 417U);
  EXPECT_EQ(page_picture(std::move(*open_for_reading(path)), PageIndex(3)).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace dragoman::pages

int main(int argc, char** argv) {
  if (dragoman::sandbox::is_worker(argc, argv)) return dragoman::sandbox::worker_main(dragoman::pages::test_table());
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
