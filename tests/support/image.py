"""Does here what the Dockerfile does where there is a container engine: builds the wheel, installs it, runs it.

What cannot be had without an engine is the base image and its packages: this machine's stand in for them.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO

from packaging.requirements import Requirement

from tests.support.dockerfile import BASE_PATH, ROOT, Stage, context_files, read_dockerfile

START_SECONDS = 60
STOP_SECONDS = 30
IMAGE_ENVIRONMENT = "/opt/linkbridge"
IMAGE_DATA = "/data"


class RunsAsCurrentUser(UserWarning):
    """The tests do not run as root, so the image's user is not tried. ``.ci/run`` runs as root."""


def build_wheel(stage: Stage, folder: Path) -> Path:
    """Build the wheel from the files alone that the stage copies, and return its path."""
    context = folder / "build"
    copied = {source.rstrip("/") for sources, _ in stage.copies for source in sources}
    for path in context_files():
        if path.as_posix() in copied or path.parts[0] in copied:
            (context / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, context / path)
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel")], folder=context)
    (wheel,) = (folder / "wheel").iterdir()
    return wheel


def install(wheel: Path, target: Path, python: Path) -> None:
    """Install the wheel into an environment that has what it requires from the locked one, and nothing else."""
    _run([str(python), "-m", "venv", "--without-pip", str(target)])
    packages = next(target.glob("lib/python*/site-packages"))
    for name in requirements_of(metadata.distribution("linkbridge")):
        distribution = metadata.distribution(name)
        for file in distribution.files or ():
            if ".." not in file.parts:
                _link_with_bytecode(Path(str(file.locate())), packages / file)
    program = [str(target / "bin/python"), "-m", "installer", "--compile-bytecode", "0", str(wheel)]
    _run(program, environment={"PYTHONPATH": str(metadata.distribution("installer").locate_file(""))})


def requirements_of(distribution: metadata.Distribution) -> set[str]:
    """Return the names of everything that a distribution needs on this machine, directly or not."""
    found: set[str] = set()
    waiting = [(distribution, "")]
    done: set[tuple[str, str]] = set()
    while waiting:
        current, extra = waiting.pop()
        for text in current.requires or ():
            requirement = Requirement(text)
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            try:
                needed = metadata.distribution(requirement.name)
            except metadata.PackageNotFoundError:
                continue  # kept out of the lock file by an override in pyproject.toml
            found.add(needed.name)
            for wanted in ({(needed.name, part) for part in ("", *requirement.extras)}) - done:
                done.add(wanted)
                waiting.append((needed, wanted[1]))
    return found


def reachable_python(folder: Path) -> Path:
    """Return an interpreter that every user may run: this one, or a copy when it lives in somebody's home."""
    program = Path(sys.base_prefix).resolve() / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in program.parents):
        return program
    for part in (f"bin/{program.name}", f"lib/{program.name}"):
        source, target = program.parents[1] / part, folder / "python" / part
        if source.is_file():
            _link(source, target)
        else:
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("site-packages", "test"), copy_function=_link)
    for library in (program.parents[1] / "lib").glob("libpython*"):
        _link(library, folder / "python/lib" / library.name)
    return folder / "python/bin" / program.name


def library_path(python: Path) -> dict[str, str]:
    """Return where an interpreter that was copied finds its own library: it still looks in the old place."""
    return {"LD_LIBRARY_PATH": str(python.parents[1] / "lib")}


def _link_with_bytecode(source: Path, target: Path) -> None:
    """Take a file over, and what Python compiled of it: the image is compiled as well."""
    if target.suffix == ".pyc" or target.exists() or not source.is_file():
        return
    _link(source, target)
    cached = f"__pycache__/{source.stem}.{sys.implementation.cache_tag}.pyc"
    if source.suffix == ".py" and (source.parent / cached).is_file():
        _link(source.parent / cached, target.parent / cached)


def _link(source: str | Path, target: str | Path) -> None:
    """Link a file, or copy it to another file system. The image's user can look into no home, but at the file."""
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(Path(source).resolve(), target)
    except OSError:
        shutil.copy2(source, target)


