"""The tests themselves run without a network: nothing that they start can reach beyond this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OFFLINE = [sys.executable, str(ROOT / "scripts/offline.py")]

ALONE = {"lo", "here", "there"}
"""Loopback, and two interfaces that lead only to each other."""


def interfaces() -> set[str]:
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    return {line.partition(":")[0].strip() for line in lines}


def test_no_network_is_there_where_the_runner_says_so() -> None:
    if os.environ.get("TESTS_RUN_OFFLINE") == "1":
        assert interfaces() <= ALONE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a network namespace")
def test_command_and_its_children_have_loopback_alone() -> None:
    script = (
        "import subprocess,socket,sys;"
        "s=socket.create_server(('127.0.0.1',0));socket.create_connection(s.getsockname()).close();"
        "print(subprocess.run(['cat','/proc/net/dev'],capture_output=True,text=True).stdout)"
    )
    shown = subprocess.run([*OFFLINE, sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert {line.partition(":")[0].strip() for line in shown.splitlines()[2:] if line.strip()} <= ALONE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a network namespace")
def test_no_route_leads_out() -> None:
    script = "import socket;s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);s.connect(('198.51.100.1',9))"
    ended = subprocess.run([*OFFLINE, sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "Network is unreachable" in ended.stderr


def test_exit_code_is_that_of_the_command() -> None:
    assert subprocess.run([*OFFLINE, sys.executable, "-c", "raise SystemExit(7)"], check=False).returncode == 7
