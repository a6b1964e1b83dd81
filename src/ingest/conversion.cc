// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/conversion.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/file.h"
#include "evidence/conversions.h"
#include "ingest/converted_reading.h"
#include "ingest/office.h"
#include "ingest/stage_state.h"
#include "ingest/worker_jobs.h"
#include "vault/whereabouts.h"

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;
using evidence::kConversionStage;

// Starting it costs two seconds; a batch shares that. One that is too large loses too much when it is stopped.
constexpr std::size_t kBatchFiles = 24;
constexpr std::uint64_t kBatchBytes = std::uint64_t{64} << 20;

struct Task {
  evidence::ContentRow content;
  const OfficeType* type = nullptr;
  std::string stem;  // in the folder: nothing that a document could guess and refer to
};

/// A folder for one batch, removed at the end of the scope.
class BatchFolder {
 public:
  static Result<BatchFolder> make(const fs::path& parent) {
    std::error_code error;
    fs::create_directories(parent, error);
    std::string path = (parent / "office-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr) {
      return Failure(io_error("cannot make a temporary folder", path, error ? error.value() : errno));
    }
    BatchFolder folder{fs::path(path)};
    for (const char* part : {"in", "out"}) {
      fs::create_directory(folder.path_ / part, error);
      if (error) return Failure(io_error("cannot make a temporary folder", path, error.value()));
    }
    return folder;
  }
  BatchFolder(BatchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  BatchFolder& operator=(BatchFolder&&) = delete;
  ~BatchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  fs::path in(const std::string& name) const { return path_ / "in" / name; }
  fs::path out(const Task& task) const { return path_ / "out" / fmt::format("{}.{}", task.stem, task.type->target); }

 private:
  explicit BatchFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

std::string input_name(const Task& task) {
  return fmt::format("{}.{}", task.stem, task.type->ending);
}

Result<void> copy_out(int from, const fs::path& to) {
  const UniqueFd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target) return Failure(io_error("cannot write", to, errno));
  off_t at = 0;
  for (;;) {
    constexpr std::size_t kPiece = std::size_t{64} << 20;
    const ssize_t copied = ::copy_file_range(from, &at, target.get(), nullptr, kPiece, 0);
    if (copied == 0) return {};
    if (copied < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP)) break;
    if (copied < 0) return Failure(io_error("cannot write", to, errno));
  }
  std::string buffer(std::size_t{1} << 18, '\0');
  for (;;) {
    const ssize_t got = ::pread(from, buffer.data(), buffer.size(), at);
    if (got < 0) return Failure(io_error("cannot read", to, errno));
    if (got == 0) return {};
    TRY_VOID(write_all(target.get(), std::string_view(buffer.data(), static_cast<std::size_t>(got))));
    at += got;
  }
}

class ConversionStage {
 public:
  ConversionStage(StageState& state, sandbox::Pool& pool, ProgressSink& sink, std::string engine)
      : state_(state), pool_(pool), sink_(sink), engine_(std::move(engine)) {}

  /// All of one target. What a common run did not give is tried once more alone.
  Result<void> convert(const std::vector<Task>& batch) {
    const BatchFolder folder = TRY(BatchFolder::make(state_.workspace.folder().derived()));
    for (const Task& task : batch) TRY_VOID(put(folder, task));
    const Result<void> together = run(folder, batch);
    if (sink_.cancelled()) return stop_stage(state_.workspace, pool_);
    if (!together) drop_newest(folder);
    std::vector<Task> done;
    for (const Task& task : batch) {
      if (fs::exists(folder.out(task))) {
        done.push_back(task);
        continue;
      }
      const Result<void> alone = batch.size() == 1 ? together : run(folder, {&task, 1});
      if (sink_.cancelled()) return stop_stage(state_.workspace, pool_);
      if (alone && fs::exists(folder.out(task))) {
        done.push_back(task);
      } else {
        TRY_VOID(give_up(task, alone));
      }
    }
    return read(folder, done);
  }

 private:
  Result<void> put(const BatchFolder& folder, const Task& task) {
    const UniqueFd bytes = TRY(vault::open_bytes(state_.workspace.db(), state_.workspace.blobs(), task.content.sha256));
    return copy_out(bytes.get(), folder.in(input_name(task)));
  }

  Result<void> run(const BatchFolder& folder, std::span<const Task> tasks) {
    OfficeRun order{folder.path(), {}, tasks.front().type->target, [this] { return sink_.cancelled(); }};
    for (const Task& task : tasks) order.names.push_back(input_name(task));
    return run_office(order);
  }

