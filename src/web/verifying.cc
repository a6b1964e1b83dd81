// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/verifying.h"

#include <array>

#include "evidence/items.h"
#include "ingest/verification.h"
#include "ingest/workspace.h"

namespace dragoman::web {
namespace {

constexpr double kTellMilliseconds = 200;
constexpr std::array<std::string_view, 4> kStates{"idle", "running", "done", "failed"};
// What a page can show; the command prints all.
constexpr std::size_t kFaultsShown = 200;

}  // namespace

Verifying::Verifying(const store::CaseFolder& folder, Changed changed)
    : folder_(folder), changed_(std::move(changed)) {}

Verifying::~Verifying() {
  stopping_ = true;
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    thread = std::move(thread_);
  }
  if (thread.joinable()) thread.join();
}

Result<void> Verifying::start(std::optional<vault::Head> head, bool record) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::running) return fail(ErrorKind::conflict, "the case is being verified already");
  if (stopping_) return fail(ErrorKind::conflict, "the server ends");
  if (thread_.joinable()) thread_.join();
  state_ = State::running;
  done_bytes_ = all_bytes_ = 0;
  finished_.clear();
  checked_.reset();
  error_.reset();
  recorded_ = false;
  thread_ = std::thread([this, head, record] { run(head, record); });
  changed_(status_locked());
  return {};
}

/// Of "blobs/ab/cdef…".
Result<Verifying::Place> Verifying::place_of(store::Database& db, const vault::Fault& fault) {
  constexpr std::string_view kFolder = "blobs/";
  if (!fault.where.starts_with(kFolder)) return Place{};
  std::string hex = fault.where.substr(kFolder.size());
  std::erase(hex, '/');
  const auto blob = Sha256::from_hex(hex);
  if (!blob) return Place{};
  const auto content = TRY(evidence::content_of_blob(db, *blob));
  if (!content) return Place{};
  const auto item = TRY(evidence::item(db, content->primary));
  if (!item) return Place{};
  return Place{item->id, item->path};
}

Result<Verifying::Checked> Verifying::check(std::optional<vault::Head> head) {
  vault::VerifyOptions options;
  options.head = head;
  options.evidence = ingest::evidence_rows;
  options.progress = [this](std::uint64_t done, std::uint64_t all) { note(done, all); };
  options.cancelled = [this] { return stopping_.load(); };
  store::Database db = TRY(ingest::open_for_reading(folder_));
  const auto disk = vault::real_disk();
  Checked checked{TRY(vault::verify(folder_, db, *disk, options)), {}};
  TRY_VOID(ingest::check_removals_finished(db, checked.report));
  for (const vault::Fault& fault : checked.report.faults) {
    if (checked.places.size() >= kFaultsShown) break;
    checked.places.push_back(TRY(place_of(db, fault)));
  }
  return checked;
}

void Verifying::run(std::optional<vault::Head> head, bool record) {
  auto checked = check(head);
  bool recorded = false;
  if (checked && record) {
    const auto written = ingest::record_verification(folder_, checked->report);
    recorded = written.has_value();
    if (!written)
      checked->report.notes.push_back("the outcome could not be written into the log: " + written.error().message);
  }
  const std::lock_guard lock(mutex_);
  finished_ = utc_now();
  recorded_ = recorded;
  if (checked) {
    state_ = State::done;
    checked_ = std::move(*checked);
    done_bytes_ = all_bytes_;
  } else {
    state_ = State::failed;
    error_ = checked.error();
  }
  changed_(status_locked());
}

void Verifying::note(std::uint64_t done, std::uint64_t all) {
  const std::lock_guard lock(mutex_);
  done_bytes_ = done;
  all_bytes_ = all;
  if (since_told_.milliseconds() < kTellMilliseconds) return;
  since_told_ = Stopwatch();
  changed_(status_locked());
}

Json Verifying::status() const {
  const std::lock_guard lock(mutex_);
  return status_locked();
}

Json Verifying::status_locked() const {
  Json json{
      {"state", kStates[static_cast<std::size_t>(state_)]}, {"done_bytes", done_bytes_}, {"all_bytes", all_bytes_}};
  if (!finished_.empty()) json["finished"] = finished_;
  if (error_) json["problem"] = Json::parse(answer_problem(*error_).body);
  if (!checked_) return json;
  const vault::VerifyReport& report = checked_->report;
  Json faults = Json::array();
  for (std::size_t i = 0; i < checked_->places.size(); ++i) {
    const vault::Fault& fault = report.faults[i];
    faults.push_back({{"what", fault.what}, {"where", fault.where}, {"detail", fault.detail}});
    const Place& place = checked_->places[i];
    if (place.item.value() != 0) {
      faults.back()["item"] = place.item.value();
      faults.back()["path"] = place.path;
    }
  }
  json["report"] = Json{{"ok", report.ok},
                        {"blobs", report.blobs},
                        {"removed", report.removed},
                        {"entries", report.entries},
                        {"head", vault::to_string(report.head)},
                        {"faults", std::move(faults)},
                        {"notes", report.notes},
                        {"more", report.more || report.faults.size() > kFaultsShown},
                        {"recorded", recorded_}};
  return json;
}

}  // namespace dragoman::web
