#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Builds the front end and writes it as sources of the library dragoman_ui (web/assets.h).

  embed.py build SOURCE WORK NPM    SOURCE: the folder ui/; everything is made in WORK, SOURCE is only read
  embed.py placeholder WORK         one page that says that the front end was left out

Left in WORK: assets.S, which takes the files in with .incbin, and assets.cc, the table of them.
npm is heard only when it fails.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# What the build reads, and what checks it there, beside the packages; what earlier builds left stays behind.
INPUTS = ["package.json", "package-lock.json", ".npmrc", "index.html", "vite.config.ts", "svelte.config.js",
          "tsconfig.json", "src", "public", "scripts", "tests"]
PLACEHOLDER = ("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>dragoman</title>"
               "<p>This build has no pages (DRAGOMAN_UI=OFF); the API answers.</html>\n")


def run(arguments, folder, **environment):
    done = subprocess.run(arguments, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}")


def copy_inputs(source, to):
    to.mkdir(parents=True, exist_ok=True)
    for name in INPUTS:
        old, new = source / name, to / name
        if new.is_dir():
            shutil.rmtree(new)
        if old.is_dir():
            shutil.copytree(old, new)
        elif old.is_file():
            shutil.copyfile(old, new)
        elif new.exists():
            new.unlink()


def build(source, work, npm):
    """The built front end's folder. Packages are installed only when the lock file says other ones than last time."""
    project, dist = work / "project", work / "dist"
    copy_inputs(source, project)
    locked = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()
    stamp = project / "node_modules" / ".locked"
    if not stamp.is_file() or stamp.read_text() != locked:
        run([npm, "ci", "--prefer-offline"], project)
        stamp.write_text(locked)
    run([npm, "run", "build"], project, DRAGOMAN_UI_OUT=str(dist))
    return dist


def compressed(data, suffix):
    """Empty where it gains less than a tenth; fonts and pictures are compressed already."""
    if suffix in (".woff2", ".png", ".ico"):
        return b""
    small = gzip.compress(data, 9, mtime=0)
    return small if len(small) < len(data) * 0.9 else b""


def embed(dist, work):
    files = sorted((path for path in dist.rglob("*") if path.is_file()),
                   key=lambda path: "/" + path.relative_to(dist).as_posix())
    packed = work / "packed"
    shutil.rmtree(packed, ignore_errors=True)
    packed.mkdir(parents=True)
    symbols, rows, declared = [], [], []
    for number, path in enumerate(files):
        name, data = "/" + path.relative_to(dist).as_posix(), path.read_bytes()
        if path.suffix not in TYPES:
            sys.exit(f"{name}: no content type is known for {path.suffix or 'a name without an end'}")
        digest = hashlib.sha256(data).hexdigest()
        parts = []
        for form, content in (("bytes", data), ("gzip", compressed(data, path.suffix))):
            if not content:
                parts.append("{}")
                continue
            symbol = f"dragoman_asset_{number}_{form}"
            file = packed / f"{number}.{form}"
            file.write_bytes(content)
            symbols.append(f".global {symbol}\n.balign 16\n{symbol}:\n.incbin \"{file}\"\n")
            declared.append(f"extern const char {symbol}[];")
            parts.append(f"{{{symbol}, {len(content)}}}")
        immutable = "true" if name.startswith("/assets/") else "false"
        rows.append(f'    {{"{name}", "{TYPES[path.suffix]}", {parts[0]}, {parts[1]}, "\\"{digest[:16]}\\"", {immutable}}},')
    (work / "assets.S").write_text("/* Made by ui/embed.py. */\n.section .rodata\n" + "".join(symbols) +
                                   ".section .note.GNU-stack,\"\",%progbits\n")
    (work / "assets.cc").write_text(
        "// Made by ui/embed.py.\n#include \"web/assets.h\"\n\nextern \"C\" {\n" + "\n".join(declared) +
        "\n}\n\nnamespace dragoman::web {\nnamespace {\n\nconst Asset kAssets[] = {\n" + "\n".join(rows) +
        "\n};\n\n}  // namespace\n\nstd::span<const Asset> embedded_assets() {\n  return kAssets;\n}\n\n"
        "}  // namespace dragoman::web\n")


def main():
    if len(sys.argv) == 5 and sys.argv[1] == "build":
        work = Path(sys.argv[3])
        embed(build(Path(sys.argv[2]), work, sys.argv[4]), work)
    elif len(sys.argv) == 3 and sys.argv[1] == "placeholder":
        work = Path(sys.argv[2])
        (work / "dist").mkdir(parents=True, exist_ok=True)
        (work / "dist" / "index.html").write_text(PLACEHOLDER)
        embed(work / "dist", work)
    else:
        sys.exit(__doc__)


main()
