// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/worker_jobs.h"

#include <memory>

#include "base/bytes.h"
#include "base/clock.h"
#include "read/picture.h"
#include "record/wire.h"

namespace dragoman::ingest {
namespace {

constexpr std::size_t kMaxNameBytes = 1 << 16;
constexpr std::size_t kMaxPasswordBytes = 1 << 10;
constexpr double kOcrDpi = 200;  // fewer lost lines and a third less time than 300 dpi (docs/ocr.md)

// One per worker process, made by warm_up before the lock: models cannot be opened afterwards.
std::unique_ptr<ocr::Recogniser>& recogniser() {
  static std::unique_ptr<ocr::Recogniser> instance;
  return instance;
}

class ChannelSink final : public read::ReadSink {
 public:
  explicit ChannelSink(sandbox::JobContext& job) : job_(job) {}
  Result<void> record(const Record& record) override { return job_.record(encode(record)); }
  Result<void> begin_child(const ChildHeader& child) override { return job_.begin_child(encode_child(child)); }
  Result<void> child_bytes(std::string_view bytes) override { return job_.child_bytes(bytes); }
  Result<void> end_child(ChildEnd end) override { return job_.end_child(static_cast<std::uint8_t>(end)); }

 private:
  sandbox::JobContext& job_;
};

void put_passwords(ByteWriter& out, const std::vector<std::string>& passwords) {
  out.u32(static_cast<std::uint32_t>(passwords.size()));
  for (const std::string& password : passwords) out.text(password);
}

Result<std::vector<std::string>> get_passwords(ByteReader& in) {
  std::vector<std::string> passwords;
  const std::uint32_t count = TRY(in.count(4));
  for (std::uint32_t i = 0; i < count; ++i) passwords.push_back(TRY(in.blob(kMaxPasswordBytes)));
  return passwords;
}

void put_limits(ByteWriter& out, const Limits& limits) {
  const std::vector<std::uint64_t> values = limit_values(limits);
  out.u32(static_cast<std::uint32_t>(values.size()));
  for (const std::uint64_t value : values) out.u64(value);
}

Result<Limits> get_limits(ByteReader& in) {
  std::vector<std::uint64_t> values;
  const std::uint32_t count = TRY(in.count(8));
  for (std::uint32_t i = 0; i < count; ++i) values.push_back(TRY(in.u64()));
  return limits_from(values);
}

Result<void> read_job(sandbox::JobContext& job) {
  ByteReader in(job.request());
  read::ReadRequest request;
  request.name = TRY(in.text(kMaxNameBytes));
  request.passwords = TRY(get_passwords(in));
  request.limits = TRY(get_limits(in));
  ChannelSink sink(job);
  const ItemState state = TRY(read::read_content(job.input_fd(), request, sink));
  return job.record(encode(ReadDone{state}));
}

Result<void> ocr_job(sandbox::JobContext& job) {
  CHECK(recogniser() != nullptr);
  ByteReader in(job.request());
  ocr::OcrRequest request;
  request.page = PageIndex(TRY(in.u32()));
  request.page_width = TRY(in.f64());
  request.page_height = TRY(in.f64());
  request.lang = TRY(in.text(kMaxNameBytes));
  request.likely = TRY(in.text(kMaxNameBytes));
  const auto passwords = TRY(get_passwords(in));
  const Limits limits = TRY(get_limits(in));
  const double start = process_cpu_seconds();
  const Picture picture = TRY(read::picture_of_page(job.input_fd(), {request.page, kOcrDpi, true}, limits, passwords));
  ocr::OcrReading reading = TRY(recogniser()->recognise(picture, request));
  reading.stats.cpu_seconds = process_cpu_seconds() - start;
  TRY_VOID(job.record(encode(reading.page)));
  for (const Gap& gap : reading.gaps) TRY_VOID(job.record(encode(gap)));
  return job.record(encode(reading.stats));
}

Result<void> warm_up(std::string_view settings) {
  read::warm_up();
  if (settings.empty()) return {};
  ByteReader in(settings);
  const std::uint32_t count = TRY(in.count(4));
  if (count == 0) return {};
  ocr::RecogniserSettings ocr_settings;
  ocr_settings.langs.clear();
  for (std::uint32_t i = 0; i < count; ++i) ocr_settings.langs.push_back(TRY(in.text(kMaxNameBytes)));
  recogniser() = TRY(ocr::Recogniser::create(std::move(ocr_settings)));
  return {};
}

}  // namespace

const sandbox::JobTable& worker_jobs() {
  static const sandbox::JobTable table{{{"read", read_job}, {"ocr", ocr_job}}, warm_up};
  return table;
}

std::string worker_settings(const std::vector<std::string>& ocr_langs) {
  ByteWriter out;
  out.u32(static_cast<std::uint32_t>(ocr_langs.size()));
  for (const std::string& lang : ocr_langs) out.text(lang);
  return out.take();
}

std::string read_request(const read::ReadRequest& request) {
  ByteWriter out;
  out.text(request.name);
  put_passwords(out, request.passwords);
  put_limits(out, request.limits);
  return out.take();
}

std::string ocr_request(const ocr::OcrRequest& request, const std::vector<std::string>& passwords,
                        const Limits& limits) {
  ByteWriter out;
  out.u32(request.page.value());
  out.f64(request.page_width);
  out.f64(request.page_height);
  out.text(request.lang);
  out.text(request.likely);
  put_passwords(out, passwords);
  put_limits(out, limits);
  return out.take();
}

}  // namespace dragoman::ingest
