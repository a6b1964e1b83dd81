# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything that a worker tries is blocked: as root, as an ordinary user, and on kernels that lack one of the two
guards of files. Where a required layer is missing, `add` refuses and names it, unless it is told to go on; what it then
writes into the custody log is looked at."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = Path(os.environ["DRAGOMAN_BUILD"])
PROGRAM = BUILD / "dragoman"
FAKED = Path(__file__).resolve().parent / "faked_kernel.py"

# x86-64.
PRCTL, SECCOMP, UNSHARE, LANDLOCK, PIVOT_ROOT, OPEN_TREE = 157, 317, 272, 444, 155, 428
CAPSET, PRLIMIT = 126, 302
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

# What is faked away; what `doctor` then calls absent or MISSING; what `add` refuses to go on without (None: it adds).
MACHINES = [
    ("no Landlock", [(LANDLOCK, errno.ENOSYS)], ["lock: Landlock"], None),
    ("Landlock forbidden", [(LANDLOCK, errno.EPERM)], ["lock: Landlock"], None),
    ("no namespaces", [(UNSHARE, errno.ENOSYS)], ["lock: private root", "lock: net namespace"], None),
    ("namespaces forbidden", [(UNSHARE, errno.EPERM)], ["lock: private root", "lock: net namespace"], None),
    ("no root of its own", [(PIVOT_ROOT, errno.EPERM)], ["lock: private root"], None),
    ("no copies of folders", [(OPEN_TREE, errno.ENOSYS)], ["lock: private root"], None),
    ("no seccomp", [(SECCOMP, errno.ENOSYS)], ["lock: seccomp filter"], "seccomp"),
    ("seccomp forbidden", [(SECCOMP, errno.EPERM)], ["lock: seccomp filter"], "seccomp"),
    ("neither guard of files", [(LANDLOCK, errno.ENOSYS), (UNSHARE, errno.EPERM)],
     ["lock: Landlock", "lock: private root"], "Landlock or user and mount namespaces"),
    ("neither, other errors", [(LANDLOCK, errno.EOPNOTSUPP), (UNSHARE, errno.ENOSYS)],
     ["lock: Landlock", "lock: private root"], "Landlock or user and mount namespaces"),
]
# The kernel has it, and refuses when it comes to it: no worker starts, with or without the option.
BROKEN = [
    # All of prctl is gone then: no worker can be kept from being traced.
    ("no_new_privs", [(PRCTL, errno.EPERM)]),
    ("capabilities", [(CAPSET, errno.EPERM)]),
    ("rlimits", [(PRLIMIT, errno.EPERM)]),
]


class Checks:
    def __init__(self):
        self.failures = 0

    def check(self, good, what):
        if not good:
            self.failures += 1
            print("FAILED:", what, flush=True)


def run(*arguments, faked=(), user=()):
    command = [PROGRAM, *arguments]
    if faked:
        pairs = ",".join(f"{call}:{error}" for call, error in faked)
        command = [sys.executable, FAKED, pairs, *command]
    return subprocess.run([*user, *map(str, command)], capture_output=True, text=True)


def check_probes(checks, what, **machine):
    done = run("doctor", "--probe", **machine)
    lines = done.stdout.splitlines()
    blocked = [line for line in lines if line.startswith("blocked: ")]
    for line in lines:
        checks.check(not line.startswith("NOT BLOCKED"), f"{what}: {line}")
    for kind in ("read", "ocr", "picture"):
        count = sum(f"[{kind}]" in line for line in blocked)
        checks.check(count >= 60, f"{what}: {count} attempts of a worker of kind {kind}: {done.stderr}")
    print(f"{what}: {len(blocked)} blocked", flush=True)


def check_machine(checks, work, machine, user):
    what, faked, weaker, required = machine
    findings = json.loads(run("doctor", "--json", faked=faked, user=user).stdout)["findings"]
    absent = [finding["name"] for finding in findings if not finding["ok"]]
    for name in weaker:
        checks.check(name in absent, f"{what}: doctor says that {name} is missing")
    case = work / what.replace(" ", "-")
    run("new", case, user=user)
    done = run("add", case, work / "leak", faked=faked, user=user)
    if required is None:
        checks.check(done.returncode == 0, f"{what}: add goes on: {done.stderr}")
        checks.check("absent: " in (case / "custody.log").read_text(), f"{what}: the log says what is absent")
        return
    checks.check(done.returncode == 1 and required in done.stderr, f"{what}: add names {required}: {done.stderr}")
    status = json.loads(run("status", case, "--json", user=user).stdout)
    checks.check(status["items"] == 0, f"{what}: nothing was kept")
    for command in (["read", work / "leak" / "a.txt"], ["add", case, work / "leak"]):
        done = run(*command, "--allow-weaker-sandbox", faked=faked, user=user)
        checks.check(done.returncode == 0, f"{what}: {command[0]} --allow-weaker-sandbox: {done.stderr}")
    log = (case / "custody.log").read_text()
    checks.check(f"WEAKER SANDBOX without {required}" in log, f"{what}: the log says that the sandbox was weaker")
    found = run("search", case, "weathervane", user=user)
    checks.check(found.returncode == 0 and "weathervane" in found.stdout, f"{what}: what was added is found")


def check_broken(checks, work, name, faked, user):
    case = work / f"broken-{name}"
    run("new", case, user=user)
    for option in ([], ["--allow-weaker-sandbox"]):
        done = run("add", case, work / "leak", *option, faked=faked, user=user)
        checks.check(done.returncode == 1 and "lock" in done.stderr, f"{name} refused: add says so: {done.stderr}")
    status = json.loads(run("status", case, "--json", user=user).stdout)
    checks.check(status["items"] == 0, f"{name} refused: nothing was kept")


def check_user(checks, work, user):
    leak = work / "leak"
    leak.mkdir()
    (leak / "a.txt").write_text("The weathervane turned twice.\n", encoding="utf-8")
    if user:
        for path in (work, leak):
            os.chown(path, 65534, 65534)
    for machine in MACHINES:
        check_machine(checks, work, machine, user)
    for name, faked in BROKEN:
        check_broken(checks, work, name, faked, user)


def main():
    checks = Checks()
    users = [("root", ()), ("an ordinary user", tuple(NOBODY))] if os.getuid() == 0 else [("this user", ())]
    for name, user in users:
        work = Path(tempfile.mkdtemp(prefix="dragoman-escapes-"))
        os.chmod(work, 0o755)
        os.environ["HOME"] = str(work)
        os.environ["XDG_CONFIG_HOME"] = str(work / "config")
        try:
            check_user(checks, work, user)
            check_probes(checks, name, user=user)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    check_probes(checks, "without Landlock", faked=[(LANDLOCK, errno.ENOSYS)])
    check_probes(checks, "without namespaces", faked=[(UNSHARE, errno.EPERM)])
    if checks.failures:
        sys.exit(f"{checks.failures} failures")


main()
