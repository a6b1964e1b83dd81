# SPDX-License-Identifier: AGPL-3.0-or-later
"""Removing: what was taken out is nowhere in the case folder, what hung on it stays, and a kill at any moment is made
good by the next run.

Usage: remove_test.py [KILLS]"""

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from harness import PROGRAM, Checks, Workspace, run, run_json, valid

SECRET = "zarqavandsecret"
REASON = "به دستور دادگاه 12-7"


def message(number, body, attachment=None):
    head = (f"From: person{number}@example.org\r\nTo: desk@example.net\r\nSubject: Letter {number}\r\n"
            f"Date: Fri, 3 Oct 2014 12:00:00 +0330\r\nMessage-ID: <{number}@example.org>\r\n")
    if attachment is None:
        return head + f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    return (head + 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: text/plain\r\n\r\n{body}\r\n--b\r\nContent-Type: text/plain; name=\"in.txt\"\r\n"
            f"Content-Disposition: attachment; filename=\"in.txt\"\r\n\r\n{attachment}\r\n--b--\r\n")


def make_leak(folder):
    folder.mkdir()
    (folder / "private.eml").write_text(message(1, f"The {SECRET} of a person.", f"{SECRET} attached"), newline="")
    (folder / "other.eml").write_text(message(2, "A ferry crosses the strait."), newline="")
    box = "".join(f"From a@b Fri Oct  3 12:00:00 2014\n{message(n, text)}\n".replace("\r\n", "\n")
                  for n, text in ((3, "The harbour is closed."), (4, f"A {SECRET} in a mailbox."), (5, "Tides.")))
    (folder / "box.mbox").write_text(box)
    for name, members in (("pack.zip", ("shared", "alone")), ("copy.zip", ("shared",))):
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_STORED) as archive:
            for member in members:
                archive.writestr(f"{member}{SECRET if member == 'alone' else ''}.txt",
                                 f"the {member} orchard {SECRET if member == 'alone' else ''}\n")


def traces(folder, words):
    """Files of the case that hold one of the words, packed or not as it is read back."""
    found = []
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [(path.name, word) for word in words if word in data or word in data.lower()]
    return found


def words_of(case, blob):
    """Of every version of its pages: what the database keeps, as it keeps it."""
    with sqlite3.connect(f"file:{case}/case.db?mode=ro", uri=True) as db:
        rows = db.execute("SELECT v.words FROM versions v JOIN pages p ON p.id = v.page JOIN contents c ON "
                          "c.id = p.content WHERE hex(c.sha256) = ?", (blob.upper(),)).fetchall()
    return [bytes(row[0]) for row in rows]


def items(case):
    return {item["path"]: item for item in run_json("status", case, "--items", expect=(0, 3))["list"]}


def found(case, query):
    return run_json("search", case, query)["total"]


def new_case(work, name, leak, *options):
    case = work / name
    run("new", case)
    run("add", case, leak, *options, expect=(0, 3))
    return case


def check_whole(checks, case, removed, what):
    report = valid(checks, "verify", "verify", case, expect=(0, 1))
    checks.equal((report["ok"], report["faults"]), (True, []), f"{what}: verify is clean")
    checks.equal(report["removed"], removed, f"{what}: and says how many are gone")


