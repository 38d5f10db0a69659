"""The reference pages name everything that the program has, and nothing that it has not."""

import ast
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import dropwhile
from typing import Any

import pytest
from cryptography.fernet import Fernet
from prometheus_client import REGISTRY

import linkbridge
from linkbridge.kernel.errors import DomainError
from linkbridge.notifications.mail import parse_smtp_url
from linkbridge.settings import Settings
from linkbridge.web.errors import STATUS
from scripts.reference import Command, commands
from tests.support.documents import ROOT, page, pages

CONFIGURATION = page("docs/configuration.md")
COMMANDS = page("docs/commands.md")
ERRORS = page("docs/errors.md")
SOURCE = ROOT / "src/linkbridge"
_ACTS_ON_OWN_INPUT = {"linkbridge.migrations.env"}


def variable(name: str) -> str:
    return f"LINKBRIDGE_{name.upper()}"


@pytest.fixture(scope="module", autouse=True)
def all_modules() -> None:
    """Import everything, so that nothing stays unknown."""
    for module in pkgutil.walk_packages(linkbridge.__path__, "linkbridge."):
        if module.name not in _ACTS_ON_OWN_INPUT and ".versions" not in module.name:
            importlib.import_module(module.name)


# --- settings and commands


def test_tables_made_from_the_program_are_up_to_date() -> None:
    command = [sys.executable, "scripts/reference.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_described_with_its_meaning(name: str) -> None:
    [row] = [row for row in CONFIGURATION.rows() if row[0] == f"`{variable(name)}`"]
    assert row[3] == Settings.model_fields[name].description


def test_every_setting_has_an_example_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "\n".join(["set -eua", *CONFIGURATION.blocks("sh"), "exec env -0"])
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    given = dict(line.split("=", 1) for line in shown.split("\0") if line.startswith("LINKBRIDGE_"))
    assert set(given) == {variable(name) for name in Settings.model_fields}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.field_keys is not None
    assert settings.smtp_url is not None
    Fernet(settings.field_keys.get_secret_value())
    assert parse_smtp_url(settings.smtp_url.get_secret_value()).host == "mail.example"


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {variable(name) for name in Settings.model_fields}
    for_developers = {"LINKBRIDGE_NO_APT", "LINKBRIDGE_TEST_POSTGRES"}
    for document in pages():
        named = set(re.findall(r"LINKBRIDGE_[A-Z][A-Z_]*[A-Z]", document.text))
        assert named <= known | for_developers, document.name


def test_every_retention_is_among_what_is_kept_about_people() -> None:
    kept = {variable(name) for name in Settings.model_fields if name.startswith("retain_")}
    assert kept <= page("docs/operations/privacy.md").code


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=[words for words, _ in commands()])
def test_command_is_described_with_its_options(words: str, command: Command) -> None:
    _, section = re.split(rf"^### `{re.escape(words)}(?: [^`]*)?`$", COMMANDS.text, maxsplit=1, flags=re.MULTILINE)
    section = re.split(r"^### ", section, maxsplit=1, flags=re.MULTILINE)[0]
    for parameter in command.params:
        names = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar or parameter.name]
        for name in (*names, *parameter.secondary_opts):
            assert f"`{name}`".lower() in section.lower()
        assert parameter.help
        assert parameter.help in section


def test_commands_in_the_documents_exist_with_their_options() -> None:
    known = dict(commands())
    lines = [line for document in pages() for block in document.blocks("sh") for line in block.splitlines()]
    called = list(filter(None, map(command_line, lines)))
    assert len(called) > 5
    for words in called:
        names = [" ".join(["linkbridge", *words[1:end]]) for end in (2, 3, 4)]
        command = next((known[name] for name in names if name in known), None)
        assert command is not None, words
        options = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= options, words


def command_line(line: str) -> list[str] | None:
    """The words of a line that calls ``linkbridge``, without variables set for it alone."""
    try:
        words = list(dropwhile(lambda word: "=" in word, shlex.split(line, comments=True)))
    except ValueError:
        return None  # part of a longer text
    return words if words and words[0].rpartition("/")[2] == "linkbridge" else None


# --- errors


def domain_errors(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for error in base.__subclasses__():
        yield error
        yield from domain_errors(error)


def literals(path: str, function: str) -> set[str]:
    """The fixed words with which ``function`` is called in a module."""
    calls = [node for node in ast.walk(ast.parse((SOURCE / path).read_text())) if isinstance(node, ast.Call)]
    return {
        argument.value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == function
        for argument in call.args
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and re.fullmatch(r"[a-z]+[a-z0-9]*(?:[_-][a-z0-9]+)*", argument.value)
    }


def test_every_error_of_the_domains_is_described_with_its_status() -> None:
    described = {(row[0].strip("`"), row[1]) for row in ERRORS.rows()}
    assert {(error.code, str(status)) for error, status in STATUS.items()} <= described
    without_status = {error.code for error in domain_errors() if not STATUS.keys() & set(error.__mro__)}
    assert without_status == {"phrasebook_file"}  # nothing starts with it, so no page ever shows it
    assert "phrasebook_file" in {code for code, _ in described}


def test_every_error_of_http_is_described() -> None:
    codes = literals("web/errors.py", "_answer")
    source = (SOURCE / "web/errors.py").read_text()
    [mapping] = re.findall(r"code = (\{.*?\})\.get\(", source)
    codes |= set(ast.literal_eval(mapping).values()) | {"http_error"}
    assert {"crash", "malformed", "method_not_allowed"} <= codes
    assert codes <= {row[0].strip("`") for row in ERRORS.rows()}


def test_every_code_of_a_delivery_is_described() -> None:
    modules = ("mail", "ports", "push", "telegram")
    codes = set().union(*(literals(f"notifications/{module}.py", "DeliveryError") for module in modules))
    assert {"channel-off", "mail-tls", "push-gone", "telegram-blocked"} <= codes
    assert codes | {"unexpected"} <= ERRORS.code


def test_every_code_of_the_check_of_phrasebooks_is_described_and_no_other() -> None:
    modules = ("checks", "files", "glossary_files", "po", "quality", "terminology", "yaml_source")
    names = ("error", "_error", "_warning", "warning", "Problem")
    found = [literals(f"phrasebook/{module}.py", name) for module in modules for name in names]
    codes = set().union(*found)
    section = ERRORS.text.partition("## Phrasebooks")[2]
    described = {
        code for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for code in re.findall(r"`(\w+)`", row)
    }
    assert described == codes


# --- metrics and make


def test_every_metric_is_described_with_its_labels_and_no_other() -> None:
    collectors = set(REGISTRY._collector_to_names)
    ours = [each for each in collectors if getattr(each, "_name", "").startswith("linkbridge_")]
    assert len(ours) >= 2
    described = {tuple(row[:3]) for row in page("docs/metrics.md").rows() if row[0].startswith("`linkbridge_")}
    assert described == {_described(collector) for collector in ours}


def _described(collector: Any) -> tuple[str, str, str]:
    kind: str = collector._type
    name = f"{collector._name}_total" if kind == "counter" else collector._name
    return f"`{name}`", kind, ", ".join(f"`{label}`" for label in collector._labelnames)


def test_every_recipe_of_make_is_described_and_no_other() -> None:
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    described = {
        recipe
        for document in pages()
        for source in (*document.code, *"\n".join(document.blocks("sh")).splitlines())
        for recipe in re.findall(r"^make ([a-z-]+)", source)
    }
    assert described == recipes
