#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the C++ source that puts the packed word lists into the program.

usage: embed_words.py OUT.cc words.fa words.ar words.en

The version is the digest of all lists: it changes when a dictionary, an affix rule or the folding does. It stands
in the source, so the source changes with the lists and is compiled again.
"""
import hashlib
import pathlib
import sys

HEAD = """// Made by models/embed_words.py; not to be edited.
#include "text/word_data.h"

namespace dragoman::text {{

extern const char kWordListVersion[] = "words-{version}";

}}  // namespace dragoman::text
"""

BLOCK = """
__asm__(
    ".pushsection .rodata\\n"
    ".balign 4\\n"
    ".globl dragoman_words_{lang}\\n"
    "dragoman_words_{lang}:\\n"
    ".incbin \\"{path}\\"\\n"
    ".globl dragoman_words_{lang}_end\\n"
    "dragoman_words_{lang}_end:\\n"
    ".popsection\\n");
"""


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    out, *lists = sys.argv[1:]
    digest = hashlib.sha256()
    blocks = []
    for path in lists:
        digest.update(pathlib.Path(path).read_bytes())
        blocks.append(BLOCK.format(lang=pathlib.Path(path).suffix[1:], path=path))
    text = HEAD.format(version=digest.hexdigest()[:12]) + "".join(blocks)
    pathlib.Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
