# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables, databases, web pages and books: planted values are found, and a citation of them says in which rows of which
table, or in which hidden place, they stand; on the command line and over the web."""

import io
import sqlite3
import struct
import zipfile
from urllib.parse import quote

from harness import Checks, Workspace, run, run_json
from web_client import Client, Server


def make_csv(path):
    rows = ["name;town;amount"] + [f"Person{i};Shiraz;{i}" for i in range(2, 401)]
    rows[377] = "Plantedcsv;Qom;99"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")


def make_sqlite(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE messages(id INTEGER PRIMARY KEY, body TEXT, photo BLOB)")
    db.executemany("INSERT INTO messages VALUES (?, ?, ?)", [(i * 10, f"message {i}", None) for i in range(1, 50)])
    book = io.BytesIO()
    make_epub(book, "Plantedblob")
    db.execute("UPDATE messages SET body = 'Plantedsqlite', photo = ? WHERE id = 420", (book.getvalue(),))
    db.commit()
    db.close()


def make_dbf(path):
    head = struct.pack("<B3BIHH17xBxx", 3, 124, 1, 1, 2, 65, 21, 0)
    column = b"WHO".ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([20]) + b"\0" * 15
    path.write_bytes(head + column + b"\r" + b" " + b"Sara".ljust(20) + b"*" + b"Planteddeleted".ljust(20) + b"\x1a")


def make_html(path):
    path.write_text("<!DOCTYPE html><title>T</title><p>seen</p><div style='display:none'>Plantedhidden</div>"
                    "<input type=hidden name=x value=Plantedform><a href='https://plantedlink.example/'>here</a>")


def make_epub(file, word):
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": "<container><rootfiles><rootfile full-path='b.opf'/></rootfiles></container>",
        "b.opf": "<package><metadata/><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>"
                 "<item id='n' href='n.ncx' media-type='application/x-dtbncx+xml'/></manifest>"
                 "<spine toc='n'><itemref idref='a'/></spine></package>",
        "n.ncx": "<ncx><navMap><navPoint><navLabel><text>The bridge</text></navLabel><content src='a.xhtml'/></navPoint>"
                 "</navMap></ncx>",
        "a.xhtml": f"<html><p>{word}</p></html>",
        "s.css": "/* a file has 1,024 bytes at least, to be told from a key */\n" * 20,
    }
    with zipfile.ZipFile(file, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)


def make_mhtml(path):
    path.write_text("From: <Saved by Blink>\nSnapshot-Content-Location: https://x.example/\nMIME-Version: 1.0\n"
                    "Content-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\n\n--b\n"
                    "Content-Type: text/html\n\n<html>Plantedpage</html>\n--b--\n")


PLANTED = {
    "plantedcsv": ("people.csv", "rows "),
    "plantedsqlite": ("chat.sqlite", "table messages, rows "),
    "plantedblob": ("chat.sqlite!/messages/420/photo.epub", "chapter The bridge"),
    "planteddeleted": ("old.dbf", "deleted rows, row 2"),
    "plantedhidden": ("page.html", "hidden text"),
    "plantedform": ("page.html", "form fields"),
    "plantedlink": ("page.html", "links"),
    "plantedbook": ("book.epub", "chapter The bridge"),
    "plantedpage": ("saved.mhtml", ""),
}


def check_planted(checks, case):
    for word, (path, label) in PLANTED.items():
        hits = run_json("search", case, word)["hits"]
        checks.equal(len(hits), 1, f"{word} is found once")
        if not hits:
            continue
        checks.equal(hits[0]["path"], f"folder/{path}", f"{word}: where")
        checks.check(hits[0]["label"].startswith(label) and bool(hits[0]["label"]) == bool(label),
                     f"{word}: {hits[0]['label']!r} begins with {label!r}")
        shown = run_json("show", case, hits[0]["citation"])
        checks.equal(shown["label"], hits[0]["label"], f"{word}: the citation says the same")
        if label:
            said = run("show", case, hits[0]["citation"]).stdout.decode()
            checks.check(hits[0]["label"] in said, f"{word}: so does the answer for people")


def check_rows(checks, case):
    label = run_json("search", case, "plantedcsv")["hits"][0]["label"]
    first, last = map(int, label.removeprefix("rows ").split("–"))
    checks.check(first <= 378 <= last and last - first < 200, f"row 378 is among {label!r}")


def check_web(checks, case):
    with Server(case) as server:
        client = Client(server)
        client.enter()
        hit = client.get(f"/api/search?q={quote('plantedsqlite')}")["hits"][0]
        checks.check(hit["label"].startswith("table messages, rows "), "a hit over the web says its rows")
        head = client.get(f"/api/items/{hit['item']}/pages")["pages"][hit["page"] - 1]
        checks.equal(head["label"], hit["label"], "and its page")
        resolved = client.get(f"/api/resolve?citation={quote(hit['citation'], safe='')}")
        checks.equal(resolved["label"], hit["label"], "and its citation")
        plain = client.get(f"/api/search?q={quote('plantedpage')}")["hits"][0]
        checks.check("label" not in plain, "a page that is called nothing says nothing")


def main():
    checks = Checks()
    with Workspace() as work:
        case, folder = work / "case", work / "folder"
        folder.mkdir()
        make_csv(folder / "people.csv")
        make_sqlite(folder / "chat.sqlite")
        make_dbf(folder / "old.dbf")
        make_html(folder / "page.html")
        make_epub(folder / "book.epub", "Plantedbook")
        make_mhtml(folder / "saved.mhtml")
        run("new", case, "--title", "Tables")
        run("add", case, folder)
        check_planted(checks, case)
        check_rows(checks, case)
        check_web(checks, case)
    checks.end()


main()
