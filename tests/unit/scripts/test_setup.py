"""How a checkout is set up on machines that lack one thing or another. Every program that is run is a stand-in."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import setup
from scripts.setup import Component, SetupError

NEW_UV = 'echo "uv 0.9.30"'
OLD_UV = 'echo "uv 0.4.29"'


@dataclass
class Machine:
    """A machine with nothing but a shell, and what is put on its path."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    def install(self, name: str, script: str) -> Path:
        """Put a program on the path. It leaves notes of what it was asked for in ``$NOTES``."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    @property
    def notes(self) -> list[str]:
        """What the programs were asked for, line by line."""
        path = self.folder / "notes"
        return path.read_text().splitlines() if path.exists() else []

    def has(self, name: str) -> bool:
        """Whether something was installed by a stand-in of apt-get."""
        return (self.folder / "installed" / name).exists()

    def component(self, name: str, gives: str, tasks: frozenset[str] = setup.EVERYWHERE) -> Component:
        return Component(name, gives, lambda: self.has(name), tasks)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    made.programs.mkdir()
    (tmp_path / "installed").mkdir()
    for name in ("sh", "mkdir", "cp", "chmod", "touch", "cat"):
        (made.programs / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(made.programs))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    monkeypatch.setenv("INSTALLED", str(tmp_path / "installed"))
    for name in ("CI", "LINKBRIDGE_NO_APT", "PIP_BREAK_SYSTEM_PACKAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(setup, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv" / "stamp")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    voices = made.component("espeak-ng", "synthetic voices")
    browser = made.component("chromium", "browser tests", setup.FOR_TESTS)
    monkeypatch.setattr(setup, "COMPONENTS", (voices, browser))
    return made


@pytest.fixture
def root(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The same as Debian, as root: apt-get notes what it is asked for, and installs it once its lists are there."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    machine.install(
        "apt-get",
        'echo "apt-get $*" >> "$NOTES"\n'
        'if [ "$1" = update ]; then touch "$INSTALLED/lists"; exit 0; fi\n'
        '[ -e "$INSTALLED/lists" ] || exit 100\n'
        'for name in "$@"; do case "$name" in install|-*) ;; *) touch "$INSTALLED/$name";; esac; done',
    )
    return machine


# --- what the system lacks


def test_what_is_missing_is_listed_with_what_it_costs_and_how_to_install_it(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    setup.prepare_system("test")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:5] == [
        "This machine lacks:",
        "  espeak-ng            without it: no synthetic voices",
        "  chromium             without it: no browser tests",
        "Install them with:  sudo apt-get install espeak-ng chromium",
    ]
    assert machine.notes == []


@pytest.mark.usefixtures("machine")
def test_demo_asks_for_nothing_that_only_tests_need(capsys: pytest.CaptureFixture[str]) -> None:
    setup.prepare_system("demo")
    assert "chromium" not in capsys.readouterr().out


def test_nothing_is_said_where_nothing_is_missing(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("espeak-ng", "chromium"):
        (machine.folder / "installed" / name).touch()
    setup.prepare_system("test")
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("machine")
def test_in_ci_nothing_may_be_missing_for_tests_but_a_demo_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SetupError, match="With CI=true nothing may be missing"):
        setup.prepare_system("test")
    setup.prepare_system("demo")


def test_root_on_debian_gets_what_is_missing_and_lists_are_fetched_only_when_needed(
    root: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    install = "apt-get install -y -qq --no-install-recommends"
    setup.prepare_system("demo")
    assert root.notes == [f"{install} espeak-ng", "apt-get update -qq", f"{install} espeak-ng"]
    setup.prepare_system("test")
    assert root.notes[3:] == [f"{install} chromium"]
    assert "lacks" not in capsys.readouterr().out


def test_root_is_left_alone_when_told_so(
    root: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINKBRIDGE_NO_APT", "1")
    setup.prepare_system("demo")
    assert root.notes == []
    assert "sudo apt-get install espeak-ng" in capsys.readouterr().out


def test_what_could_not_be_installed_is_listed(root: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    root.install("apt-get", "exit 100")
    setup.prepare_system("demo")
    assert "  espeak-ng            without it: no synthetic voices" in capsys.readouterr().out.splitlines()


def test_user_who_is_not_root_installs_nothing(root: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    setup.prepare_system("test")
    assert root.notes == []


def test_every_component_says_what_is_lost_without_it() -> None:
    for component in setup.COMPONENTS:
        assert component.gives
        assert isinstance(component.present(), bool)


# --- uv


def python(machine: Machine, monkeypatch: pytest.MonkeyPatch, *, venv: str, pip: str) -> None:
    """Let the setup run with a Python whose ``-m venv <place>`` and ``-m pip`` do as told."""
    script = f'echo "python $*" >> "$NOTES"\ncase "$2" in venv) place="$3"; {venv};; pip) {pip};; esac'
    path = machine.install("python-stand-in", script)
    monkeypatch.setattr(sys, "executable", str(path))


@pytest.fixture
def working_pip(machine: Machine) -> Callable[[str], str]:
    """The shell words with which a stand-in of pip installs uv into a folder."""
    new = machine.install("uv-new", NEW_UV)
    return lambda place: f'mkdir -p "{place}" && cp "{new}" "{place}/uv"'


MAKES_VENV = 'mkdir -p "$place/bin" && cp "$0" "$place/bin/python"'


def test_uv_that_is_installed_is_taken(machine: Machine) -> None:
    path = machine.install("uv", NEW_UV)
    assert setup.find_uv() == path
    assert machine.notes == []


@pytest.mark.parametrize("installed", [None, OLD_UV, "echo nonsense", "exit 1"])
def test_uv_that_is_absent_old_or_broken_is_installed_into_an_environment_of_its_own(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, working_pip: Callable[[str], str], installed: str | None
) -> None:
    if installed is not None:
        machine.install("uv", installed)
    place = machine.folder / ".tools" / "venv"
    python(machine, monkeypatch, venv=MAKES_VENV, pip=working_pip(f"{place}/bin"))
    assert setup.find_uv() == place / "bin" / "uv"
    assert machine.notes == [f"python -m venv {place}", "python -m pip install --quiet uv>=0.8"]
    assert setup.find_uv() == place / "bin" / "uv"
    assert len(machine.notes) == 2, "it is installed once"


def test_python_without_venv_installs_uv_although_pip_is_externally_managed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, working_pip: Callable[[str], str]
) -> None:
    place = machine.folder / ".tools" / "uv"
    managed = f'[ "$PIP_BREAK_SYSTEM_PACKAGES" = 1 ] || exit 1; {working_pip(f"{place}/bin")}'
    python(machine, monkeypatch, venv="exit 1", pip=managed)
    assert setup.find_uv() == place / "bin" / "uv"
    assert machine.notes[-1] == f"python -m pip install --quiet --upgrade --target {place} uv>=0.8"
    assert "PIP_BREAK_SYSTEM_PACKAGES" not in os.environ


def test_root_on_debian_installs_what_python_lacks(
    root: Machine, monkeypatch: pytest.MonkeyPatch, working_pip: Callable[[str], str]
) -> None:
    place = root.folder / ".tools" / "venv"
    late = f'[ -e "$INSTALLED/python3-venv" ] || exit 1; {MAKES_VENV}'
    pip = f'[ -e "$INSTALLED/python3-venv" ] || exit 1; {working_pip(f"{place}/bin")}'
    python(root, monkeypatch, venv=late, pip=pip)
    assert setup.find_uv() == place / "bin" / "uv"


def test_python_without_venv_and_pip_is_told_what_to_install(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python(machine, monkeypatch, venv="exit 1", pip="exit 1")
    assert setup.main(["environment"]) == 1
    assert "apt-get install python3-venv" in capsys.readouterr().out


# --- the environment


def test_environment_is_made_from_the_lock_file_once(machine: Machine) -> None:
    venv = machine.folder / ".venv" / "bin"
    machine.install(
        "uv",
        f'[ "$1" = --version ] && {{ {NEW_UV}; exit 0; }}\n'
        'echo "uv $* $UV_PYTHON_DOWNLOADS" >> "$NOTES"\n'
        f'mkdir -p "{venv}" && touch "{venv}/linkbridge"',
    )
    assert setup.main(["environment"]) == 0
    assert setup.main(["environment"]) == 0
    assert machine.notes == [f"uv sync --frozen --quiet --python {sys.executable} never"]


def test_environment_that_could_not_be_made_is_tried_again(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.install("uv", f'[ "$1" = --version ] && {{ {NEW_UV}; exit 0; }}\necho failed >> "$NOTES"; exit 2')
    assert setup.main(["environment"]) == 1
    assert (
        capsys.readouterr().out.splitlines()[-1] == "The locked environment could not be installed. Is there a network?"
    )
    assert setup.main(["environment"]) == 1
    assert machine.notes == ["failed", "failed"]


@pytest.mark.usefixtures("machine")
def test_unknown_task_is_refused_with_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["everything"]) == 2
    assert capsys.readouterr().out == "unknown task 'everything': environment, demo, test or bench\n"
