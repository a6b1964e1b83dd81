// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/html_reader.h"

#include <gtest/gtest.h>

#include "read/html_text.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

std::string visible(std::string_view html) {
  return text_of(words_of(text_of_html(html)));
}

TEST(html, text_as_it_is_seen) {
  EXPECT_EQ(visible("<p>a<p>b<br>c"), "a\n\nb\nc");
  EXPECT_EQ(visible("<ul><li>a<li>b</ul>"), "a\nb");
  EXPECT_EQ(visible("<table><tr><td>a<td>b<tr><td>c</table>"), "a b\nc");
  EXPECT_EQ(visible("a <b>b</b>c &lt;d&gt; &#1587;&#x644;ام &nbsp;e &unknown; AT&T"), "a bc <d> سلام e &unknown; AT&T");
  EXPECT_EQ(visible("<script>var a = '<p>x</p>';</script><style>b{}</style>c"), "c");
  EXPECT_EQ(visible("<title>t</title>1 < 2 <3 > <"), "1 < 2 <3 > <");
  EXPECT_EQ(visible("<pre>a\nb</pre>c\nd"), "a\nb\n\nc d");
  EXPECT_EQ(visible("<img alt='a picture'>&#147;q&#148;"), "a picture “q”");
  EXPECT_EQ(visible("<!-- x --><![if !IE]>a<![endif]><!DOCTYPE x>b<?php x ?>c"), "abc");
  EXPECT_EQ(visible("<a href='x>y' title=\"a > b\">c</a>"), "c");
  EXPECT_EQ(visible("<textarea>a\nb"), "a b") << "never closed";
}

std::string hidden(std::string_view html) {
  return text_of(words_of(html_page(html).hidden));
}

TEST(html, hidden_text_is_kept_apart) {
  EXPECT_EQ(hidden("<div style='DISPLAY : none'>a<div>b</div>c</div>d"), "a\nb\nc");
  EXPECT_EQ(visible("<div style='display:none'>a<div>b</div>c</div>d"), "d");
  EXPECT_EQ(visible("<p hidden>a<p>b"), "b") << "an end that is not said";
  EXPECT_EQ(visible("<ul><li hidden>a<li>b</ul>c"), "b\n\nc");
  EXPECT_EQ(visible("<div><p hidden>a</div>b"), "b");
  EXPECT_EQ(visible("<table><tr hidden><td>a<td>b<tr><td>c</table>"), "c");
  EXPECT_EQ(visible("<span style='font-size:0.8em'>a</span><span style='font-size:0px'>b</span>"), "a");
  EXPECT_EQ(hidden("<!-- a note <b>here</b> -->x<noscript>b</noscript><i title='c'>y</i>"), "a note here\n\nb\n\nc");
  EXPECT_EQ(hidden("<!--[if mso]><b>x</b><![endif]-->"), "");
  EXPECT_EQ(visible("<input type=hidden><b hidden>a</b></b></i>b"), "b");
}

TEST(html, forms_links_and_fields) {
  const HtmlPage page = html_page(
      "<title> A &amp; B </title><meta name=author content='Sara'><meta property='og:site_name' content=X>"
      "<form action='/send'><input name=iban type=hidden value='DE00 1'><input type=submit value=Go>"
      "<input type=checkbox name=c><input type=checkbox name=d checked></form>"
      "<a href='https://a.example/'>a.example</a><a href='https://b.example/x?y=1&amp;z'>here</a>"
      "<a href='#top'>up</a><a href='javascript:x()'>no</a><a href='mailto:m@x.example'>m@x.example</a>"
      "<iframe src='f.html'></iframe><a href='https://b.example/x?y=1&amp;z'>again</a>");
  EXPECT_EQ(page.title, "A & B");
  ASSERT_EQ(page.fields.size(), 2U);
  EXPECT_EQ(page.fields[0], (Field{"author", "Sara"}));
  EXPECT_EQ(page.form, "iban: DE00 1\nd: on\n");
  EXPECT_EQ(page.links, "/send\nhttps://b.example/x?y=1&z\nf.html\n");
  EXPECT_EQ(text_of(words_of(page.text)), "Go\n\na.examplehereupnom@x.exampleagain");
}

