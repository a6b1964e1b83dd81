#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times `add` as a whole: wall and CPU seconds, pages a CPU second, peak memory of the main process and of a worker.

  bench/pipeline_bench.py BUILD [60|700]        needs BUILD/dragoman and BUILD/dragoman-sample

Prints each figure beside its limit; ends with 1 when one is missed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

LIMIT_SECONDS = {60: 90, 700: 720}
LIMIT_MAIN_MB = 300
LIMIT_WORKER_MB = 1024
LIMIT_UNCHANGED_SECONDS = 2
LIMIT_INDEX_SHARE = 0.7
LIMIT_REREADS = 0.15

missed = []


def report(name, figure, unit, limit, at_most=True):
    right = figure <= limit if at_most else figure >= limit
    if not right:
        missed.append(name)
    print(f"{name:<52} {figure:>9.2f} {unit:<10} limit {'<=' if at_most else '>='} {limit} {'' if right else 'MISSED'}")


class Memory(threading.Thread):
    """Peak resident memory of a process and of its children, sampled every 20 ms."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.main, self.worker, self.running = pid, 0, 0, True

    def run(self):
        while self.running:
            self.main = max(self.main, self.resident(self.pid))
            for child in self.children():
                self.worker = max(self.worker, self.resident(child))
            time.sleep(0.02)

    def children(self):
        try:
            return Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        except OSError:
            return []

    @staticmethod
    def resident(pid):
        try:
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
        except (OSError, IndexError):
            return 0


def add(program, case, files):
    start = time.monotonic()
    before = os.times()
    process = subprocess.Popen([program, "add", case, files], stdout=subprocess.DEVNULL)
    memory = Memory(process.pid)
    memory.start()
    process.wait()
    memory.running = False
    memory.join()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if process.returncode not in (0, 3):
        sys.exit(f"add ended with {process.returncode}")
    return time.monotonic() - start, cpu, memory


def first_search(program, case):
    start = time.monotonic()
    subprocess.run([program, "search", case, "گزارش OR تقرير OR report"], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def rereads(case):
    events = [json.loads(line) for line in (case / "log" / "dragoman.log").read_text().splitlines()]
    pages = [event for event in events if event["event"] == "ocr"]
    first = sum(event["first_ms"] for event in pages)
    again = sum(event["again_ms"] for event in pages)
    print(f"{'OCR: engine time of further readings':<52} {again / max(1, first):>9.2f} of first   "
          f"{sum(event['rows_reread'] for event in pages)} single rows read again")
    return sum(event["rereads"] > 0 for event in pages) / max(1, len(pages)), len(pages)


def bench_sample(build, work, pages):
    leak, case = work / f"leak{pages}", work / f"case{pages}"
    subprocess.run([build / "dragoman-sample", leak, "--pages", str(pages), "--seed", "1"], check=True)
    subprocess.run([build / "dragoman", "new", case], check=True, stdout=subprocess.DEVNULL)
    wall, cpu, memory = add(build / "dragoman", case, leak / "files")
    status = json.loads(subprocess.run([build / "dragoman", "status", case, "--json"], capture_output=True).stdout)
    report(f"{pages} pages: add until searchable", wall + first_search(build / "dragoman", case), "s", LIMIT_SECONDS[pages])
    print(f"{'':<52} {cpu:>9.2f} CPU-s      {status['pages'] / cpu:.2f} pages/CPU-s, {status['ocr_pages']} by OCR")
    report("main process, peak resident memory", memory.main, "MiB", LIMIT_MAIN_MB)
    report("largest worker, peak resident memory", memory.worker, "MiB", LIMIT_WORKER_MB)
    share, count = rereads(case)
    report(f"pages read again as a whole (of {count})", share, "", LIMIT_REREADS)


def bench_unchanged(build, work):
    folder, case = work / "thousand", work / "case1000"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number}.txt").write_text(f"note {number}: the committee met on day {number % 365}\n")
    subprocess.run([build / "dragoman", "new", case], check=True, stdout=subprocess.DEVNULL)
    wall, cpu, _ = add(build / "dragoman", case, folder)
    print(f"{'1,000 small text files, first add':<52} {wall:>9.2f} s          {cpu:.2f} CPU-s")
    wall, cpu, _ = add(build / "dragoman", case, folder)
    report("1,000 unchanged files, add again", wall, "s", LIMIT_UNCHANGED_SECONDS)


def main():
    build = Path(sys.argv[1]).resolve()
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    work = Path(tempfile.mkdtemp(prefix="dragoman-bench-"))
    os.environ["XDG_CONFIG_HOME"] = str(work / "config")
    try:
        bench_sample(build, work, pages)
        bench_unchanged(build, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if missed else 0)


main()
