"""
A scanner for malware that speaks the INSTREAM protocol of ClamAV's clamd.

It is optional. What every installation refuses is the test file of the scanners' makers.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final

from qinghe.claims.terms import Scan

# In two pieces, or a scanner would take this module for it.
TEST_FILE: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PIECE: Final = 64 * 1024
# A scan of the largest file takes seconds; beyond this the scanner is stuck.
SECONDS: Final = 30
LONGEST_ANSWER: Final = 4096
PORT: Final = 3310
UNIX, TCP = "unix:", "tcp:"


@dataclass(frozen=True)
class Verdict:
    """What a scanner says, and the name it gives to what it found."""

    scan: Scan
    found: str = ""


def scan(content: bytes, *, address: str) -> Verdict:
    """
    Return what the scanner at an address says of a file.

    :param address: `unix:/path`, `tcp:host:port`, or empty when there is no scanner
    """
    if TEST_FILE in content:
        return Verdict(Scan.INFECTED, "EICAR")
    if not address:
        return Verdict(Scan.UNCHECKED)
    try:
        return _read(_asked(content, address))
    except OSError:
        return Verdict(Scan.WAITING)


def _asked(content: bytes, address: str) -> bytes:
    with _connected(address) as line:
        line.sendall(b"zINSTREAM\0")
        for place in range(0, len(content), PIECE):
            piece = content[place : place + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            more = line.recv(LONGEST_ANSWER)
            if not more:
                break
            answer += more
        return answer


def _connected(address: str) -> socket.socket:
    if address.startswith(TCP):
        host, _colon, port = address.removeprefix(TCP).rpartition(":")
        return socket.create_connection((host, int(port or PORT)), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(SECONDS)
        line.connect(address.removeprefix(UNIX))
    except OSError:
        line.close()
        raise
    return line


def _read(answer: bytes) -> Verdict:
    """Read `stream: OK` or `stream: NAME FOUND`; every other answer is none."""
    words = answer.rstrip(b"\0\n").decode("ascii", errors="replace").removeprefix("stream: ")
    if words == "OK":
        return Verdict(Scan.CLEAN)
    if words.endswith(" FOUND"):
        return Verdict(Scan.INFECTED, words.removesuffix(" FOUND")[:80])
    return Verdict(Scan.WAITING)
