# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the system tests share: running the program, comparing cases, reading the sample leak's gold."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

BUILD = Path(os.environ["DRAGOMAN_BUILD"])
PROGRAM = BUILD / "dragoman"
SAMPLE = BUILD / "dragoman-sample"
SOURCE = Path(__file__).resolve().parents[2]


class Workspace:
    """A temporary folder with its own key folder, removed at the end."""

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="dragoman-test-"))
        os.environ["XDG_CONFIG_HOME"] = str(self.path / "config")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, name):
        return self.path / name


def run(*arguments, expect=(0,), **options):
    """Runs dragoman; the exit status must be one of `expect`."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, **options)
    if expect is not None and done.returncode not in expect:
        raise AssertionError(
            f"{arguments[:2]} ended with {done.returncode}, not {expect}: {done.stderr.decode(errors='replace')}")
    return done


def run_json(*arguments, expect=(0,)):
    return json.loads(run(*arguments, "--json", expect=expect).stdout)


def valid(checks, name, *arguments, expect=(0,)):
    """The answer, held against its schema."""
    answer = run_json(*arguments, expect=expect)
    schema = json.loads((SOURCE / "docs" / "schema" / f"{name}.json").read_text())
    errors = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answer)]
    checks.equal(errors[:2], [], f"{' '.join(map(str, arguments[:1]))} answers by docs/schema/{name}.json")
    return answer


def make_sample(folder, pages=60, seed=1, producers="cairo"):
    subprocess.run([SAMPLE, folder, "--pages", str(pages), "--seed", str(seed), "--producers", producers], check=True)
    return Gold(Path(folder) / "gold")


class Gold:
    def __init__(self, folder):
        self.items = read_lines(folder / "items.jsonl")
        self.pages = read_lines(folder / "pages.jsonl")
        self.queries = read_lines(folder / "queries.jsonl")


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def dump(case):
    """The case without what may differ between runs: ids, times, epochs, generations, the log."""
    queries = {
        "contents": "SELECT hex(sha256), size, mime, kind, state, read_state, reader, "
                    "(SELECT path FROM items WHERE id = primary_item) FROM contents",
        "items": "SELECT path, name, depth, ordinal, (SELECT hex(sha256) FROM contents c WHERE c.id = content), state "
                 "FROM items",
        "documents": "SELECT (SELECT hex(sha256) FROM contents c WHERE c.id = content), ordinal, kind, lang, title, "
                     "first_page, last_page, fields FROM documents",
        "pages": "SELECT (SELECT hex(sha256) FROM contents c WHERE c.id = content), number, width, height, ocr, choice, "
                 "(SELECT hex(hash) FROM versions v WHERE v.id = newest) FROM pages",
        "versions": "SELECT (SELECT hex(sha256) FROM contents c JOIN pages p ON p.content = c.id WHERE p.id = page), "
                    "(SELECT number FROM pages p WHERE p.id = page), hex(hash), source, engine, lang, quality, "
                    "word_count, hex(words) FROM versions",
        "gaps": "SELECT (SELECT hex(sha256) FROM contents c WHERE c.id = content), "
                "(SELECT path FROM items i WHERE i.id = item), path, stage, page, kind, place, detail FROM gaps",
    }
    db = sqlite3.connect(f"file:{case}/case.db?mode=ro", uri=True)
    result = {name: sorted(map(repr, db.execute(sql))) for name, sql in queries.items()}
    db.close()
    return result


def differences(a, b, most=5):
    lines = []
    for table in a:
        lines += [f"- {table} {row[:300]}" for row in sorted(set(a[table]) - set(b[table]))[:most]]
        lines += [f"+ {table} {row[:300]}" for row in sorted(set(b[table]) - set(a[table]))[:most]]
        if len(a[table]) != len(b[table]):
            lines.append(f"{table}: {len(a[table])} rows against {len(b[table])}")
    return "\n".join(lines)


class Checks:
    """Counts what holds and what does not; the process ends with 1 if anything failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, message):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print("FAILED:", message)

    def equal(self, got, wanted, message):
        self.check(got == wanted, f"{message}: got {got!r}, wanted {wanted!r}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)
