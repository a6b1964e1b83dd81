# SPDX-License-Identifier: AGPL-3.0-or-later
"""A corpus of many small files of many kinds, the same for the same seed: what faults are tried on. No pictures, so
that nothing waits for OCR; members, duplicates, damaged, encrypted-looking and empty files are among them."""

import gzip
import io
import random
import sqlite3
import tarfile
import tempfile
import zipfile

WORDS = ("report ledger contract harbour invoice meeting border witness letter signature account transfer minister "
         "گزارش قرارداد حساب نامه امضا جلسه وزیر شاهد تقرير عقد رسالة اجتماع حساب وثيقة").split()


class Corpus:
    def __init__(self, folder, seed):
        self.folder = folder
        self.random = random.Random(seed)
        self.items = 0
        self.earlier = []

    def text(self, words=60):
        return " ".join(self.random.choice(WORDS) for _ in range(words)) + f" {self.random.randrange(10**9)}\n"

    def mail(self):
        who = self.random.randrange(100)
        return (f"From: person{who}@example.org\r\nTo: desk@example.org\r\nSubject: {self.text(3).strip()}\r\n"
                f"Date: Mon, {1 + who % 28} Feb 2021 10:00:00 +0330\r\nMessage-ID: <{self.random.random()}@example.org>"
                f"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{self.text()}").encode()

    def zip(self, stored):
        out = io.BytesIO()
        members = self.random.randrange(1, 6)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
            for number in range(members):
                info = zipfile.ZipInfo(f"inner/{number}.txt", (2021, 1, 1, 0, 0, 0))
                info.compress_type = archive.compression
                archive.writestr(info, self.text())
        self.items += members
        return out.getvalue()

    def tar(self):
        out = io.BytesIO()
        members = self.random.randrange(1, 6)
        with tarfile.open(fileobj=out, mode="w") as archive:
            for number in range(members):
                data = self.mail() if number % 2 else self.text().encode()
                info = tarfile.TarInfo(f"kept/{number}.dat")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        self.items += members
        return out.getvalue()

    def mbox(self):
        mails = [self.mail().replace(b"\r\n", b"\n") for _ in range(self.random.randrange(2, 8))]
        self.items += len(mails)
        return b"".join(b"From person@example.org Mon Feb  1 10:00:00 2021\n" + mail + b"\n" for mail in mails)

    def table(self):
        rows = [f"{number},{self.text(3).strip()},{self.random.randrange(10**6)}" for number in range(20)]
        return ("number,words,amount\n" + "\n".join(rows) + "\n").encode()

    def database(self):
        with tempfile.NamedTemporaryFile(suffix=".db") as file:
            db = sqlite3.connect(file.name)
            db.execute("CREATE TABLE letters(id INTEGER PRIMARY KEY, words TEXT)")
            db.executemany("INSERT INTO letters(words) VALUES(?)", [(self.text(5),) for _ in range(10)])
            db.commit()
            db.close()
            return open(file.name, "rb").read()

    def one(self):
        kinds = [
            (24, lambda: (self.text().encode(), "txt")),
            (16, lambda: (self.mail(), "eml")),
            (12, lambda: (f"<html><body><p>{self.text()}</p></body></html>".encode(), "html")),
            (8, lambda: (self.table(), "csv")),
            (6, lambda: (self.zip(True), "zip")),
            (6, lambda: (self.zip(False), "zip")),
            (6, lambda: (self.tar(), "tar")),
            (4, lambda: (self.mbox(), "mbox")),
            (3, lambda: (gzip.compress(self.text().encode(), mtime=0), "txt.gz")),
            (2, lambda: (self.database(), "sqlite")),
            (3, lambda: (self.zip(False)[:-30], "zip")),
            (2, lambda: (self.random.randbytes(300), "bin")),
            (1, lambda: (b"", "txt")),
            (7, lambda: (self.random.choice(self.earlier or [b"first\n"]), "copy")),
        ]
        return self.random.choices([make for _, make in kinds], [weight for weight, _ in kinds])[0]()

    def make(self, items):
        while self.items < items:
            data, ending = self.one()
            folder = self.folder / f"box {self.random.randrange(12)}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{self.items:05}.{ending}").write_bytes(data)
            self.earlier = (self.earlier + [data])[-50:]
            self.items += 1


def make_corpus(folder, items, seed):
    Corpus(folder, seed).make(items)
