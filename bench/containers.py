# SPDX-License-Identifier: AGPL-3.0-or-later
"""Big containers: a mailbox of 10 GB (sparse: holes inside its messages) and a ZIP of 1,000,000 small stored files.
Prints seconds, the main process's peak memory (goal: 500 MB), items, and the size of the case.

Usage: containers.py BUILD FOLDER [MEMBERS [GIGABYTES]]   (FOLDER: where they are made; nothing in it is removed)"""

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

MESSAGES = 1000


def make_mailbox(path, gigabytes):
    size = gigabytes * (1 << 30) // MESSAGES
    with open(path, "wb") as file:
        for number in range(MESSAGES):
            file.seek(number * size)
            file.write(f"From a@example.org Mon Feb  1 10:00:00 2021\nFrom: a{number}@example.org\n"
                       f"Subject: number {number}\nMessage-ID: <{number}@example.org>\n\nharbour {number}\n".encode())
            file.seek((number + 1) * size - 2)
            file.write(b"\n\n")


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for number in range(members):
            info = zipfile.ZipInfo(f"d{number // 1000}/{number}.txt", (2021, 1, 1, 0, 0, 0))
            archive.writestr(info, f"letter number {number} of the harbour\n")


def peak_megabytes(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def measure(program, case, container, *options):
    subprocess.run([program, "new", case], check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    process = subprocess.Popen([program, "add", case, container, *options], stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, peak_megabytes(process.pid))
        time.sleep(0.2)
    seconds = time.monotonic() - start
    used = sum(path.stat().st_blocks * 512 for path in Path(case).rglob("*"))
    print(f"{container.name}: {container.stat().st_size / 1e6:.0f} MB, exit {process.returncode}, {seconds:.0f} s, "
          f"main process at most {peak:.0f} MB, case {used / 1e6:.0f} MB")


def main():
    program = Path(sys.argv[1]) / "dragoman"
    folder = Path(sys.argv[2])
    members = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    gigabytes = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    os.environ.setdefault("XDG_CONFIG_HOME", str(folder / "config"))
    make_mailbox(folder / "big.mbox", gigabytes)
    measure(program, folder / "mailbox.case", folder / "big.mbox", "--in-place")
    make_zip(folder / "big.zip", members)
    measure(program, folder / "zip.case", folder / "big.zip")


main()
