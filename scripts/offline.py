"""Runs a command where there is no network but this machine's loopback, if the machine allows that; else as it is.

Usage: ``python scripts/offline.py COMMAND …``. Linux only, and only as root: a network namespace of its own, with
nothing in it but ``lo`` and two interfaces that are connected with each other alone, because a browser that sees none
but ``lo`` calls itself offline. Everything that the command starts is in there too.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys

_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
_CONNECTED = (
    ("link", "add", "here", "type", "veth", "peer", "name", "there"),
    ("addr", "add", "192.0.2.1/32", "dev", "here"),
    ("link", "set", "here", "up"),
    ("link", "set", "there", "up"),
)
"""Commands of ``ip``. The address is one of documentation (RFC 5737); no route leads anywhere."""
MARK = "TESTS_RUN_OFFLINE"
"""Set where the command really runs without a network, so that a test can hold it to that."""


def leave_the_network() -> bool:
    """Move this process into a namespace with loopback alone; return whether that was allowed."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare") or library.unshare(_CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    for command in _CONNECTED:
        subprocess.run(["ip", *command], check=False, stderr=subprocess.DEVNULL)  # noqa: S603, S607 - fixed commands
    return True


def main() -> None:
    """Run the command in the place of this process."""
    if leave_the_network():
        os.environ[MARK] = "1"
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the command that the Makefile gives


if __name__ == "__main__":
    main()
