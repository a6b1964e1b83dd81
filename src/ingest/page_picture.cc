#include "ingest/page_picture.h"

#include "ingest/worker_jobs.h"
#include "sandbox/pool.h"

namespace dragoman::ingest {
namespace {

constexpr double kScreenDpi = 150;
constexpr std::size_t kMaxPng = std::size_t{256} << 20;

struct Outcome {
  std::string png;
  Result<void> result = fail(ErrorKind::crashed, "no picture was made");
  bool done = false;
};

class PictureListener final : public sandbox::JobListener {
 public:
  explicit PictureListener(Outcome& outcome) : outcome_(outcome) {}
  Result<void> record(std::string_view) override { return {}; }
  Result<void> child_begin(std::string_view) override { return {}; }
  Result<void> child_bytes(std::string_view bytes) override {
    if (outcome_.png.size() + bytes.size() > kMaxPng) return fail(ErrorKind::limit, "the picture is too large");
    outcome_.png += bytes;
    return {};
  }
  Result<void> child_end(std::uint8_t) override { return {}; }
  void finished(Result<void> result) override {
    outcome_.result = std::move(result);
    outcome_.done = true;
  }

 private:
  Outcome& outcome_;
};

}  // namespace

Result<std::string> page_picture(UniqueFd file, PageIndex page) {
  sandbox::PoolSettings settings;
  settings.warm_up_settings = worker_settings({});
  const auto pool = TRY(sandbox::Pool::create(std::move(settings)));
  Outcome outcome;
  sandbox::JobSpec spec;
  spec.name = "picture";
  spec.request = picture_request({page, kScreenDpi, false}, {});
  spec.input = std::move(file);
  TRY_VOID(pool->start(std::move(spec), std::make_unique<PictureListener>(outcome)));
  while (!outcome.done) TRY_VOID(pool->wait(std::chrono::milliseconds(1000)));
  TRY_VOID(outcome.result);
  return std::move(outcome.png);
}

}  // namespace dragoman::ingest