def check_file(checks, work, leak):
    """A mail with its attachment: nothing of it is left, and it does not come back."""
    case = new_case(work, "file", leak)
    blob = hashlib.sha256((leak / "private.eml").read_bytes()).hexdigest()
    packed = words_of(case, blob)
    cited = run_json("search", case, "person path:private")["hits"][0]["citation"]
    checks.check(packed and found(case, SECRET) >= 3, "it is there before")
    checks.equal(run("remove", case, "leak/private.eml", expect=None).returncode, 2, "a reason must be given")
    checks.equal(run("remove", case, "leak/nothing", "--reason", "x", expect=None).returncode, 1, "no such item")
    done = valid(checks, "remove", "remove", case, "leak/private.eml", "--reason", REASON, "--who", "Desk")
    checks.equal((len(done["removed"]), done["removed"][0]["sha256"]), (2, blob), "the mail and its attachment")
    check_whole(checks, case, 2, "a mail")
    checks.equal(found(case, "path:private"), 0, "it is not found")
    checks.equal(run("show", case, cited, expect=None).returncode, 1, "its citation leads nowhere")
    checks.equal(run("get", case, blob, work / "out", expect=None).returncode, 1, "nor can it be got")
    checks.equal(traces(case, packed), [], "its words are nowhere as they were kept")
    checks.check("removed" in (case / "custody.log").read_text() and "Desk" in (case / "custody.log").read_text(),
                 "the log says it")
    # The same file again, and under another name.
    os.utime(leak / "private.eml")
    shutil.copy(leak / "private.eml", leak / "again.eml")
    again = run("add", case, leak, expect=(0, 3))
    checks.check(b"2 files were left out" in again.stdout, f"add says what it left out: {again.stdout[-300:]!r}")
    checks.equal(found(case, "path:again"), 0, "it is not there again")
    check_whole(checks, case, 2, "offered again")
    (leak / "again.eml").unlink()
    before = run_json("verify", case)["entries"]
    checks.equal(valid(checks, "remove", "remove", case, blob, "--reason", "twice")["removed"], [], "once is enough")
    checks.equal(run_json("verify", case)["entries"], before, "and signed once")


def check_member(checks, work, leak):
    """A message of a mailbox: its mailbox holds it, so somebody must say what becomes of that."""
    case = new_case(work, "member", leak)
    target = next(hit["path"] for hit in run_json("search", case, f"{SECRET} mailbox")["hits"])
    count = len(items(case))
    refused = run("remove", case, target, "--reason", REASON, expect=None)
    checks.check(refused.returncode == 1 and b"leak/box.mbox" in refused.stderr, "the mailbox is named")
    checks.equal((len(items(case)), found(case, f"{SECRET} mailbox")), (count, 1), "and nothing was changed")
    kept = valid(checks, "remove", "remove", case, target, "--reason", REASON, "--keep-containers")
    checks.equal([entry["path"] for entry in kept["containers"]], ["leak/box.mbox"], "it is said to hold the bytes")
    checks.equal(found(case, f"{SECRET} mailbox"), 0, "the message is gone from the index")
    check_whole(checks, case, 1, "a message, its mailbox kept")
    run("add", case, leak, "--rehash", expect=(0, 3))
    check_whole(checks, case, 1, "read again")
    done = valid(checks, "remove", "remove", case, target if target in items(case) else kept["removed"][0]["sha256"],
                 "--reason", REASON, "--with-containers")
    checks.equal([entry["path"] for entry in done["removed"]], ["leak/box.mbox"], "now the mailbox goes")
    checks.equal((found(case, "harbour"), found(case, "tides")), (1, 1), "the other messages stay")
    message_item = next(item for path, item in items(case).items() if path.startswith("leak/box.mbox!/"))
    run("get", case, message_item["id"], work / "message")
    checks.check(b"example.org" in (work / "message").read_bytes(), "with their bytes")
    check_whole(checks, case, 2, "a message and its mailbox")


def check_container(checks, work, leak):
    """An archive: what only it holds goes with it, what another holds stays, with a file of its own."""
    case = new_case(work, "container", leak)
    done = valid(checks, "remove", "remove", case, "leak/pack.zip", "--reason", REASON)
    checks.equal((len(done["removed"]), done["staying"]), (2, 1), "one member goes, one stays")
    checks.equal(found(case, "orchard"), 1, "the one that stays is found")
    hit = run_json("search", case, "orchard")["hits"][0]
    checks.equal(hit["path"], "leak/copy.zip!/shared.txt", "by the path that it still has")
    run("get", case, hit["item"], work / "shared")
    checks.equal((work / "shared").read_text(), "the shared orchard \n", "and its bytes are there")
    check_whole(checks, case, 2, "an archive")


