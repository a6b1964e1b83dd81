# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounting: limits, fields, gaps with remedies, retry, readers' versions, reports."""

import csv
import io
import json
import re
import sqlite3
import subprocess

from harness import Checks, Workspace, run, run_json, valid

MAIL = """From: Ali Karimi <ali.karimi@example.org>\r
To: Board <board@example.net>\r
Subject: The bridge\r
Date: Fri, 3 Oct 2014 12:00:00 +0330\r
Message-ID: <one@example.org>\r
Content-Type: text/plain; charset=utf-8\r
\r
The span over the river is closed.\r
"""


def make_leak(folder):
    folder.mkdir()
    (folder / "one.eml").write_text(MAIL)
    (folder / "two.eml").write_text(MAIL.replace("Ali Karimi", "علي کريمي").replace("2014", "2015")
                                    .replace("one@", "two@").replace("ali.k", "a.k"), encoding="utf-8")
    (folder / "note.txt").write_text("A plain note about the ferry.\n")
    (folder / "=cmd.bin").write_bytes(bytes(range(1, 256)) * 4)
    (folder / "<b>\u202eevil.bin").write_bytes(bytes(range(255, 0, -1)) * 4)
    (folder / "secret.txt").write_text("the hidden ledger\n")
    subprocess.run(["zip", "-q", "-P", "korang", "locked.zip", "secret.txt"], cwd=folder, check=True)
    (folder / "secret.txt").unlink()


def outdated(case):
    lines = [json.loads(line) for line in (case / "log" / "dragoman.log").read_text().splitlines()]
    return [line["contents"] for line in lines if line.get("event") == "outdated"]


def check_limits(checks, work, folder):
    names = {limit["name"] for limit in valid(checks, "limits", "limits")["limits"]}
    checks.check({"max_depth", "read_timeout", "max_pixels"} <= names, "limits are listed")
    case = work / "limited"
    run("new", case)
    run("add", case, folder, "--limit", "max_depth=7", "--limit", "read_timeout=5min", expect=(3,))
    log = (case / "custody.log").read_text()
    checks.check("limits: max_depth=7 read_timeout=300s" in log, "the custody log says which limits were changed")
    checks.check(run_json("verify", case)["ok"], "and is whole")
    for bad in ("max_depth", "max_depth=0", "nothing=3", "read_timeout=90", "max_frame_bytes=1MiB"):
        checks.equal(run("add", case, folder, "--limit", bad, expect=None).returncode, 2, f"{bad} is refused")


def check_fields(checks, case):
    for query, pages in (("from:karimi", 2), ("from:علی", 1), ("sent:2014-10-03", 1), ("sent:2014..2015", 2),
                         ("sent:..2014", 1), ("river -sent:2014", 1), ("subject:bridge from:ali", 1),
                         ("message_id:\"two@example.org\"", 1), ("to:board", 2), ("from:nobody", 0),
                         ("type:mail -from:ali", 1), ("place:35.7,51.4", 0)):
        found = valid(checks, "search", "search", case, query)
        checks.equal(found["total"], pages, f"pages of {query!r}")
        for hit in found["hits"]:
            valid(checks, "show", "show", case, hit["citation"])
    checks.equal(run("search", case, "sent:yesterday", expect=None).returncode, 2, "a time that is none")


def check_gaps(checks, case):
    status = valid(checks, "status", "status", case, expect=(3,))
    causes = {cause["kind"]: cause for cause in status["causes"]}
    checks.equal(sum(cause["count"] for cause in status["causes"]), len(status["gaps"]), "causes add up to the gaps")
    checks.check("--passwords" in causes["encrypted"]["remedy"] and causes["encrypted"]["retry"], "what to do is said")
    text = run("status", case, "--gaps", expect=(3,)).stdout.decode()
    checks.check("→ " in text and "retry CASE --kind encrypted" in text, "also to people")
    checks.check("evil.bin" in run("status", case, "--every-gap", expect=(3,)).stdout.decode(), "each by name")


def check_report(checks, work, case):
    for lang in ("en", "fa"):
        out = work / f"report-{lang}.html"
        run("report", case, out, "--lang", lang)
        page = out.read_text(encoding="utf-8")
        checks.check(f'lang="{lang}"' in page and "<script" not in page and "http" not in page.replace("http-equiv", ""),
                     "a page without scripts or anything from elsewhere")
        checks.check("<b>\u202e" not in page and "&lt;b&gt;⟨U+202E⟩evil.bin" in page, "hostile names are shown, not run")
        checks.check(run("custody", "head", case).stdout.decode().strip() in page, "the head of the log is there")
        checks.check(page.count("<table") == page.count("</table>") and page.endswith("</html>\n"), "it is whole")
    checks.equal(run("report", case, work / "report-en.html", expect=None).returncode, 1, "nothing is written over")
    out = work / "report.csv"
    run("report", case, out)
    raw = out.read_bytes()
    checks.check(raw.startswith(b"\xef\xbb\xbf") and b"\n" not in raw.replace(b"\r\n", b""), "RFC 4180 with its mark")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    status = run_json("status", case, expect=(0, 3))
    checks.equal(len(rows), len(status["gaps"]), "one row a gap")
    checks.check(all(re.match(r"[^=+@-]", row["path"]) for row in rows), "no cell begins a formula")
    checks.equal({row["kind"] for row in rows}, {gap["kind"] for gap in status["gaps"]}, "kinds of gaps")


def check_retry(checks, work, case):
    nothing = valid(checks, "retry", "retry", case, "--kind", "timeout")
    checks.equal(nothing, {"touched": 0, "better": 0}, "nothing took too long")
    passwords = work / "passwords"
    passwords.write_text("wrong\nkorang\n")
    before = versions(case)
    done = valid(checks, "retry", "retry", case, "--passwords", passwords)
    checks.equal(done, {"touched": 1, "better": 1}, "the archive was opened, nothing else was touched")
    checks.equal(run_json("search", case, "ledger")["total"], 1, "what it held is found")
    after = versions(case)
    checks.equal({row: after.get(row) for row in before}, before, "what was read before stays as it was")
    checks.check(run_json("verify", case)["ok"], "verify is clean")
    checks.equal(run("retry", case, "--kind", "nonsense", expect=None).returncode, 2, "a kind that is none")


def versions(case):
    with sqlite3.connect(f"file:{case}/case.db?mode=ro", uri=True) as db:
        return dict(db.execute("SELECT page, max(id) FROM versions GROUP BY page").fetchall())


def check_reader_versions(checks, case, folder):
    """A case that an older reader of plain text made: only what it read is read again."""
    with sqlite3.connect(case / "case.db") as db:
        texts = db.execute("UPDATE contents SET reader = reader - 1 WHERE read_by = 'text'").rowcount
    db.close()
    run("add", case, folder, expect=(0, 3))
    checks.check(texts >= 1, "there are plain texts")
    checks.equal(outdated(case)[-1], texts, "read again: what that reader had read")
    run("add", case, folder, expect=(0, 3))
    checks.equal(outdated(case)[-1], 0, "and then nothing more")
    checks.equal(run_json("search", case, "ferry")["total"], 1, "it is still found once")


def main():
    checks = Checks()
    with Workspace() as work:
        folder, case = work / "leak", work / "case"
        make_leak(folder)
        run("new", case, "--title", "Bridge & ferry")
        run("add", case, folder, expect=(3,))
        check_limits(checks, work, folder)
        check_fields(checks, case)
        check_gaps(checks, case)
        check_report(checks, work, case)
        check_retry(checks, work, case)
        check_reader_versions(checks, case, folder)
    checks.end()


main()
