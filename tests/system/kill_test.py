# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 at random moments of `add`, then `add` again: the same case as an undisturbed run; then damage, which
verify must name.

Usage: kill_test.py KILLS [SEED]"""

import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile

from harness import PROGRAM, Checks, Workspace, differences, dump, make_sample, run, run_json


def add_whole(case, files):
    run("new", case)
    start = time.monotonic()
    run("add", case, files, expect=(0, 3))
    return time.monotonic() - start


def add_with_kills(case, files, kills, duration, random_source):
    """Starts `add` and kills it, with moments spread over what is left of the work; then lets it finish."""
    run("new", case)
    delivered = 0
    for attempt in range(kills):
        process = subprocess.Popen([PROGRAM, "add", case, files], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Short enough that all kills fall into the run, long enough to get somewhere.
        time.sleep(random_source.uniform(0, 2.2 * duration / kills))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            delivered += 1
        process.wait()
    run("add", case, files, expect=(0, 3))
    return delivered


def check_kills(checks, workspace, files, kills, seed):
    duration = add_whole(workspace / "whole", files)
    wanted = dump(workspace / "whole")
    delivered = 0
    rounds = 0
    # Kills that come after the work is done do not count; more rounds make up for them.
    while delivered < kills and rounds < 10:
        case = workspace / f"killed{rounds}"
        delivered += add_with_kills(case, files, kills - delivered, duration, random.Random(seed + rounds))
        got = dump(case)
        checks.check(got == wanted, "the killed case differs:\n" + differences(wanted, got))
        report = run_json("verify", case)
        checks.check(report["ok"], f"verify after kills: {report['faults'][:3]}")
        rounds += 1
    print(f"{delivered} kills in {rounds} rounds, undisturbed run {duration:.1f} s")
    checks.check(delivered >= kills, f"only {delivered} of {kills} kills fell into a run")
    return workspace / "whole"


def check_index(checks, case):
    before = run_json("search", case, "report OR گزارش OR تقرير", "--limit", 1000)
    for victim in ("index.db",):
        for suffix in ("", "-wal", "-shm"):
            path = case / (victim + suffix)
            if path.exists():
                path.unlink()
    after = run_json("search", case, "report OR گزارش OR تقرير", "--limit", 1000)
    strip = lambda found: [(h["path"], h["page"], h["citation"]) for h in found["hits"]]
    checks.check(before["total"] > 0, "the search finds something")
    checks.equal(strip(after), strip(before), "a deleted index is rebuilt")


def check_unchanged(checks, case, files):
    before = dump(case)
    entries = (case / "custody.log").read_bytes()
    run("add", case, files, expect=(0, 3))
    checks.check(dump(case) == before, "adding the same folder again changes nothing")
    checks.equal((case / "custody.log").read_bytes(), entries, "nor the custody log")
    run("add", case, files, "--rehash", expect=(0, 3))
    checks.check(dump(case) == before, "nor does reading every file again")
    checks.equal((case / "custody.log").read_bytes(), entries, "nor the custody log then")


def check_duplicates(checks, workspace):
    """One blob is read once; it is found by each of its paths, also after the index was made anew."""
    folder = workspace / "copies"
    for name in ("a/one.txt", "b/two.txt"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("harbour ledger of the minister\n")
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.write(folder / "a/one.txt", "inner/three.txt")
    case = workspace / "copies.case"
    run("new", case)
    run("add", case, folder)
    checks.equal(len(dump(case)["contents"]), 2, "contents of three copies and their archive")
    for _ in range(2):
        for part in ("one.txt", "two.txt", "inner/three"):
            found = run_json("search", case, f"ledger path:{part}")
            checks.equal(found["total"], 1, f"hits under the path {part}")
        for index in case.glob("index.db*"):
            index.unlink()


def damage(checks, case, workspace, name, change, what, *arguments):
    copy = workspace / "damaged"
    shutil.copytree(case, copy)
    change(copy)
    done = run("verify", copy, "--json", *arguments, expect=(1,))
    report = done.stdout.decode()
    checks.check(any(word in report for word in what), f"{name}: verify says {report[:400]}")
    shutil.rmtree(copy)


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset % len(data)] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    path.chmod(0o444)


def check_damage(checks, case, workspace, seed):
    source = random.Random(seed)
    blobs = sorted(path for path in (case / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 0)
    for _ in range(5):
        blob = source.choice(blobs).relative_to(case)
        offset = source.randrange(1 << 30)
        damage(checks, case, workspace, "a flipped byte in a blob", lambda copy: flip(copy / blob, offset),
               ["blob_altered"])
    for _ in range(5):
        offset = source.randrange(1 << 30)
        damage(checks, case, workspace, "a flipped byte in the log", lambda copy: flip(copy / "custody.log", offset),
               ["custody.log"])
    lines = (case / "custody.log").read_bytes().splitlines(keepends=True)
    rewrite = lambda new: (lambda copy: (copy / "custody.log").write_bytes(b"".join(new)))
    damage(checks, case, workspace, "the last line removed", rewrite(lines[:-1]), ["log_removed", "custody.log"])
    if len(lines) > 2:
        swapped = lines[:-2] + [lines[-1], lines[-2]]
        damage(checks, case, workspace, "two lines swapped", rewrite(swapped), ["custody.log"])
    head = run("custody", "head", case).stdout.decode().strip()
    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    damage(checks, case, workspace, "another head", lambda copy: None, ["head"], "--head", other)
    damage(checks, case, workspace, "a blob removed", lambda copy: (copy / blobs[0].relative_to(case)).unlink(),
           ["blob_missing"])
    checks.check(run_json("verify", case, "--head", head)["ok"], "the right head verifies")


def main():
    kills = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    checks = Checks()
    with Workspace() as workspace:
        make_sample(workspace / "leak", 60, seed)
        case = check_kills(checks, workspace, workspace / "leak" / "files", kills, seed)
        check_index(checks, case)
        check_duplicates(checks, workspace)
        check_unchanged(checks, case, workspace / "leak" / "files")
        check_damage(checks, case, workspace, seed)
    checks.end()


main()