TEST(html, properties_of_office_and_of_browsers) {
  const HtmlPage page = html_page(
      "<!-- saved from url=(0024)https://site.example/a/ --><html>"
      "<!--[if gte mso 9]><xml><o:DocumentProperties><o:Author>Omid &amp; Co</o:Author></o:DocumentProperties></xml>"
      "<![endif]-->x");
  ASSERT_EQ(page.fields.size(), 2U);
  EXPECT_EQ(page.fields[0], (Field{"saved from url", "https://site.example/a/"}));
  EXPECT_EQ(page.fields[1], (Field{"o:author", "Omid & Co"}));
}

TEST(html, files_written_into_the_page) {
  const Reading reading = read_named(
      "<html><img src='data:text/plain;base64,aGVs\nbG8='><img src='data:text/plain;base64,aGVs\nbG8='>"
      "<a href=\"data:text/csv,a%2Cb%0A\">x</a><p style='background:url(data:image/gif;base64,R0lGODlh)'>"
      "<iframe srcdoc='&lt;p>inner'></iframe>",
      "page.html");
  EXPECT_EQ(reading.mime, "text/html");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.children.size(), 4U);
  EXPECT_EQ(reading.children[0].header.name, "data-1.txt");
  EXPECT_EQ(reading.children[0].bytes, "hello");
  EXPECT_EQ(reading.children[1].bytes, "a,b\n");
  EXPECT_EQ(reading.children[2].bytes, "GIF89a");
  EXPECT_EQ(reading.children[2].header.name, "data-3.gif");
  EXPECT_EQ(reading.children[3].header.name, "frame-1.html");
  EXPECT_EQ(reading.children[3].bytes, "<p>inner");
}

TEST(html, a_page_is_a_document) {
  const Reading reading = read_named(
      "<!DOCTYPE html><html><head><meta charset=windows-1256><title>\xDA\xE4\xE6\xC7\xE4</title></head>"
      "<body><h1>\xD3\xE1\xC7\xE3</h1><p style='display:none'>secret</p><a href='https://x.example'>y</a></body></html>",
      "a.htm");
  EXPECT_EQ(reading.documents.at(0).title, "عنوان");
  EXPECT_EQ(reading.documents.at(0).kind, "html");
  EXPECT_EQ(reading.field("encoding"), "windows-1256");
  EXPECT_EQ(reading.text(0), "سلام\n\ny");
  EXPECT_EQ(reading.labelled("hidden text"), "secret\n");
  EXPECT_EQ(reading.labelled("links"), "https://x.example\n");
}

TEST(html, the_true_encoding_wins) {
  const auto encoding = [](std::string_view bytes) { return decode_html(bytes, {}).encoding; };
  EXPECT_EQ(encoding("<meta charset=iso-8859-1>\xD8\xB3\xD9\x84"), "UTF-8");
  EXPECT_EQ(encoding("<meta charset=utf-8>caf\xE9 caf\xE9"), "windows-1252");
  EXPECT_FALSE(decode_html("<meta charset=nonsense>caf\xE9", {}).malformed);
  EXPECT_EQ(encoding("<meta charset=windows-1251>\xEF\xF0\xE8\xE2\xE5\xF2"), "windows-1251");
}

TEST(html, hostile_markup_costs_its_length) {
  std::string titles;
  std::string opened;
  std::string unquoted;
  for (int i = 0; i < 300'000; ++i) {
    titles += "<title><!--";
    opened += "<b hidden><i></u>";
    unquoted += "<a b=\"";
  }
  html_page(titles);
  EXPECT_EQ(visible(opened + "x"), "");
  html_page(unquoted);
}

}  // namespace
}  // namespace dragoman::read