  /// After a run that was cut off: what was written last may be half a file.
  static void drop_newest(const BatchFolder& folder) {
    std::error_code error;
    fs::path newest;
    fs::file_time_type when = fs::file_time_type::min();
    for (fs::directory_iterator entry(folder.path() / "out", error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      const auto time = fs::last_write_time(entry->path(), ignored);
      if (ignored || time < when) continue;
      when = time;
      newest = entry->path();
    }
    if (!newest.empty()) fs::remove(newest, error);
  }

  Result<void> give_up(const Task& task, const Result<void>& outcome) {
    TRY_VOID(state_.workspace.begin());
    store::Database& db = state_.workspace.db();
    Gap gap{GapKind::malformed, {}, "LibreOffice could not open it either", PageIndex(0)};
    if (!outcome) gap = {gap_kind_of(outcome.error().kind), {}, outcome.error().message, PageIndex(0)};
    TRY_VOID(evidence::clear_gaps(db, task.content.id, kConversionStage));
    TRY_VOID(evidence::add_gap(db, task.content.id, kConversionStage, gap));
    return state_.workspace.commit_if_due();
  }

  /// The conversions go through the ordinary workers: they are as hostile as what they were made from.
  Result<void> read(const BatchFolder& folder, const std::vector<Task>& tasks) {
    auto next = tasks.begin();
    const auto fill = [&]() -> Result<void> {
      for (; next != tasks.end() && pool_.idle() > 0; ++next) TRY_VOID(start(folder, *next));
      return {};
    };
    return serve(state_, pool_, sink_, fill);
  }

  Result<void> start(const BatchFolder& folder, const Task& task) {
    // A link that the program left behind is not followed.
    UniqueFd input(::open(folder.out(task).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!input) return give_up(task, fail(ErrorKind::malformed, "LibreOffice gave no file"));
    auto listener = std::make_unique<ConvertedListener>(state_, task.content, engine_);
    TRY_VOID(listener->begin());
    read::ReadRequest request;
    request.name = fmt::format("converted.{}", task.type->target);
    request.limits = state_.options.limits;
    sandbox::JobSpec spec;
    spec.name = "read";
    spec.request = read_request(request);
    spec.input = std::move(input);
    spec.timeout = state_.options.limits.read_timeout;
    return pool_.start(std::move(spec), std::move(listener));
  }

  StageState& state_;
  sandbox::Pool& pool_;
  ProgressSink& sink_;
  std::string engine_;
};

/// Folders that a killed run left.
void remove_leftovers(const fs::path& derived) {
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator entry(derived, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with("office-")) old.push_back(entry->path());
  }
  for (const fs::path& path : old) fs::remove_all(path, error);
}

Result<void> say_what_is_missing(Workspace& workspace, const std::vector<evidence::ContentRow>& rows,
                                 const Error& error) {
  for (const evidence::ContentRow& row : rows) {
    TRY_VOID(workspace.begin());
    const Gap gap{GapKind::missing_dependency, {}, error.message, PageIndex(0)};
    TRY_VOID(evidence::clear_gaps(workspace.db(), row.id, kConversionStage));
    TRY_VOID(evidence::add_gap(workspace.db(), row.id, kConversionStage, gap));
  }
  return workspace.commit();
}

/// 16 hex digits that nobody can guess.
std::string random_stem() {
  std::array<std::uint8_t, 8> bytes{};
  CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return to_hex(bytes);
}

/// Rows of one target each, no batch larger than it should be.
std::vector<std::vector<Task>> batches(const std::vector<evidence::ContentRow>& rows) {
  std::map<std::string_view, std::vector<std::vector<Task>>> by_target;
  std::map<std::string_view, std::uint64_t> bytes;
  for (const evidence::ContentRow& row : rows) {
    const OfficeType* type = office_type(row.mime);
    if (type == nullptr) continue;
    auto& list = by_target[type->target];
    std::uint64_t& sum = bytes[type->target];
    if (list.empty() || list.back().size() >= kBatchFiles || sum + row.size > kBatchBytes) {
      list.emplace_back();
      sum = 0;
    }
    sum += row.size;
    list.back().push_back({row, type, random_stem()});
  }
  std::vector<std::vector<Task>> all;
  for (auto& [target, list] : by_target) std::move(list.begin(), list.end(), std::back_inserter(all));
  return all;
}

}  // namespace

Result<std::uint64_t> convert_contents(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options,
                                       Progress& progress, ProgressSink& sink) {
  std::vector<std::string_view> mimes;
  for (const OfficeType& type : office_types()) mimes.push_back(type.mime);
  constexpr int kRows = 256;
  evidence::ConversionQuery query{mimes, true, ContentId(0), kRows};
  // Nothing to convert: the program is not asked for.
  if (TRY(evidence::contents_to_convert(workspace.db(), query)).empty()) return std::uint64_t{0};
  remove_leftovers(workspace.folder().derived());
  const auto engine = office_version();
  query.program_is_there = engine.has_value();
  StageState state{workspace, options, progress, {}};
  ConversionStage stage(state, pool, sink, engine ? *engine : std::string());
  std::uint64_t tried = 0;
  for (;;) {
    const auto rows = TRY(evidence::contents_to_convert(workspace.db(), query));
    if (rows.empty()) return tried;
    query.after = rows.back().id;
    if (!engine) {
      TRY_VOID(say_what_is_missing(workspace, rows, engine.error()));
      continue;
    }
    for (const auto& batch : batches(rows)) TRY_VOID(stage.convert(batch));
    tried += rows.size();
  }
}

}  // namespace dragoman::ingest
