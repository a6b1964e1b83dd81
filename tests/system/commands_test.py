# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command contract: every --json answer against its schema, exit statuses, and what bad input is answered."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

from harness import PROGRAM, Checks, Workspace, dump, run, valid

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f]")


def fails(checks, label, *arguments, expect, holds):
    """One line on standard error that names what is wrong and how to mend it; nothing that drives a terminal."""
    done = run(*arguments, expect=None)
    message = done.stderr.decode(errors="replace")
    checks.equal(done.returncode, expect, f"{label}: exit status")
    checks.equal(message.count("\n"), 1, f"{label}: one line, got {message!r}")
    checks.check(not BIDI.search(message), f"{label}: no control characters in {message!r}")
    for word in holds:
        checks.check(word in message, f"{label}: {word!r} in {message!r}")


def make_folder(folder):
    folder.mkdir()
    (folder / "memo.txt").write_text("Memo to the board of Veldania.\nThe bridge is closed until 12 May 1998.\n")
    (folder / "یادداشت.txt").write_text("او به خانه می‌رود و کتاب‌ها را می‌خواند. تاریخ ۱۳۹۳ است.\n", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "evil\u202ename\n\x1b[31m.bin").write_bytes(bytes(range(256)) * 8)
    os.symlink("/etc/passwd", folder / "link")
    os.mkfifo(folder / "pipe")


def check_answers(checks, work):
    case, folder = work / "case", work / "folder"
    make_folder(folder)
    run("new", case, "--title", "Answers")
    valid(checks, "status", "add", case, folder, expect=(3,))
    status = valid(checks, "status", "status", case, "--items", expect=(3,))
    checks.equal({gap["kind"] for gap in status["gaps"]}, {"empty", "unsupported"}, "kinds of gaps")
    checks.equal(status["items"], 4, "links and pipes are no items")
    checks.equal(sum(gap["path"].endswith(("link", "pipe")) for gap in status["gaps"]), 2, "but gaps")
    for query in ("veldania", "ميرود", "می رود", "1393", '"the bridge"', "brid*", "memo lang:en", "کتابها type:text",
                  "path:یادداشت خانه", "bridge OR کتاب", "bridge NOT كتاب"):
        found = valid(checks, "search", "search", case, query)
        checks.check(found["total"] >= 1, f"{query!r} finds something")
        for hit in found["hits"]:
            shown = valid(checks, "show", "show", case, hit["citation"])
            checks.equal(shown["citation"], hit["citation"], "a citation resolves to itself")
    checks.equal(valid(checks, "search", "search", case, "nowhere")["total"], 0, "no hit is an answer")
    valid(checks, "item", "show", case, "folder/memo.txt")
    checks.check(valid(checks, "verify", "verify", case)["ok"], "verify is clean")
    valid(checks, "doctor", "doctor")
    valid(checks, "read", "read", folder / "memo.txt")
    return case, folder


def check_doctor(checks):
    # tests/escapes tries the ways out.
    findings = json.loads(run("doctor", "--json", expect=(0, 1)).stdout)["findings"]
    layers = {finding["name"]: finding["ok"] for finding in findings if finding["name"].startswith("lock: ")}
    checks.check(layers["lock: seccomp filter"] and layers["lock: no new privileges"], f"the lock's layers: {layers}")


def check_bad_input(checks, work, case, folder):
    before = dump(case)
    hexes = "0" * 64
    fails(checks, "no such path", "add", case, work / "nowhere", expect=1, holds=["nowhere", "No such file"])
    fails(checks, "no such case", "status", work / "nowhere", expect=1, holds=["nowhere", "dragoman new"])
    fails(checks, "a case that is there", "new", case, expect=1, holds=["case"])
    fails(checks, "a query with an open quote", "search", case, '"open', expect=2, holds=["character"])
    fails(checks, "a query of a filter alone", "search", case, "NOT x", expect=2, holds=["NOT"])
    fails(checks, "a broken citation", "show", case, "dragoman:sha256:12#page=1&words=1", expect=2, holds=["64"])
    fails(checks, "another file's citation", "show", case, f"dragoman:sha256:{hexes}#page=1&words=1-2", expect=1,
          holds=["no file with that hash"])
    citation = json.loads(run("search", case, "veldania", "--json").stdout)["hits"][0]["citation"]
    fails(checks, "words past the end", "show", case, re.sub(r"words=[0-9-]+", "words=1-9999", citation), expect=1,
          holds=["words in that version"])
    fails(checks, "a page past the end", "show", case, citation.replace("page=1", "page=99"), expect=1,
          holds=["no such page"])
    fails(checks, "another version", "show", case, citation[:-12] + "0" * 12, expect=1, holds=["never read as that"])
    fails(checks, "no such item", "show", case, "folder/nothing.txt", expect=1, holds=["nothing.txt"])
    fails(checks, "get over a file", "get", case, "folder/memo.txt", folder / "memo.txt", expect=1, holds=["already"])
    fails(checks, "a bad language", "add", case, folder, "--langs", "../x", expect=2, holds=["fas,ara,eng"])
    for arguments in ((), ("nonsense",), ("search", case), ("add", case, folder, "--jobs", "0")):
        checks.equal(run(*arguments, expect=None).returncode, 2, f"usage of {arguments[:1]}")
    checks.check(dump(case) == before, "nothing of that changed the case")


