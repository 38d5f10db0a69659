"""What the Dockerfile, compose.yaml and the proxy's and systemd's files say, held against the code."""

import re
import tomllib
from configparser import ConfigParser
from typing import Any

import pytest

from linkbridge import __version__
from linkbridge.cli import COMMANDS
from linkbridge.settings import Settings
from scripts.setup import COMPONENTS
from tests.support.dockerfile import ROOT, context_files, read_compose, read_dockerfile

SETTINGS = {f"LINKBRIDGE_{name.upper()}" for name in Settings.model_fields}
COMMAND_NAMES = {command.name for command in COMMANDS}
POSTGRES_CLIENTS = {"bookworm": 15, "trixie": 17}
"""The major version of ``postgresql-client`` in each Debian. A client refuses to copy what a newer server holds."""
ENV_FILE = {"DOMAIN": "rights.example.org", "POSTGRES_PASSWORD": "p@ss/word:#%"}
PINNED = re.compile(r"[a-z/]+:\d+\.\d+(\.\d+)?-[a-z-]+\Z")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return read_compose(ENV_FILE)


def test_dockerfile_builds_on_one_pinned_base() -> None:
    base, build, final = read_dockerfile()
    assert PINNED.match(base.base)
    assert (build.base, final.base) == ("base", "base")
    assert final.copies_from == [("build", "/opt/linkbridge", "/opt/linkbridge")]
    assert build.environment["UV_PROJECT_ENVIRONMENT"] == "/opt/linkbridge"


def test_dockerfile_installs_from_the_lock_file_without_development_tools_and_not_editable() -> None:
    _, build, _ = read_dockerfile()
    syncs = [run for run in build.runs if "uv sync" in run]
    assert syncs
    assert all({"--frozen", "--no-dev"} <= set(run.split()) for run in syncs)
    assert "--no-editable" in syncs[-1].split()
    assert any(re.search(r"pip install .*\buv==\d", run) for run in build.runs)


def test_dockerfile_copies_what_is_there_and_gets_nothing_else() -> None:
    _, build, final = read_dockerfile()
    copied = {source for sources, _ in build.copies for source in sources}
    sent = list(context_files())
    assert {path.parts[0] for path in sent} == copied
    assert not final.copies
    assert not [path for path in sent if path.suffix == ".pyc" or "__pycache__" in path.parts]


def test_dockerfile_installs_every_component_that_setup_does() -> None:
    *_, final = read_dockerfile()
    wanted = {component.package for component in COMPONENTS if "demo" in component.tasks}
    assert wanted | {"postgresql-client"} <= set(" ".join(final.runs).split())


def test_dockerfile_names_settings_version_port_and_a_user_that_is_not_root() -> None:
    *_, final = read_dockerfile()
    named = {name for name in final.environment if name.startswith("LINKBRIDGE_")}
    assert named <= SETTINGS
    assert final.environment["LINKBRIDGE_PORT"] == final.single["EXPOSE"]
    assert final.environment["LINKBRIDGE_DATA_DIR"] == final.single["WORKDIR"] == "/data"
    assert final.command("VOLUME") == ["/data"]
    assert final.labels["org.opencontainers.image.version"] == __version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert final.labels["org.opencontainers.image.licenses"] == project["license"]
    assert final.single["USER"] == "10001:10001"


def test_compose_asks_for_every_secret_and_has_none(compose: dict[str, Any]) -> None:
    for name in ENV_FILE:
        with pytest.raises(KeyError, match=f"set {name}"):
            read_compose({other: value for other, value in ENV_FILE.items() if other != name})
    secrets = {f"LINKBRIDGE_{name.upper()}" for name, field in Settings.model_fields.items() if is_secret(field)}
    for service in compose["services"].values():
        environment = service.get("environment", {})
        assert not [name for name in secrets & set(environment) if environment[name]]
    assert read_variable(compose, "db", "POSTGRES_PASSWORD") == read_variable(compose, "web", "PGPASSWORD")
    assert "@db/" in read_variable(compose, "web", "LINKBRIDGE_DATABASE_URL")


def is_secret(field: Any) -> bool:
    return "SecretStr" in str(field.annotation)


def read_variable(compose: dict[str, Any], service: str, name: str) -> str:
    value: str = compose["services"][service]["environment"][name]
    return value


def test_compose_runs_commands_and_sets_settings_that_exist(compose: dict[str, Any]) -> None:
    ours = {name: service for name, service in compose["services"].items() if "build" in service}
    assert set(ours) == {"web", "worker", "fonts"}
    for service in ours.values():
        assert service["image"] == f"linkbridge:{__version__}"
        assert service["command"][0] in COMMAND_NAMES
        assert set(service.get("environment", {})) - {"PGPASSWORD"} <= SETTINGS
        assert service["volumes"] == ["data:/data"]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_compose_pins_images_and_a_postgresql_no_newer_than_the_images_client(compose: dict[str, Any]) -> None:
    foreign = {name: service["image"] for name, service in compose["services"].items() if "build" not in service}
    assert set(foreign) == {"proxy", "db", "turn"}
    assert all(PINNED.match(image) for image in foreign.values())
    server = int(re.findall(r"\d+", foreign["db"])[0])
    base, *_ = read_dockerfile()
    assert server <= POSTGRES_CLIENTS[base.base.rpartition("-")[2]]


def test_compose_publishes_the_proxy_alone_and_trusts_its_address_alone(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    address = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert read_variable(compose, "web", "LINKBRIDGE_TRUSTED_PROXIES") == address
    assert all(compose["networks"][name]["internal"] is True for name in ("front", "back"))
    assert services["web"]["networks"] == ["front", "back"]
    assert services["db"]["networks"] == ["back"]


def test_compose_names_networks_and_volumes_that_it_declares(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("networks", ())) <= set(compose["networks"])
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or source.startswith("./")
    assert (ROOT / "deploy/Caddyfile").is_file()


def test_proxy_passes_on_to_the_web_service_and_reads_what_compose_gives_it(compose: dict[str, Any]) -> None:
    text = (ROOT / "deploy/Caddyfile").read_text("utf-8")
    variables = dict(re.findall(r"\{\$([A-Z_]+)(?::([^}]*))?\}", text))
    *_, final = read_dockerfile()
    assert variables["UPSTREAM"] == f"web:{final.single['EXPOSE']}"
    without_default = {name for name, default in variables.items() if not default}
    assert without_default == set(compose["services"]["proxy"]["environment"])


def test_systemd_unit_runs_commands_and_sets_settings_that_exist() -> None:
    text = (ROOT / "deploy/linkbridge@.service").read_text("utf-8")
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    assert unit["Service"]["ExecStart"].split()[-1] == "%i"
    assert unit["Service"]["ExecStartPre"].split()[-1] in COMMAND_NAMES
    assert set(re.findall(r"\bLINKBRIDGE_[A-Z_]+", text)) <= SETTINGS
