#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads every #include "room/…" under src/ against the table of who may include whom (docs/rooms.txt).

  rooms_test.py SOURCE-FOLDER     names each include that the table does not allow, and ends with 1
  rooms_test.py --self-test       shows on made-up trees that it finds what it should
"""

import re
import sys
import tempfile
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def read_table(path):
    """room -> rooms it may include, itself among them; None and a message when the table is no table."""
    table = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        room, colon, allowed = line.partition(":")
        if not colon or room.strip() in table:
            raise ValueError(f"{path}: not a room, a colon and rooms: {line}")
        unknown = [name for name in allowed.split() if name not in table]
        if unknown:
            raise ValueError(f"{path}: {room} includes {unknown[0]}, which does not stand above it")
        table[room.strip()] = {room.strip(), *allowed.split()}
    return table


def room_of(path, source):
    """The folder under src/; files beside the folders (main.cc) are the room 'main'."""
    parts = path.relative_to(source / "src").parts
    return parts[0] if len(parts) > 1 else "main"


def faults_of(source):
    table = read_table(source / "docs" / "rooms.txt")
    faults = []
    for folder in sorted((source / "src").iterdir()):
        if folder.is_dir() and folder.name not in table:
            faults.append(f"src/{folder.name}: not a room of docs/rooms.txt")
    files = sorted(path for path in (source / "src").rglob("*") if path.suffix in (".cc", ".h", ".c", ".inc"))
    for path in files:
        room = room_of(path, source)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match or room not in table:
                continue
            where = f"{path.relative_to(source)}:{number}"
            target = match.group(1)
            if ".." in target.split("/") or not (source / "src" / target).is_file():
                faults.append(f'{where}: "{target}" is not a header under src/')
            elif room_of(source / "src" / target, source) not in table[room]:
                faults.append(f'{where}: {room} may not include "{target}"')
    return faults, len(files)


def self_test():
    table = "# comment\nlow:\nmiddle: low\nhigh: middle low\nmain: high\n"
    cases = [
        ("allowed", {"middle/a.cc": '#include "low/l.h"\n#include <vector>\n'}, None),
        ("itself", {"low/a.cc": '#include "low/l.h"'}, None),
        ("main", {"main.cc": '#include "high/h.h"'}, None),
        ("upwards", {"low/a.cc": '\n#include "high/h.h"'}, 'src/low/a.cc:2: low may not include "high/h.h"'),
        ("header too", {"low/b.h": '  #  include "middle/m.h"'}, 'src/low/b.h:1: low may not include "middle/m.h"'),
        ("deeper", {"low/deep/a.cc": '#include "high/h.h"'}, 'src/low/deep/a.cc:1: low may not include "high/h.h"'),
        ("main too", {"main.cc": '#include "low/l.h"'}, 'src/main.cc:1: main may not include "low/l.h"'),
        ("beside it", {"low/a.cc": '#include "l.h"'}, 'src/low/a.cc:1: "l.h" is not a header under src/'),
        ("out and in", {"low/a.cc": '#include "low/../high/h.h"'},
         'src/low/a.cc:1: "low/../high/h.h" is not a header under src/'),
        ("round about", {"high/a.cc": '#include "../low/l.h"'}, 'src/high/a.cc:1: "../low/l.h" is not a header under src/'),
        ("unknown room", {"attic/a.cc": ""}, "src/attic: not a room of docs/rooms.txt"),
    ]
    failed = 0
    for name, files, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder)
            files = {"low/l.h": "", "middle/m.h": "", "high/h.h": "", **files}
            for path, text in files.items():
                (source / "src" / path).parent.mkdir(parents=True, exist_ok=True)
                (source / "src" / path).write_text(text)
            (source / "docs").mkdir()
            (source / "docs" / "rooms.txt").write_text(table)
            faults, _ = faults_of(source)
            if faults != ([expected] if expected else []):
                print(f"{name}: expected {expected}, found {faults}")
                failed += 1
    print(f"{len(cases) - failed} passed, {failed} failed")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    faults, files = faults_of(Path(sys.argv[1]).resolve())
    for fault in faults:
        print(fault)
    print(f"{files} files read, {len(faults)} includes that the table does not allow")
    return 1 if faults or files == 0 else 0


sys.exit(main())
