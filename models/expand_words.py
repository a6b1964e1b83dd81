#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints the words of a spelling dictionary of Debian, one a line, its affixes applied, with those of words.extra.

usage: expand_words.py FOLDER LANG      LANG is fa, ar or en; FOLDER holds the .dic and .aff files

English: all prefixes and suffixes of the dictionary's rules. Persian (myspell-fa) lists its inflected forms itself,
but for the plural in -gan.
Arabic (hunspell-ar, Ayaspell) lists stems and conjugated verbs; articles, conjunctions and pronouns written onto
them are taken off when a word is looked up (src/text/word_list.cc), since applying them would give millions.
"""
import pathlib
import re
import sys
from collections import defaultdict

DICTIONARIES = {"fa": "fa_IR", "ar": "ar", "en": "en_US"}


def read_affixes(path):
    """{flag: (crosses, [(strip, add, condition)])} for prefixes and for suffixes."""
    kinds = {"PFX": defaultdict(list), "SFX": defaultdict(list)}
    crosses = {}
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.split("#")[0].split()
            if len(fields) == 4 and fields[0] in kinds and fields[2] in "YN":
                crosses[fields[0], fields[1]] = fields[2] == "Y"
            elif len(fields) >= 5 and fields[0] in kinds:
                strip, add, condition = fields[2], fields[3].split("/")[0], fields[4]
                strip = "" if strip == "0" else strip
                add = "" if add == "0" else add
                kinds[fields[0]][fields[1]].append((strip, add, condition))
    return kinds["PFX"], kinds["SFX"], crosses


def with_suffix(word, rules):
    for strip, add, condition in rules:
        if word.endswith(strip) and re.search(condition + "$", word):
            yield word[: len(word) - len(strip)] + add


def with_prefix(word, rules):
    for strip, add, condition in rules:
        if word.startswith(strip) and re.match(condition, word):
            yield add + word[len(strip):]


def expand(word, flags, prefixes, suffixes, crosses):
    yield word
    stems = [word]
    for flag in flags:
        for form in with_suffix(word, suffixes.get(flag, ())):
            yield form
            if crosses.get(("SFX", flag)):
                stems.append(form)
    for flag in flags:
        for stem in stems if crosses.get(("PFX", flag)) else stems[:1]:
            yield from with_prefix(stem, prefixes.get(flag, ()))


def words(folder, lang):
    name = f"{folder}/{DICTIONARIES[lang]}"
    prefixes, suffixes, crosses = read_affixes(name + ".aff") if lang == "en" else ({}, {}, {})
    with open(name + ".dic", encoding="utf-8", errors="replace") as lines:
        next(lines)  # the count
        for line in lines:
            entry = line.split()[0] if line.split() else ""
            word, _, flags = entry.partition("/")
            if re.fullmatch(r"[^\W\d_][\w'’\u200c]*", word):
                yield from expand(word, flags, prefixes, suffixes, crosses)
                if lang == "fa" and word.endswith("ه"):
                    yield word[:-1] + "گان"
                    yield word[:-1] + "گی"


def extra_words(lang):
    for line in (pathlib.Path(__file__).parent / "words.extra").read_text(encoding="utf-8").splitlines():
        of_lang, _, listed = line.partition("\t")
        if of_lang == lang:
            yield from listed.split()


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in DICTIONARIES:
        sys.exit(__doc__)
    sys.stdout.reconfigure(encoding="utf-8")
    for word in sorted(set(words(sys.argv[1], sys.argv[2])) | set(extra_words(sys.argv[2]))):
        print(word)


if __name__ == "__main__":
    main()