def check_everything(checks, work, leak):
    """All that holds the word is removed: then no file of the case has it, in whatever letters."""
    case = new_case(work, "everything", leak)
    # What a run leaves that is killed before it commits, and a picture of a page.
    stray = f"a stray {SECRET}\n".encode()
    name = hashlib.sha256(stray).hexdigest()
    (case / "blobs" / name[:2]).mkdir(exist_ok=True)
    (case / "blobs" / name[:2] / name[2:]).write_bytes(stray)
    blob = hashlib.sha256((leak / "private.eml").read_bytes()).hexdigest()
    pictures = case / "derived" / "pictures" / blob[:2]
    pictures.mkdir(parents=True)
    (pictures / f"{blob}-1-screen-1.png").write_bytes(SECRET.encode())
    (pictures / f"{'0' * 64}-1-screen-1.png").write_bytes(b"of another file")
    for name in ("private.eml", "box.mbox", "pack.zip"):
        run("remove", case, f"leak/{name}", "--reason", REASON)
    checks.equal(traces(case, [SECRET.encode()]), [], "the word is nowhere in the case")
    checks.equal(found(case, SECRET), 0, "nor found")
    checks.equal(traces(case, [SECRET.encode()]), [], "nor after the search")
    checks.equal(found(case, "ferry"), 1, "what was not removed is")
    checks.check("removed" in run("status", case, expect=(0, 3)).stdout.decode(), "status says it")
    page = work / "report.html"
    run("report", case, page)
    checks.check(REASON in page.read_text(encoding="utf-8"), "the report says why")
    run("report", case, work / "report.csv")
    checks.equal((work / "report.csv").read_text(encoding="utf-8").count(",removed,"), 8, "the table lists them")
    checks.equal([path.name[:2] for path in pictures.iterdir()], ["00"], "only its own pictures are gone")
    check_whole(checks, case, 8, "everything")


def check_in_place(checks, work, leak):
    case = new_case(work, "in_place", leak, "--in-place")
    done = valid(checks, "remove", "remove", case, "leak/private.eml", "--reason", REASON)
    checks.equal(done["outside"], [str((leak / "private.eml").resolve())], "the file that it referred to is named")
    checks.check((leak / "private.eml").exists(), "and not touched")
    check_whole(checks, case, 2, "in place")
    target = run_json("search", case, f"{SECRET} mailbox")["hits"][0]["path"]
    done = valid(checks, "remove", "remove", case, target, "--reason", REASON, "--with-containers")
    checks.equal(done["outside"], [str((leak / "box.mbox").resolve())], "the mailbox is forgotten, not touched")
    kept = (leak / "box.mbox").read_bytes()
    (leak / "box.mbox").write_bytes(b"changed")
    checks.equal(found(case, "harbour"), 1, "another message of it is found")
    run("get", case, run_json("search", case, "harbour")["hits"][0]["item"], work / "harbour")
    checks.check(b"The harbour is closed." in (work / "harbour").read_bytes(), "and is in the case now")
    (leak / "box.mbox").write_bytes(kept)
    check_whole(checks, case, 4, "a message in place")


def check_copies(checks, work, leak):
    """Every path to the same bytes."""
    shutil.copy(leak / "other.eml", leak / "twin.eml")
    case = new_case(work, "copies", leak)
    done = valid(checks, "remove", "remove", case, "leak/twin.eml", "--reason", REASON)
    checks.equal([(entry["path"], entry["others"]) for entry in done["removed"]],
                 [("leak/other.eml", ["leak/twin.eml"])], "both paths are named")
    checks.equal(found(case, "ferry"), 0, "neither is found")
    for path in ("leak/twin.eml", "leak/other.eml"):
        checks.equal(valid(checks, "item", "show", case, path)["removed"]["reason"], REASON, "show says why")
    checks.equal([row["path"] for row in valid(checks, "status", "status", case, expect=(0, 3))["removals"]],
                 ["leak/other.eml"], "status too")
    check_whole(checks, case, 1, "copies")
    (leak / "twin.eml").unlink()