def check_newer_case(checks, case, work):
    import sqlite3
    newer = work / "newer"
    shutil.copytree(case, newer)
    db = sqlite3.connect(newer / "case.db")
    table = db.execute("SELECT sql FROM sqlite_master WHERE name = 'migrations'").fetchone()
    checks.check(table is not None, "a case remembers its migrations")
    db.execute("UPDATE migrations SET version = version + 100 WHERE room = 'evidence'")
    db.commit()
    db.close()
    for command in ("status", "verify"):
        fails(checks, f"{command} of a newer case", command, newer, expect=1, holds=["newer version"])
    fails(checks, "add to a newer case", "add", newer, newer, expect=1, holds=["newer version"])


def check_lock(checks, case, folder):
    big = folder.parent / "big"
    big.mkdir()
    for number in range(1500):
        (big / f"{number}.txt").write_text(f"document {number} " + "word " * 2000)
    first = subprocess.Popen([PROGRAM, "add", case, big, "--jobs", "1"], stdout=subprocess.DEVNULL)
    # Only once the first one holds the lock is the second one the second.
    while first.poll() is None and str(first.pid) not in (case / "lock").read_text():
        time.sleep(0.002)
    done = run("add", case, folder, expect=None)
    checks.check(first.poll() is None, "the first add is still at work")
    checks.check(done.returncode == 1 and b"is adding to this case" in done.stderr,
                 f"a second add names who holds the case: {done.stderr!r}")
    run("status", case, expect=(0, 3))
    run("search", case, "veldania")
    checks.check(first.wait() in (0, 3), "the first add goes on")


def check_full_disk(checks, work):
    """A file system of a few MiB that fills up while files are being kept."""
    small = work / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", small], capture_output=True)
    if mounted.returncode != 0:
        print("skipped: a full disk (this user may not mount a tmpfs)")
        return
    try:
        source = work / "source"
        source.mkdir()
        for number in range(40):
            (source / f"{number}.txt").write_text(f"page {number}\n" + "filler " * 40_000 + str(number))
        run("new", small / "case")
        fails(checks, "a full disk", "add", small / "case", source, expect=1, holds=["No space left", "free some space"])
        subprocess.run(["mount", "-o", "remount,size=96m", small], check=True)
        run("add", small / "case", source, expect=(0, 3))
        status = json.loads(run("status", small / "case", "--json", expect=(0, 3)).stdout)
        checks.equal((status["items"], status["read"]), (40, 40), "with more room the same command finishes")
        checks.check(json.loads(run("verify", small / "case", "--json").stdout)["ok"], "and verifies")
    finally:
        subprocess.run(["umount", small], check=True)


def check_read_only(checks, work, case):
    """A copy on a medium that cannot be written: bind-mounted read-only."""
    mount = work / "readonly"
    mount.mkdir()
    if subprocess.run(["mount", "--bind", "-o", "ro", case, mount], capture_output=True).returncode != 0:
        print("skipped: a read-only copy (this user may not mount)")
        return
    try:
        checks.check(json.loads(run("search", mount, "veldania", "--json").stdout)["total"] == 1, "search works there")
        run("status", mount, expect=(3,))
        checks.check(json.loads(run("verify", mount, "--json").stdout)["ok"], "verify works there")
        fails(checks, "add to a read-only case", "add", mount, work / "folder", expect=1, holds=["readonly"])
    finally:
        subprocess.run(["umount", mount], check=True)


def main():
    checks = Checks()
    with Workspace() as work:
        case, folder = check_answers(checks, work)
        check_doctor(checks)
        check_bad_input(checks, work, case, folder)
        check_newer_case(checks, case, work)
        check_read_only(checks, work, case)
        check_lock(checks, case, folder)
        check_full_disk(checks, work)
    checks.end()


main()
