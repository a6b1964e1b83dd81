# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files made to exhaust a reader: each ends by a limit that has a name, everything before the limit is kept, and neither
CPU time nor memory grows beyond what is allowed here (10 s of CPU, 1 GiB a process).

Usage: bombs_test.py [full]     full: a PDF of 65,535 pages and a mail of 100,000 parts, ten times as many"""

import io
import os
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from pathlib import Path

from harness import PROGRAM, Checks, Workspace, run, run_json

CPU_SECONDS = 10
MEMORY_MIB = 1024


class Peak(threading.Thread):
    """The most resident memory of a process and of each of its children, in MiB, looked at every 20 ms."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.running = pid, 0, True

    def run(self):
        while self.running:
            for pid in [self.pid, *self.children()]:
                self.most = max(self.most, self.resident(pid))
            time.sleep(0.02)

    def children(self):
        try:
            return Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        except OSError:
            return []

    @staticmethod
    def resident(pid):
        try:
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
        except (OSError, IndexError):
            return 0


def add(workspace, path):
    """Adds one file to a case of its own: status with items, CPU seconds, peak memory."""
    case = workspace / ("case-" + path.name)
    run("new", case)
    before = os.times()
    process = subprocess.Popen([PROGRAM, "add", case, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = Peak(process.pid)
    peak.start()
    _, error = process.communicate(timeout=300)
    peak.running = False
    peak.join()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if process.returncode not in (0, 3):
        raise AssertionError(f"add {path.name} ended with {process.returncode}: {error.decode()[-300:]}")
    return case, run_json("status", case, "--items", expect=(0, 3)), cpu, peak.most


def kinds_of(status):
    return {(gap["kind"], gap["path"].count("!/")) for gap in status["gaps"]}


def zeros_zip(path, gigabytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("before.txt", "kept before the bomb\n" * 10)
        with archive.open("zeros.bin", "w", force_zip64=True) as member:
            block = bytes(1 << 20)
            for _ in range(gigabytes << 10):
                member.write(block)


def overlapping_zip(path, entries):
    """Members whose compressed data overlap: each quotes the local head of the next in a stored block of DEFLATE and goes
    on with the next one's data, down to one run of zeros (D. Fifield, "A better zip bomb", 2019)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(bytes(1 << 20)) + deflate.flush()
    plain_size, crc_of = 1 << 20, zlib.crc32
    heads, plain = [], bytes(1 << 20)
    for number in reversed(range(entries)):
        name = b"%08d" % number
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x4621, crc_of(plain), len(data), plain_size, len(name), 0)
        head = struct.pack("<I", 0x04034B50) + fields + name
        heads.append((fields, name))
        if number > 0:
            data = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF) + head + data
            plain = head + plain
            plain_size += len(head)
    heads.reverse()
    body, directory, offset = head + data, b"", 0
    for fields, name in heads:
        directory += struct.pack("<IH", 0x02014B50, 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
        offset += len(head) + 5
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, entries, entries, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)


def nested_zip(path, depth):
    data = b"the innermost text\n"
    name = "innermost.txt"
    for level in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        data, name = out.getvalue(), f"level-{level}.zip"
    path.write_bytes(data)


def long_pdf(path, pages):
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", None, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for number in range(1, pages + 1):
        content = b"BT /F 24 Tf 72 700 Td (page number %d) Tj ET" % number
        objects.append(b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content))
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                       b"/Resources << /Font << /F 3 0 R >> >> >>" % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(kids))
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    path.write_bytes(out)


def huge_png(path, side):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)) +
                     chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def many_parts_mail(path, parts):
    head = ("From: a@example.org\r\nTo: b@example.org\r\nSubject: many parts\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=\"edge\"\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\nbody word\r\n")
    with path.open("w") as out:
        out.write(head)
        for number in range(parts):
            out.write(f"--edge\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"{number}.txt\""
                      f"\r\n\r\npart number {number}\r\n")
        out.write("--edge--\r\n")


def deep_mail(path, depth):
    text = "innermost word\r\n"
    for level in range(depth):
        text = (f"MIME-Version: 1.0\r\nFrom: a@example.org\r\nSubject: level {level}\r\n"
                f"Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n" +
                ("Content-Type: message/rfc822\r\n\r\n" if level else "Content-Type: text/plain\r\n\r\n") + text +
                f"\r\n--b{level}--\r\n")
    path.write_text(text, newline="")


def main():
    checks = Checks()
    full = "full" in sys.argv[1:]
    pages, parts = (65535, 100000) if full else (6553, 10000)

    def bounded(name, cpu, memory, seconds=CPU_SECONDS):
        print(f"{name}: {cpu:.1f} s CPU, {memory:.0f} MiB at most")
        checks.check(cpu <= seconds, f"{name} took {cpu:.1f} s of CPU")
        checks.check(memory <= MEMORY_MIB, f"{name} took {memory:.0f} MiB")

    with Workspace() as workspace:
        zeros_zip(workspace / "zeros.zip", 8)
        case, status, cpu, memory = add(workspace, workspace / "zeros.zip")
        bounded("8 GiB of zeros in a ZIP", cpu, memory)
        checks.check(("limit", 0) in kinds_of(status), f"the bomb has no limit: {status['gaps']}")
        found = run_json("search", case, "bomb")
        checks.equal(found["total"], 1, "what came before the bomb is read")

        overlapping_zip(workspace / "overlapping.zip", 1500)
        _, status, cpu, memory = add(workspace, workspace / "overlapping.zip")
        bounded("1,500 members on the same bytes", cpu, memory)
        checks.check(any(gap["kind"] == "limit" for gap in status["gaps"]), "overlapping members reach no limit")

        nested_zip(workspace / "nested.zip", 1000)
        _, status, cpu, memory = add(workspace, workspace / "nested.zip")
        bounded("1,000 archives inside each other", cpu, memory)
        checks.check(any(gap["kind"] == "limit" for gap in status["gaps"]), "nested archives reach no limit")
        checks.check(20 <= status["items"] <= 100, f"{status['items']} levels were opened")

        deep_mail(workspace / "deep.eml", 200)
        _, status, cpu, memory = add(workspace, workspace / "deep.eml")
        bounded("200 mails inside each other", cpu, memory)
        checks.check(any(gap["kind"] == "limit" for gap in status["gaps"]), "nested mails reach no limit")

        long_pdf(workspace / "long.pdf", pages)
        case, status, cpu, memory = add(workspace, workspace / "long.pdf")
        bounded(f"a PDF of {pages:,} pages", cpu, memory, 300)
        last = run_json("search", case, f'"page number {pages}"')["total"]
        cut = any(gap["kind"] in ("limit", "timeout") for gap in status["gaps"])
        checks.check(last == 1 or (cut and status["pages"] > 1000), f"{status['pages']} pages, gaps {status['gaps']}")

        huge_png(workspace / "huge.png", 50000)
        _, status, cpu, memory = add(workspace, workspace / "huge.png")
        bounded("a picture of 50,000 × 50,000", cpu, memory, 60)
        checks.check(any(gap["kind"] == "limit" for gap in status["gaps"]), f"nothing says that it is not read in full")

        many_parts_mail(workspace / "parts.eml", parts)
        case, status, cpu, memory = add(workspace, workspace / "parts.eml")
        bounded(f"a mail of {parts:,} parts", cpu, memory, 300)
        whole = status["items"] == parts + 1 and run_json("search", case, f'"part number {parts - 1}"')["total"] == 1
        checks.check(whole or any(gap["kind"] == "limit" for gap in status["gaps"]), f"{status['items']} items")
        checks.equal(run_json("search", case, '"body word"')["total"], 1, "the body is read")
    checks.end()


main()
