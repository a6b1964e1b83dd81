// SPDX-License-Identifier: AGPL-3.0-or-later
// Every bound in one place, each with its reason. A limit reached is a gap, never a silent cut.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dragoman {

struct Limits {
  // Containers. A quine unpacks itself for ever; real mail bundles nest fewer than ten deep.
  std::uint32_t max_depth = 32;
  // Members of one container: a mailbox of a lifetime holds a few hundred thousand.
  std::uint64_t max_members = 1'000'000;
  // Bytes one container may unpack to; and, beyond a floor, as a multiple of its own size (a zip bomb).
  std::uint64_t max_unpacked_bytes = std::uint64_t{64} << 30;
  std::uint64_t max_unpacked_ratio = 1'000;
  std::uint64_t ratio_floor_bytes = std::uint64_t{64} << 20;

  // Pages. A PDF may claim 2^31 pages; the format's own trees stop making sense far below.
  std::uint32_t max_pages = 100'000;
  // Pixels of one picture that are decoded: A0 at 300 dpi in grey. Larger ones are read at reduced scale.
  std::uint64_t max_pixels = 140'000'000;
  // Words of one page; a dense newspaper page has 15,000.
  std::uint32_t max_words_per_page = 200'000;
  // Text bytes of one item, so that a log file of gigabytes does not become one document.
  std::uint64_t max_text_bytes = std::uint64_t{256} << 20;
  // A reflowable page: at most this many words, cut at a paragraph (DESIGN.md).
  std::uint32_t reflow_words_per_page = 500;

  // The worker's channels.
  std::uint32_t max_frame_bytes = std::uint32_t{4} << 20;
  std::uint64_t max_reply_bytes = std::uint64_t{256} << 20;

  // One worker: address space leaves room for mapped models; resident memory is checked by the parent.
  std::uint64_t worker_address_space = std::uint64_t{4} << 30;
  std::uint64_t worker_resident = std::uint64_t{1} << 30;
  // Jobs after which a worker is replaced, so that leaks in foreign parsers do not add up.
  std::uint32_t worker_recycle_jobs = 200;
  std::chrono::milliseconds read_timeout{120'000};
  std::chrono::milliseconds ocr_timeout{90'000};
};

}  // namespace dragoman
