#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Evidence whose every string attacks: make_hostile.py OUT writes OUT/files, to be added to a case, and OUT/made.json.

Each payload of payloads.json stands in a file name (as far as the file system has it), in the name of a ZIP's member
(where anything is possible), in a mail's subject, sender's name and attachment's name, in the body of a text, a mail, an
HTML mail and a DOCX, and in the name of a file that nothing can read, so that it is named among the gaps. The words
around it are what a test searches for: "kestrel" on every page, "kestrelNNN" on those of payload NNN, "falconNNN"
behind it."""

import base64
import json
import struct
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME_BYTES = 200  # of 255: a number and an ending are added
ZIP_NAME_BYTES = 60_000  # of 65,535


def load():
    payloads = json.loads((HERE / "payloads.json").read_text(encoding="utf-8"))
    for payload in payloads:
        if "hex" in payload:
            payload["bytes"] = bytes.fromhex(payload["hex"])
        else:
            payload["bytes"] = payload["text"].encode() * payload.get("repeat", 1)
    return payloads


def file_name(payload):
    """As near to the payload as a name can be: no NUL, another slash, not too long."""
    name = payload["bytes"].replace(b"\0", b"").replace(b"/", "\u2044".encode())
    return cut(name, NAME_BYTES)


def cut(data, most):
    """At most so many bytes, no letter cut in two (where it was whole before)."""
    if len(data) <= most:
        return data
    end = most
    while end > most - 4 and data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end]


def encoded_words(data):
    """RFC 2047; a letter may be cut between two words, as broken programs do."""
    pieces = [data[at:at + 45] for at in range(0, len(data), 45)]
    return b"\r\n ".join(b"=?utf-8?B?" + base64.b64encode(piece) + b"?=" for piece in pieces)


def around(number, carrier, payload):
    """A text in which the payload stands between words that can be searched for."""
    before = f"The kestrel kestrel{number:03} {carrier} flew before "
    return before.encode() + payload["bytes"] + f" behind it falcon{number:03} came.\n".encode()


def mail(number, payload, html):
    kind = b"text/html" if html else b"text/plain"
    body = around(number, "html" if html else "mail", payload)
    if html:
        body = b"<html><body><p>" + body.replace(payload["bytes"], b"</p>" + payload["bytes"] + b"<p>") + b"</p></body></html>"
    percent = b"".join(b"%%%02X" % byte for byte in cut(payload["bytes"], 5000))
    return b"\r\n".join([
        b"From: " + encoded_words(payload["bytes"]) + b" <kestrel@evil.invalid>",
        b"To: desk@example.invalid",
        b"Date: Mon, 03 Jun 2013 10:00:00 +0000",
        b"Subject: " + encoded_words(b"kestrel " + payload["bytes"]),
        b"MIME-Version: 1.0",
        b"Content-Type: multipart/mixed; boundary=bound",
        b"",
        b"--bound",
        b"Content-Type: " + kind + b"; charset=utf-8",
        b"Content-Transfer-Encoding: base64",
        b"",
        base64.encodebytes(body).replace(b"\n", b"\r\n"),
        b"--bound",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Disposition: attachment; filename*=utf-8''" + percent,
        b"",
        f"attached to kestrel{number:03}{'h' if html else 'm'}".encode(),
        b"--bound--",
        b"",
    ])


def xml_text(data):
    """What XML 1.0 can hold of it, escaped."""
    text = data.decode("utf-8", "replace")
    allowed = "".join(c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def docx(number, payload):
    space = "http://schemas.openxmlformats.org"
    text = xml_text(around(number, "docx", payload))
    title = xml_text(cut(payload["bytes"], 2000))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    relations = f"{space}/officeDocument/2006/relationships"
    types = "application/vnd.openxmlformats-"
    return zip_of([
        (b"[Content_Types].xml",
         f'{head}<Types xmlns="{space}/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         f'<Override PartName="/word/document.xml" ContentType="{types}officedocument.wordprocessingml.document.main+xml"/>'
         f'<Override PartName="/docProps/core.xml" ContentType="{types}package.core-properties+xml"/></Types>'),
        (b"_rels/.rels",
         f'{head}<Relationships xmlns="{space}/package/2006/relationships">'
         f'<Relationship Id="r1" Type="{relations}/officeDocument" Target="word/document.xml"/>'
         f'<Relationship Id="r2" Type="{space}/package/2006/relationships/metadata/core-properties" '
         'Target="docProps/core.xml"/></Relationships>'),
        (b"docProps/core.xml",
         f'{head}<cp:coreProperties xmlns:cp="{space}/package/2006/metadata/core-properties" '
         f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:creator>{title}</dc:creator>'
         '</cp:coreProperties>'),
        (b"word/document.xml",
         f'{head}<w:document xmlns:w="{space}/wordprocessingml/2006/main"><w:body><w:p><w:r>'
         f'<w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:body></w:document>'),
    ])


def zip_of(members):
    """A ZIP of stored members; names are bytes, written as they are (zipfile would refuse some)."""
    out, directory = b"", b""
    for name, content in members:
        data = content.encode() if isinstance(content, str) else content
        fields = (20, 0x800, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name), 0)
        directory += struct.pack("<IH" + "HHHHHIIIHH" + "HHHII", 0x02014B50, 20, *fields, 0, 0, 0, 0, len(out)) + name
        out += struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields) + name + data
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(members), len(members), len(directory), len(out), 0)
    return out + directory + end


def write(folder, name, data, made):
    """Writes a file under a name of bytes; notes it, or notes that this file system has no such name."""
    path = bytes(folder) + b"/" + name
    try:
        with open(path, "wb") as file:
            file.write(data)
        made["files"] += 1
    except OSError as error:
        made["refused"].append([name.hex(), error.strerror])


def main():
    out = Path(sys.argv[1])
    payloads = load()
    folders = {name: out / "files" / name for name in ("names", "mail", "html", "docx", "gaps", "zip")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    made = {"payloads": len(payloads), "files": 0, "refused": []}
    members = []
    for number, payload in enumerate(payloads):
        stem = b"%03d " % number
        write(folders["names"], stem + file_name(payload) + b".txt", around(number, "text", payload), made)
        write(folders["mail"], b"%03d.eml" % number, mail(number, payload, html=False), made)
        write(folders["html"], b"%03d.eml" % number, mail(number, payload, html=True), made)
        write(folders["docx"], b"%03d.docx" % number, docx(number, payload), made)
        # Bytes of no known type: the name is shown among the gaps. No two alike, or they would be duplicates.
        noise = b"\x93\x00\x81\xfe" + struct.pack("<I", number * 2654435761 & 0xFFFFFFFF) * 64
        write(folders["gaps"], stem + file_name(payload) + b".dat", noise, made)
        members.append((cut(stem + payload["bytes"], ZIP_NAME_BYTES), f"kestrel kestrel{number:03} in a zip\n"))
    write(folders["zip"], b"names.zip", zip_of(members), made)
    (out / "made.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
    print(f"{made['payloads']} payloads in {made['files']} files; {len(made['refused'])} names this file system does not have")


main()
