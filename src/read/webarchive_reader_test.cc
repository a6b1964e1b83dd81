// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/binary_plist.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

/// Writes a binary property list; objects are numbered as they are added.
class PlistBuilder {
 public:
  int text(std::string_view ascii) { return add(marker(5, ascii.size()) + std::string(ascii)); }
  int data(std::string_view bytes) { return add(marker(4, bytes.size()) + std::string(bytes)); }
  int array(const std::vector<int>& members) { return add(marker(10, members.size()) + references(members)); }
  int dictionary(const std::vector<std::pair<int, int>>& pairs) {
    std::vector<int> all;
    for (const auto& [key, value] : pairs) all.push_back(key);
    for (const auto& [key, value] : pairs) all.push_back(value);
    return add(marker(13, pairs.size()) + references(all));
  }
  std::string file(int top) const {
    std::string out = "bplist00" + objects_;
    const std::size_t table = out.size();
    for (const std::size_t offset : offsets_) out += big(offset, 4);
    return out + std::string(6, '\0') + "\4\2" + big(offsets_.size(), 8) + big(static_cast<std::size_t>(top), 8) +
           big(table, 8);
  }

 private:
  static std::string big(std::size_t value, int count) {
    std::string out;
    for (int i = count; i > 0; --i) out.push_back(static_cast<char>(value >> (8 * (i - 1)) & 0xFFU));
    return out;
  }
  static std::string marker(unsigned type, std::size_t count) {
    std::string out(1, static_cast<char>(type << 4U | std::min<std::size_t>(count, 15)));
    return count < 15 ? out : out + '\x12' + big(count, 4);
  }
  static std::string references(const std::vector<int>& objects) {
    std::string out;
    for (const int object : objects) out += big(static_cast<std::size_t>(object), 2);
    return out;
  }
  int add(const std::string& object) {
    offsets_.push_back(8 + objects_.size());
    objects_ += object;
    return static_cast<int>(offsets_.size()) - 1;
  }
  std::string objects_;
  std::vector<std::size_t> offsets_;
};

int resource(PlistBuilder& list, std::string_view bytes, std::string_view mime, std::string_view address) {
  return list.dictionary({{list.text("WebResourceData"), list.data(bytes)},
                          {list.text("WebResourceMIMEType"), list.text(mime)},
                          {list.text("WebResourceTextEncodingName"), list.text("UTF-8")},
                          {list.text("WebResourceURL"), list.text(address)}});
}

std::string saved_page() {
  PlistBuilder list;
  const int main = resource(list, "<html><title>News</title><p>caf\xC3\xA9 news</p></html>", "text/html",
                            "https://site.example/news/1");
  const int picture = resource(list, "GIF89a", "image/gif", "https://site.example/img/dot?v=1");
  const int framed = resource(list, "<html>framed</html>", "text/html", "https://ads.example/f.html");
  const int frame = list.dictionary({{list.text("WebMainResource"), framed}});
  return list.file(list.dictionary({{list.text("WebMainResource"), main},
                                    {list.text("WebSubresources"), list.array({picture})},
                                    {list.text("WebSubframeArchives"), list.array({frame})}}));
}

TEST(webarchive, a_saved_page_and_what_it_shows) {
  const Reading reading = read_named(saved_page(), "news.webarchive");
  EXPECT_EQ(reading.mime, "application/x-webarchive");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.gaps.empty());
  EXPECT_EQ(reading.text(0), "café news");
  EXPECT_EQ(reading.documents.at(0).title, "News");
  EXPECT_EQ(reading.field("WebResourceURL"), "https://site.example/news/1");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "site.example/img/dot.gif");
  EXPECT_EQ(reading.children[0].bytes, "GIF89a");
  EXPECT_EQ(reading.children[1].header.name, "ads.example/f.html");
}

TEST(webarchive, damage) {
  const std::string bytes = saved_page();
  for (std::size_t at = 8; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = '\xFF';
    const auto list = BinaryPlist::open(damaged);
    if (list) list->value(list->top(), "WebMainResource");
    BinaryPlist::open(std::string_view(bytes).substr(0, at));
  }
  EXPECT_EQ(read_bytes("bplist00 WebMainResource" + std::string(40, '\xFF')).state, ItemState::failed);
  PlistBuilder round;
  round.dictionary({{1, 0}, {2, 0}, {3, 3}});
  round.text("WebMainResource");
  round.text("WebSubframeArchives");
  round.array({0, 0, 0, 0});
  EXPECT_NE(read_bytes(round.file(0)).state, ItemState::failed) << "an archive inside itself ends";
}

}  // namespace
}  // namespace dragoman::read
