# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sample leak, end to end: states, gaps, searches, citations and bytes against its gold.

Usage: sample_test.py SEED"""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import jsonschema

from harness import SOURCE, Checks, Workspace, make_sample, run, run_json


def check_states(checks, gold, case, root):
    status = run_json("status", case, "--items", expect=(3,))
    states = {item["path"]: item for item in status["list"]}
    wanted = {f"{root}/{item['path']}": item for item in gold.items}
    checks.equal(sorted(states), sorted(wanted), "the items are those of the gold")
    for path, item in wanted.items():
        got = states.get(path, {})
        checks.equal(got.get("state"), item["state"], f"state of {path!r}")
        checks.equal(got.get("sha256"), item["sha256"], f"hash of {path!r}")
    total = sum(status[s] for s in ("pending", "read", "partial", "duplicate", "encrypted", "unsupported", "failed"))
    checks.equal(status["items"], total, "items = sum of the states")
    checks.equal(status["pending"], 0, "nothing is pending")
    kinds = {}
    for gap in status["gaps"]:
        kinds.setdefault(gap["path"], set()).add(gap["kind"])
    for path, item in wanted.items():
        for gap in item["gaps"]:
            checks.check(gap["kind"] in kinds.get(path, set()),
                         f"{path!r} has no gap {gap['kind']}, but {kinds.get(path)}")


def check_queries(checks, gold, case, root):
    # What OCR misreads can make a scan answer a search it should not; text that was never a picture must not.
    scanned = {(f"{root}/{page['path']}", page["page"]) for page in gold.pages if page["source"] == "scan"}
    misread = 0
    for query in gold.queries:
        found = run_json("search", case, query["query"], "--limit", 1000)
        pages = {(hit["path"], hit["page"]) for hit in found["hits"]}
        wanted = {(f"{root}/{page['path']}", page["page"]) for page in query["expect"]}
        scans = {(f"{root}/{page['path']}", page["page"]) for page in query.get("expect_scan", [])}
        misread += len((pages & scanned) - wanted - scans)
        label = f"{query['id']} ({query['why']}) {query['query']!r}"
        checks.check(wanted <= pages, f"{label} missed {sorted(wanted - pages)}")
        checks.check(pages <= wanted | scanned, f"{label} also found {sorted(pages - wanted - scanned)}")
        checks.equal(found["total"], len(found["hits"]), f"total of {label}")
        if query["why"] == "planted" and found["hits"]:
            checks.equal(found["hits"][0].get("label", ""), query["label"], f"where {label} stands")
    print(f"{len(gold.queries)} searches; {misread} hits on scans that only a misreading explains")
    checks.check(misread <= len(gold.queries) // 10, f"{misread} hits on scans are misreadings")


def check_citations(checks, gold, case):
    """Every citation of three searches resolves to the words it marked, at the boxes that were given."""
    for query in gold.queries[:: max(1, len(gold.queries) // 6)]:
        for hit in run_json("search", case, query["query"], "--limit", 5)["hits"]:
            shown = run_json("show", case, hit["citation"])
            checks.equal(shown["citation"], hit["citation"], "a citation resolves to itself")
            page = page_of(run_json("show", case, hit["path"]), hit["page"])
            first, last = word_range(hit["citation"])
            checks.equal([w["t"] for w in shown["words"]], [w["t"] for w in page["words"][first - 1:last]],
                         "show gives the cited words")
            boxes = [w["box"] for w in shown["words"] if w["box"]]
            if boxes:
                checks.check(any(box in hit["boxes"] for box in boxes), "the cited words carry the marked boxes")


def page_of(item, number):
    for document in item["documents"]:
        for page in document["pages"]:
            if page["page"] == number:
                return page
    raise AssertionError("the page is not there")


def word_range(citation):
    words = citation.split("words=")[1].split("&")[0]
    first, last = words.split("-")
    return int(first), int(last)


def check_bytes(checks, gold, case, root, workspace):
    for number, item in enumerate(item for item in gold.items if item["sha256"]):
        if number % 5:
            continue
        out = workspace / f"got{number}"
        run("get", case, f"{root}/{item['path']}", out)
        checks.equal(hashlib.sha256(out.read_bytes()).hexdigest(), item["sha256"], f"bytes of {item['path']!r}")


def check_instruments(checks, gold, leak):
    """`read` and `ocr` on single files, without a case: by their schemas, and as `add` reads them."""
    photo = next(item["path"] for item in gold.items if item["producer"] == "camera" and "!/" not in item["path"])
    mail = next(item["path"] for item in gold.items if item["producer"] == "mail")
    for command, path, expect in (("ocr", photo, (0, 3)), ("read", photo, (0, 3)), ("read", mail, (0, 3))):
        answer = run_json(command, leak / "files" / path, expect=expect)
        schema = json.loads((SOURCE / "docs" / "schema" / f"{command}.json").read_text())
        errors = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answer)]
        checks.equal(errors[:2], [], f"{command} answers by docs/schema/{command}.json")
        if command == "ocr":
            words = [word for page in answer["pages"] for word in page["words"]]
            checks.check(len(words) > 100 and all(word["box"] and word["conf"] is not None for word in words),
                         "ocr gives words with boxes and confidence")


def check_passwords(checks, gold, case, root, leak):
    run("add", case, leak / "files", "--passwords", leak / "gold" / "passwords.txt", expect=(3,))
    status = run_json("status", case, "--items", expect=(3,))
    left = [item["path"] for item in status["list"] if item["state"] == "encrypted"]
    checks.equal(left, [], "nothing stays encrypted once the passwords are given")


def check_language(checks, gold, leak, workspace):
    """A language of the recogniser that is installed later: retry touches the pages that lacked it, and nothing else."""
    some = workspace / "some"
    some.mkdir()
    scan = next(page["path"] for page in gold.pages if page["scan"] == "clean" and "!/" not in page["path"])
    text = next(item["path"] for item in gold.items if item["producer"] == "text/utf-8" and "!/" not in item["path"])
    for path in (scan, text):
        shutil.copy(leak / "files" / path, some / Path(path).name)
    installed, models = Path("/usr/share/tesseract-ocr/5/tessdata"), workspace / "models"
    models.mkdir()
    for name in ("ara", "eng", "osd"):
        (models / f"{name}.traineddata").symlink_to(installed / f"{name}.traineddata")
    case = workspace / "case-language"
    os.environ["TESSDATA_PREFIX"] = str(models)
    run("new", case)
    run("add", case, some, expect=(3,))
    gaps = run_json("status", case, expect=(3,))["gaps"]
    checks.check(any("apt-get install tesseract-ocr-fas" in gap["detail"] for gap in gaps), "the remedy names the package")
    (models / "fas.traineddata").symlink_to(installed / "fas.traineddata")
    checks.equal(run_json("retry", case, expect=(0, 3)), {"touched": 1, "better": 1}, "the scan is recognised, the text left alone")
    checks.check(run_json("status", case, expect=(0, 3))["ocr_pages"] > 0, "its pages were recognised")
    checks.equal(run_json("retry", case, expect=(0, 3)), {"touched": 0, "better": 0}, "and then nothing more")
    del os.environ["TESSDATA_PREFIX"]


def main():
    seed = int(sys.argv[1])
    checks = Checks()
    with Workspace() as workspace:
        leak = workspace / "leak"
        gold = make_sample(leak, 60, seed)
        case = workspace / "case"
        run("new", case, "--title", "sample")
        run("add", case, leak / "files", expect=(3,))
        check_states(checks, gold, case, "files")
        check_queries(checks, gold, case, "files")
        check_citations(checks, gold, case)
        check_bytes(checks, gold, case, "files", workspace)
        checks.check(json.loads(run("verify", case, "--json").stdout)["ok"], "verify is clean")
        check_instruments(checks, gold, leak)
        check_passwords(checks, gold, case, "files", leak)
        check_language(checks, gold, leak, workspace)
    checks.end()


main()
