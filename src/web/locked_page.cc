// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/locked_page.h"

#include <fmt/format.h>
#include <sodium.h>

#include "base/digest.h"

namespace dragoman::web {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}"
    "h1{font-size:1.25rem;margin:0 0 .5rem}section{margin-block-end:2.5rem}";

constexpr std::string_view kBody =
    "<main>"
    "<section><h1>This case is locked</h1>"
    "<p>Open the address that dragoman printed in the terminal: it holds the key. If you just came from another page, "
    "loading this one again may be enough.</p></section>"
    "<section lang=\"fa\" dir=\"rtl\"><h1>این پرونده قفل است</h1>"
    "<p>نشانی‌ای را باز کنید که dragoman در پایانه چاپ کرده است؛ کلید در همان نشانی است. اگر همین حالا از صفحهٔ دیگری "
    "آمده‌اید، شاید تازه‌کردن همین صفحه کافی باشد.</p></section>"
    "</main>";

std::string hash_of_style() {
  const Sha256 digest = sha256(kStyle);
  std::string text(sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), digest.bytes.data(), digest.bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

}  // namespace

Answer locked_page() {
  Answer answer;
  answer.status = 401;
  answer.type = "text/html; charset=utf-8";
  answer.body = fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>dragoman</title>"
      "<meta name=\"viewport\" content=\"width=device-width\"><style>{}</style>{}</html>\n",
      kStyle, kBody);
  answer.headers.emplace_back("Content-Security-Policy",
                              fmt::format("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; "
                                          "form-action 'none'; frame-ancestors 'none'; sandbox",
                                          hash_of_style()));
  return answer;
}

}  // namespace dragoman::web
