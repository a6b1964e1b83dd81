# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine fails while `add` works on 2,000 mixed items: the program is killed, the disk is full, workers are
killed. After the next `add` the case is that of an undisturbed run and verifies.

Usage: fault_test.py kill|full|worker POINTS [ITEMS [SEED]]; DRAGOMAN_FAULT_POINTS overrides POINTS.
"full" needs mounts of its own (root, or user namespaces) and is skipped where there are none."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from corpus import make_corpus
from harness import PROGRAM, Checks, Workspace, differences, dump, run, run_json

SKIPPED = 77
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def add_whole(case, files):
    run("new", case)
    start = time.monotonic()
    run("add", case, files, expect=(0, 3))
    return time.monotonic() - start


def check_case(checks, case, wanted, what):
    got = dump(case)
    checks.check(got == wanted, f"{what}: the case differs:\n" + differences(wanted, got))
    report = run_json("verify", case, expect=(0, 1))
    checks.check(report["ok"], f"{what}: verify finds {report['faults'][:3]}")


def kill_points(checks, workspace, files, points, source):
    duration = add_whole(workspace / "whole", files)
    wanted = dump(workspace / "whole")
    delivered = rounds = 0
    # About 20 kills a case: each falls into another part of the work.
    while delivered < points and rounds < points:
        case = workspace / f"killed{rounds}"
        run("new", case)
        kills = min(20, points - delivered)
        for _ in range(kills):
            process = subprocess.Popen([PROGRAM, "add", case, files], **SILENT)
            try:
                process.wait(timeout=source.uniform(0, 2.2 * duration / kills))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                delivered += 1
            process.wait()
        run("add", case, files, expect=(0, 3))
        check_case(checks, case, wanted, f"killed, round {rounds}")
        rounds += 1
    print(f"{delivered} kills in {rounds} cases; an undisturbed run takes {duration:.1f} s")
    checks.check(delivered >= points, f"only {delivered} of {points} kills fell into a run")


def size_of(folder):
    return sum(path.stat().st_blocks * 512 for path in Path(folder).rglob("*"))


def full_points(checks, workspace, files, points, source):
    add_whole(workspace / "whole", files)
    wanted = dump(workspace / "whole")
    disk = workspace / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", disk], check=True)
    run("new", disk / "case")
    smallest, largest = size_of(disk), size_of(workspace / "whole")
    subprocess.run(["umount", disk], check=True)
    met = 0
    for point in range(points):
        # Evenly spread, a little beyond what a whole case takes, for the journals of the databases.
        size = int(smallest + (largest - smallest) * (point + source.random()) / points) // 4096 * 4096 + 65536
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
        case = disk / "case"
        done = run("new", case, expect=None)
        if done.returncode == 0:
            done = run("add", case, files, expect=None)
            met += done.returncode not in (0, 3)
            checks.check(done.returncode >= 0, f"full at {size} bytes: killed by signal {-done.returncode}")
            subprocess.run(["mount", "-o", "remount,size=2g", disk], check=True)
            run("add", case, files, expect=(0, 3))
            check_case(checks, case, wanted, f"full at {size} bytes")
        subprocess.run(["umount", disk], check=True)
    print(f"the disk was full in {met} of {points} runs")
    checks.check(met >= points * 3 // 4, f"only {met} of {points} runs met a full disk")


def children_of(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def worker_points(checks, workspace, files, points, source):
    duration = add_whole(workspace / "whole", files)
    wanted = dump(workspace / "whole")
    delivered = rounds = 0
    while delivered < points and rounds < points:
        case = workspace / f"workers{rounds}"
        run("new", case)
        process = subprocess.Popen([PROGRAM, "add", case, files], **SILENT)
        # Spread over the run: an item is given to a second worker, not to a third.
        while process.poll() is None:
            time.sleep(source.uniform(0.5, 1.5) * max(duration / 25, 0.1))
            workers = children_of(process.pid)
            if workers and delivered < points:
                try:
                    os.kill(source.choice(workers), signal.SIGKILL)
                    delivered += 1
                except ProcessLookupError:
                    pass
        checks.check(process.returncode >= 0, f"the program died with its worker: signal {-process.returncode}")
        run("add", case, files, expect=(0, 3))
        check_case(checks, case, wanted, f"workers killed, round {rounds}")
        rounds += 1
    print(f"{delivered} workers killed in {rounds} runs; an undisturbed run takes {duration:.1f} s")
    checks.check(delivered >= points, f"only {delivered} of {points} workers could be killed")


def with_own_mounts():
    """Starts this program again where it can mount; returns only there."""
    if os.environ.get("DRAGOMAN_OWN_MOUNTS"):
        return
    for options in (["-m"], ["-rm"]):
        if subprocess.run(["unshare", *options, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], **SILENT).returncode == 0:
            os.environ["DRAGOMAN_OWN_MOUNTS"] = "1"
            os.execvp("unshare", ["unshare", *options, sys.executable, *sys.argv])
    print("skipped: this machine lets nobody mount a small disk")
    sys.exit(SKIPPED)


def main():
    tests = {"kill": kill_points, "full": full_points, "worker": worker_points}
    test = tests[sys.argv[1]]
    points = int(os.environ.get("DRAGOMAN_FAULT_POINTS", sys.argv[2]))
    items = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 11
    if sys.argv[1] == "full":
        with_own_mounts()
    checks = Checks()
    with Workspace() as workspace:
        make_corpus(workspace / "files", items, seed)
        test(checks, workspace, workspace / "files", points, random.Random(seed))
    checks.end()


main()
