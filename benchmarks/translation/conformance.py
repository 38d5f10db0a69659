"""``python -m benchmarks.translation.conformance``: LibreTranslate's own tests and two of its clients against `/lt`.

The tests are run from LibreTranslate's installed wheel, with only the fixture of the client replaced; first against a
real LibreTranslate server, so that a test that cannot pass here is known, then against ours.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.translation.environments import ARGOS, LIBRETRANSLATE, BenchmarkError
from benchmarks.translation.figures import REAL
from benchmarks.translation.packages import FIXTURES, prepare
from benchmarks.translation.systems import LIBRETRANSLATE_SERVER, OURS, Running, make_key, running

PEER = Path(__file__).parent / "peer"
OWN_TESTS = ("--pyargs", "libretranslate.tests.test_api")
CLIENTS = (str(PEER / "test_clients.py"),)
SECONDS = 300


def run_tests(server: Running, tests: tuple[str, ...], folder: Path, *, key: str = "none") -> bool:
    """Run tests in the peer's environment against a server; print what they print, return whether all passed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINKBRIDGE_", "PYTEST_"))}
    variables = {
        **kept,
        "LT_URL": f"http://127.0.0.1:{server.port}{server.path.removesuffix('/translate')}",
        "LT_KEY": key,
        "PYTHONPATH": str(PEER),
        "HOME": str(folder),
    }
    settings = folder / "pytest.ini"  # an empty one, so that nobody's settings but the peer's count
    settings.write_text("[pytest]\n", encoding="ascii")
    options = ["-c", str(settings), "-p", "lt_plugin", "-p", "no:cacheprovider", "--noconftest"]
    command: list[str | Path] = [
        LIBRETRANSLATE.python,
        "-m",
        "pytest",
        *options,
        "-W",
        "ignore",
        "-v",
        "--no-header",
        *tests,
    ]
    return subprocess.run(command, env=variables, cwd=folder, check=False, timeout=SECONDS).returncode == 0


def main() -> int:
    """Run all tests. Returns 1 where one failed against our server, or nothing could be run."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.translation.conformance", description=__doc__)
    options.add_argument("--models", type=Path, default=FIXTURES, help="folder of small .argosmodel files")
    chosen = options.parse_args()
    try:
        for environment in (LIBRETRANSLATE, ARGOS):
            environment.install()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            packages = prepare(folder / "packages", chosen.models)[REAL]
            results = {}
            for system in (LIBRETRANSLATE_SERVER, OURS):
                own = folder / system
                own.mkdir()
                with running(system, own, packages) as server:
                    print(f"--- LibreTranslate's own tests against {system}", flush=True)
                    results[f"LibreTranslate's own tests against {system}"] = run_tests(server, OWN_TESTS, own)
                    if system == OURS:
                        print(f"--- clients against {system}", flush=True)
                        passed = run_tests(server, CLIENTS, own, key=make_key(own))
                        results[f"libretranslatepy and deep-translator against {system}"] = passed
    except BenchmarkError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 1
    for what, passed in results.items():
        print(f"{what}: {'passed' if passed else 'FAILED'}")
    return 0 if all(passed for what, passed in results.items() if OURS in what) else 1


if __name__ == "__main__":
    sys.exit(main())
