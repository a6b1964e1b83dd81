# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs a program on a kernel that lacks something: a filter answers chosen system calls with an error.

    faked_kernel.py 444:38,272:1 PROGRAM ARGUMENTS...      (number of the call on x86-64 : errno)
"""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
LOAD_NUMBER, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ERRNO, ALLOW = 0x00050000, 0x7FFF0000


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def fake_away(libc, call, error):
    code = b"".join(struct.pack("HBBI", *line) for line in (
        (LOAD_NUMBER, 0, 0, 0), (JUMP_IF_EQUAL, 0, 1, call), (RETURN, 0, 0, ERRNO | error), (RETURN, 0, 0, ALLOW)))
    buffer = ctypes.create_string_buffer(code)
    program = Program(4, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        sys.exit("a filter was refused: " + os.strerror(ctypes.get_errno()))


def main():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    pairs = [tuple(map(int, pair.split(":"))) for pair in sys.argv[1].split(",")]
    # The call that makes filters last: it is needed for the others.
    for call, error in sorted(pairs, key=lambda pair: pair[0] in (157, 317)):
        fake_away(libc, call, error)
    os.execv(sys.argv[2], sys.argv[2:])


main()