def _run(command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> None:
    given = {**library_path(Path(command[0]).resolve()), **(environment or {})}
    done = subprocess.run(command, env=given, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"


@dataclass(frozen=True)
class Image:
    """The image, its environment installed at ``environment`` and its user's number as far as we may be that user."""

    stage: Stage
    environment: Path
    user: int | None

    def program(self, command: Sequence[str] | None = None) -> list[str]:
        """Return what a container runs: the entry point with ``command``, or with the image's own."""
        return [*self.stage.command("ENTRYPOINT"), *(self.stage.command("CMD") if command is None else command)]


def make_image(folder: Path) -> Image:
    """Build and install in ``folder``, which every user may look into."""
    build, *_, final = (stage for stage in read_dockerfile() if stage.name != "base")
    install(build_wheel(build, folder), folder / "linkbridge", reachable_python(folder))
    uid, _, gid = final.single["USER"].partition(":")
    assert uid == gid == "10001"
    if os.geteuid() != 0:
        warnings.warn(f"not root: the container's commands run as {os.geteuid()}", RunsAsCurrentUser, stacklevel=2)
        return Image(final, folder / "linkbridge", None)
    return Image(final, folder / "linkbridge", int(uid))


@dataclass
class Container:
    """A container of the image: an environment of its own, a data folder, a port, and no more of this process."""

    image: Image
    data: Path
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] | None = None
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log_path = self.data.parent / f"{self.data.name}-{'-'.join(self.command or ('own',))}.log"
        if not self.data.exists():
            self.data.mkdir(mode=0o700)
            if self.image.user is not None:
                os.chown(self.data, self.image.user, self.image.user)

    @property
    def variables(self) -> dict[str, str]:
        """The environment inside: the image's, then the container's; paths of the image become paths here."""
        inside = {"HOME": IMAGE_DATA, **self.image.stage.environment, **self.environment}
        places = {IMAGE_ENVIRONMENT: str(self.image.environment), IMAGE_DATA: str(self.data), "$PATH": BASE_PATH}
        moved = {name: _moved(value, places) for name, value in inside.items()}
        assert moved["LINKBRIDGE_PORT"] == self.image.stage.single["EXPOSE"]
        python = (self.image.environment / "bin/python").resolve()
        return {**moved, **library_path(python), "LINKBRIDGE_PORT": str(self.port)}

    def start(self) -> None:
        """Start the command."""
        with self.log_path.open("ab") as log:
            self.process = self._spawn(self.image.program(self.command), output=log)

    def is_healthy(self) -> bool:
        """Run the image's own health check, as an engine does, and return whether it is content."""
        status, _ = self.run(self.image.stage.health_command)
        return status == 0

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run another command inside, and return its exit status and what it wrote."""
        process = self._spawn(command, output=subprocess.PIPE)
        written, _ = process.communicate(timeout=START_SECONDS)
        return process.returncode, written.decode()

    def wait_until_healthy(self) -> None:
        """Run the health check until it is content.

        Raises:
            RuntimeError: the server ended, or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            if self.is_healthy():
                return
        raise RuntimeError(f"the container is not healthy:\n{self.log}")

    def wait_for_log(self, text: str) -> None:
        """Wait until the log holds ``text``.

        Raises:
            RuntimeError: the command ended, or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            if text in self.log:
                return
            time.sleep(0.05)
        raise RuntimeError(f"{text} is not in the log:\n{self.log}")

    @property
    def log(self) -> str:
        """What the command wrote."""
        return self.log_path.read_text("utf-8", errors="replace")

    def owners(self) -> Iterator[int]:
        """Yield the user of the process, as the system knows it, and of everything that it wrote."""
        assert self.process is not None
        yield Path(f"/proc/{self.process.pid}").stat().st_uid
        for path in self.data.rglob("*"):
            yield path.lstat().st_uid

    def stop(self) -> int:
        """Stop it as an engine does, and return the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.Signals[self.image.stage.single["STOPSIGNAL"]])
        status = self.process.wait(STOP_SECONDS)
        self.process = None
        return status

    def kill(self) -> None:
        """End it if it still runs."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _spawn(self, command: Sequence[str], *, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        user = self.image.user
        return subprocess.Popen(
            command,
            env=self.variables,
            cwd=self.data,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            umask=0o022,
        )


def _moved(value: str, places: Mapping[str, str]) -> str:
    for inside, here in places.items():
        value = value.replace(inside, here) if inside == "$PATH" or value.startswith(inside) else value
    return value
