"""Runs a command where there is no network but this machine's loopback, if the machine allows that; else as it is.

Usage: ``python scripts/offline.py COMMAND …``. Linux only, and only as root: a network namespace of its own, with
nothing in it but ``lo``. Everything that the command starts is in there too.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
MARK = "TESTS_RUN_OFFLINE"
"""Set where the command really runs without a network, so that a test can hold it to that."""


def leave_the_network() -> bool:
    """Move this process into a namespace with loopback alone; return whether that was allowed."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare") or library.unshare(_CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    return True


def main() -> None:
    """Run the command in the place of this process."""
    if leave_the_network():
        os.environ[MARK] = "1"
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the command that the Makefile gives


if __name__ == "__main__":
    main()
