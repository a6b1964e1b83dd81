// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/machine.h"

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "ingest/worker_jobs.h"
#include "sandbox/pool.h"
#include "vault/keys.h"

namespace dragoman::ingest {
namespace {

class OutcomeListener final : public sandbox::JobListener {
 public:
  explicit OutcomeListener(Result<void>& outcome, bool& done) : outcome_(outcome), done_(done) {}
  Result<void> record(std::string_view) override { return {}; }
  Result<void> child_begin(std::string_view) override { return {}; }
  Result<void> child_bytes(std::string_view) override { return {}; }
  Result<void> child_end(std::uint8_t) override { return {}; }
  void finished(Result<void> outcome) override {
    outcome_ = std::move(outcome);
    done_ = true;
  }

 private:
  Result<void>& outcome_;
  bool& done_;
};

/// Runs one job to its end; the error of starting a worker is an error too.
Result<void> run_job(sandbox::Pool& pool, const char* name, std::string request) {
  Result<void> outcome;
  bool done = false;
  sandbox::JobSpec spec;
  spec.name = name;
  spec.request = std::move(request);
  spec.timeout = std::chrono::seconds(20);
  TRY_VOID(pool.start(std::move(spec), std::make_unique<OutcomeListener>(outcome, done)));
  while (!done) TRY_VOID(pool.wait(std::chrono::milliseconds(500)));
  return outcome;
}

Result<std::unique_ptr<sandbox::Pool>> small_pool(const std::vector<std::string>& langs) {
  sandbox::PoolSettings settings;
  settings.kind = sandbox::WorkerKind::ocr;
  settings.allow_weaker = true;  // that a layer is missing is a finding of its own
  settings.warm_up_settings = worker_settings(langs);
  return sandbox::Pool::create(std::move(settings));
}

void examine_layers(std::vector<Finding>& findings) {
  const sandbox::Layers layers = sandbox::probe();
  findings.push_back({"lock: no new privileges", layers.no_new_privs, true, "prctl(PR_SET_NO_NEW_PRIVS)"});
  findings.push_back({"lock: seccomp filter", layers.seccomp, true,
                      layers.seccomp ? "kills on a forbidden call" : "needs a kernel with seccomp filters"});
  const bool mounts = layers.has(sandbox::ns_mount);
  // Either of the two is enough; both are used where both are there.
  findings.push_back({"lock: Landlock", layers.landlock > 0, !mounts,
                      layers.landlock > 0 ? fmt::format("ABI {}", layers.landlock)
                                          : "needs Linux 5.13 or newer with landlock among its security modules"});
  findings.push_back({"lock: private root", mounts, layers.landlock == 0,
                      mounts ? "user and mount namespace of a worker's own"
                             : "needs user namespaces that this user may make (sysctl user.max_user_namespaces, "
                               "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"});
  for (const sandbox::Namespace one : {sandbox::ns_net, sandbox::ns_ipc, sandbox::ns_uts, sandbox::ns_cgroup}) {
    findings.push_back({fmt::format("lock: {} namespace", sandbox::to_string(one)), layers.has(one), false,
                        layers.has(one) ? "of a worker's own" : "needs user namespaces"});
  }
  findings.push_back({"lock: control group", layers.cgroup, false,
                      layers.cgroup ? "memory and processes of a worker are limited by the kernel"
                                    : "none was delegated; systemd-run --user --scope -p Delegate=yes gives one"});
}

void examine_languages(std::vector<Finding>& findings, const std::vector<std::string>& langs) {
  for (const std::string& lang : langs) {
    Finding finding{fmt::format("OCR: {}", lang), true, true, "installed"};
    auto pool = small_pool({lang});
    // A job that does not exist: its worker loads the language before it can say so.
    auto started = pool ? run_job(**pool, "nothing", {}) : Result<void>(Failure(pool.error()));
    if (!started && started.error().kind != ErrorKind::not_found) {
      finding.ok = false;
      finding.detail = started.error().message;
    }
    findings.push_back(std::move(finding));
  }
}

void examine_keys(std::vector<Finding>& findings) {
  const auto folder = vault::default_key_folder();
  Finding finding{"signing key's folder", folder.has_value(), true, {}};
  finding.detail = folder ? folder->string() : folder.error().message;
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> examine_machine(const std::vector<std::string>& ocr_langs) {
  std::vector<Finding> findings;
  findings.push_back({"cores", true, false, fmt::format("{}", ::sysconf(_SC_NPROCESSORS_ONLN))});
  examine_layers(findings);
  examine_languages(findings, ocr_langs);
  examine_keys(findings);
  return findings;
}

Result<bool> try_escapes(const std::function<void(const sandbox::ProbeOutcome&)>& hear) {
  bool all = true;
  for (const sandbox::WorkerKind kind : sandbox::kWorkerKinds) {
    sandbox::PoolSettings settings;
    settings.kind = kind;
    // The lock is the same without a required layer, and shows what is then possible.
    settings.allow_weaker = true;
    const bool blocked = TRY(sandbox::run_probes(settings, hear));
    all = all && blocked;
  }
  return all;
}

std::vector<std::string> installed_languages() {
  const char* prefix = std::getenv("TESSDATA_PREFIX");
  // Debian's folder, which its library has built in.
  const std::filesystem::path folder = prefix != nullptr ? prefix : "/usr/share/tesseract-ocr/5/tessdata";
  std::vector<std::string> langs;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().stem().string();
    // Data about layout, and of scripts ("Arabic"), are no languages.
    const bool small = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
    const bool language = entry->path().extension() == ".traineddata" && small && name != "osd" && name != "equ";
    if (language) langs.push_back(name);
  }
  std::sort(langs.begin(), langs.end());
  return langs;
}

}  // namespace dragoman::ingest
