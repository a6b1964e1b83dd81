# SPDX-License-Identifier: AGPL-3.0-or-later
"""What our readers cannot read and LibreOffice opens: found by search, with the engine that says so, once; files that it
cannot open keep their gaps, and only those."""

import sqlite3
import sys
from pathlib import Path

from harness import Workspace, run, run_json

SYLK = 'ID;PWXL;N;E\r\nC;Y1;X1;K"{word}"\r\nC;Y2;X1;K42\r\nE\r\n'
DIF = 'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,1\r\n""\r\nTUPLES\r\n0,1\r\n""\r\nDATA\r\n0,0\r\n""\r\n-1,0\r\nBOT\r\n' \
      '1,0\r\n"{word}"\r\n-1,0\r\nEOD\r\n'


class Checks:
    def __init__(self):
        self.failures = 0

    def check(self, good, what):
        if not good:
            self.failures += 1
            print("FAILED:", what, flush=True)


def rows(case, query):
    with sqlite3.connect(f"file:{case}/case.db?mode=ro", uri=True) as db:
        return db.execute(query).fetchall()


def make_leak(folder):
    folder.mkdir()
    for i in range(5):
        (folder / f"{i}.slk").write_text(SYLK.format(word=f"weathervane{i}"), encoding="utf-8", newline="")
    (folder / "d.dif").write_text(DIF.format(word="halyard"), encoding="utf-8", newline="")
    # By its first bytes a WordPerfect file; there is nothing behind them.
    (folder / "broken.wpd").write_bytes(b"\xffWPC" + bytes(200))


def check_converted(checks, case):
    for word in ["weathervane0", "weathervane4", "halyard"]:
        checks.check(run("search", case, word).stdout.decode().count(word) >= 1, f"{word} is found")
    engines = [engine for engine, in rows(case, "SELECT DISTINCT engine FROM versions")]
    checks.check(engines and all(e.startswith("libreoffice ") and " > " in e for e in engines), f"engines: {engines}")
    states = dict(rows(case, "SELECT kind, min(state) FROM contents GROUP BY kind"))
    checks.check(states["slk"] == 1 and states["dif"] == 1, f"converted contents are read: {states}")
    gaps = rows(case, "SELECT c.kind, g.stage, g.detail FROM gaps g JOIN contents c ON c.id = g.content")
    checks.check({kind for kind, _, _ in gaps} == {"wpd"}, f"gaps: {gaps}")
    checks.check(not list((case / "derived").glob("office-*")), "nothing is left of the batches")


def main():
    checks = Checks()
    with Workspace() as work:
        leak = work / "leak"
        make_leak(leak)
        if not Path("/usr/lib/libreoffice/program/soffice.bin").exists():
            print("no LibreOffice here")
            sys.exit(77)
        case = work / "case"
        run("new", case)
        run("add", case, leak, expect=(0, 3))
        check_converted(checks, case)
        before = rows(case, "SELECT id, page, engine FROM versions")
        run("add", case, leak, expect=(0, 3))
        checks.check(rows(case, "SELECT id, page, engine FROM versions") == before, "a second run changes nothing")
        checks.check(not run_json("verify", case)["faults"], "the case is sound")
    if checks.failures:
        sys.exit(f"{checks.failures} failures")


main()