def check_reader(checks, work, leak):
    """Somebody reads the case meanwhile: what he still sees cannot be wiped; that is said until it is done."""
    case = new_case(work, "reader", leak)
    with sqlite3.connect(f"file:{case}/case.db?mode=ro", uri=True, isolation_level=None) as db:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM items").fetchone()
        refused = run("remove", case, "leak/private.eml", "--reason", REASON, expect=None)
        checks.check(refused.returncode == 1 and b"still reads" in refused.stderr, f"it is said: {refused.stderr!r}")
        report = run_json("verify", case, expect=(1,))
        checks.equal([fault["what"] for fault in report["faults"]], ["removal_unfinished"], "verify says it too")
        checks.equal(found(case, "path:private"), 0, "but it is not found any more")
        db.execute("COMMIT")
    db.close()
    run("add", case, leak, expect=(0, 3))
    check_whole(checks, case, 2, "after the reader has gone")


def check_forgery(checks, work, leak):
    """A row without a signature removes nothing."""
    case = new_case(work, "forged", leak)
    blob = hashlib.sha256((leak / "other.eml").read_bytes()).hexdigest()
    with sqlite3.connect(case / "case.db") as db:
        db.execute("INSERT INTO removals VALUES (x'%s', 1, '2026-01-01', '', 'x', 1)" % blob)
    (case / "blobs" / blob[:2] / blob[2:]).unlink()
    report = run_json("verify", case, expect=(0, 1))
    checks.equal([fault["what"] for fault in report["faults"]], ["blob_missing"], "it is missing, not removed")


def check_kills(checks, work, leak, kills):
    whole = new_case(work, "whole", leak)
    start = time.monotonic()
    shutil.copytree(whole, work / "timed")
    run("remove", work / "timed", "leak/pack.zip", "--reason", REASON)
    duration = time.monotonic() - start
    source = random.Random(7)
    delivered = unfinished = 0
    for point in range(kills):
        case = work / f"killed{point}"
        shutil.copytree(whole, case)
        process = subprocess.Popen([PROGRAM, "remove", case, "leak/pack.zip", "--reason", REASON],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if point % 2:
            # As soon as it is decided: what comes then is the deletion.
            while process.poll() is None and b'"kind":"remove"' not in (case / "custody.log").read_bytes():
                time.sleep(0.0005)
        try:
            process.wait(timeout=duration * (0.1 * source.random() ** 2 if point % 2 else (point + source.random()) / kills))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            delivered += 1
        process.wait()
        report = run_json("verify", case, expect=(0, 1))
        kinds = {fault["what"] for fault in report["faults"]}
        checks.check(kinds <= {"removal_unfinished"}, f"killed at {point}: only unfinished, not {kinds}")
        unfinished += bool(kinds)
        run("remove", case, "leak/pack.zip", "--reason", REASON)
        check_whole(checks, case, 2, f"killed at {point}")
        checks.equal((found(case, "orchard"), traces(case, [b"alone orchard", b"alone" + SECRET.encode()])), (1, []),
                     f"killed at {point}: all of it is done")
        shutil.rmtree(case)
    print(f"{delivered} of {kills} kills fell into a removal of {duration:.2f} s, {unfinished} left it unfinished")


def main():
    checks = Checks()
    with Workspace() as work:
        leak = work / "leak"
        make_leak(leak)
        for check in (check_file, check_member, check_container, check_everything, check_in_place, check_copies,
                      check_reader, check_forgery):
            check(checks, work, leak)
        check_kills(checks, work, leak, int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    checks.end()


if __name__ == "__main__":
    main()
