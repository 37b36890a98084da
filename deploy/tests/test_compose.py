"""compose.yaml: every profile is whole, every service is held in, every variable has a value."""

import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from variants.catalog import load_variants

VARIANTS = list(load_variants())
# What `docker compose --profile NAME up` starts.
PROFILES = {
    **{name: {name, "postgres", "migrate", "seed"} for name in VARIANTS},
    "proxy": {"proxy", "replica-a", "replica-b", "redis", "postgres", "migrate", "seed"},
    "redis": {"redis"},
    "load": {"locust", "locust-worker"},
    "monitoring": {"prometheus", "grafana"},
}
SERVICES = sorted(set().union(*PROFILES.values()))
_INTERPOLATION = re.compile(r"\$\{(?P<name>\w+)(?P<default>:-[^}]*)?\}")
SHUTDOWN_TIMEOUT_SECONDS = 30


def _texts(value: object) -> list[str]:
    """Every text in a document, keys left out as Compose leaves them."""
    if isinstance(value, dict):
        return [text for child in value.values() for text in _texts(child)]
    if isinstance(value, list):
        return [text for child in value for text in _texts(child)]
    return [value] if isinstance(value, str) else []


def _interpolated(text: str, variables: dict[str, str]) -> str:
    return _INTERPOLATION.sub(lambda match: variables.get(match["name"]) or (match["default"] or "")[2:], text)


def _started_with(compose: dict[str, Any], profile: str) -> set[str]:
    return {name for name, service in compose["services"].items() if profile in service["profiles"]}


def _needed_by(compose: dict[str, Any], name: str) -> set[str]:
    needed = {name}
    for other in compose["services"][name].get("depends_on", {}):
        needed |= _needed_by(compose, other)
    return needed


def test_the_file_is_as_the_specification_has_it(root: Path) -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    command = [str(tool), "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_there_are_no_other_profiles_nor_services(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert sorted(services) == SERVICES
    assert {profile for service in services.values() for profile in service["profiles"]} == set(PROFILES)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_starts_what_it_needs_and_nothing_else(compose: dict[str, Any], profile: str) -> None:
    started = _started_with(compose, profile)
    assert started == PROFILES[profile]
    for name in started:
        assert _needed_by(compose, name) <= started


@pytest.mark.parametrize("name", VARIANTS)
def test_naming_a_variant_starts_it_and_what_it_needs(compose: dict[str, Any], name: str) -> None:
    # `docker compose up NAME` turns the profiles of NAME on, and starts what NAME depends on.
    assert compose["services"][name]["profiles"] == [name]
    assert _needed_by(compose, name) == PROFILES[name]


@pytest.mark.parametrize("name", [*VARIANTS, "replica-a", "replica-b"])
def test_a_variant_waits_until_its_database_is_migrated_and_seeded(compose: dict[str, Any], name: str) -> None:
    services = compose["services"]
    done = {"condition": "service_completed_successfully"}
    assert services[name]["depends_on"]["migrate"] == services[name]["depends_on"]["seed"] == done
    assert services["seed"]["depends_on"] == {"migrate": done}
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", SERVICES)
def test_who_is_waited_for_can_be_healthy(compose: dict[str, Any], name: str) -> None:
    services = compose["services"]
    for other, how in services[name].get("depends_on", {}).items():
        built = str(services[other].get("build", {}).get("dockerfile", ""))
        expected = how["condition"] == "service_healthy"
        assert not expected or "healthcheck" in services[other] or built.startswith("apps/")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_of_this_machine_alone(compose: dict[str, Any], name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in compose["services"][name].get("ports", []))


def test_no_two_services_take_the_same_port(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    hosts = [_interpolated(port, {}).split(":")[1] for port in ports]
    assert len(set(hosts)) == len(hosts)


def test_every_variant_has_the_same_of_the_machine_and_of_time(compose: dict[str, Any]) -> None:
    services = compose["services"]
    own = ("profiles", "image", "build", "ports")
    alike = [{key: value for key, value in services[name].items() if key not in own} for name in VARIANTS]
    assert all(other == alike[0] for other in alike)
    assert set(alike[0]["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert int(alike[0]["stop_grace_period"].removesuffix("s")) > SHUTDOWN_TIMEOUT_SECONDS
    assert services["replica-a"]["deploy"] == services["replica-b"]["deploy"] == alike[0]["deploy"]


def test_every_image_is_built_here_or_has_a_version(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert "build" in service or re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?", service["image"])


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_file_that_is_named_is_there(root: Path, compose: dict[str, Any], variant: str) -> None:
    for service in compose["services"].values():
        dockerfile = _interpolated(service.get("build", {}).get("dockerfile", "compose.yaml"), {"VARIANT": variant})
        assert (root / dockerfile).is_file()
        folders = [volume.split(":")[0] for volume in service.get("volumes", []) if volume.startswith("./")]
        assert all((root / folder).exists() for folder in folders)


def test_every_variable_has_a_default_and_is_in_the_example(compose: dict[str, Any], example: dict[str, str]) -> None:
    texts = _texts(compose)
    found = [match for text in texts for match in _INTERPOLATION.finditer(text)]
    assert found
    # Nothing else that Compose would fill in.
    assert not any("$" in _INTERPOLATION.sub("", text) for text in texts)
    for match in found:
        assert match["default"], f"{match['name']} has no default"
        assert match["default"].removeprefix(":-") == example[match["name"]]


def test_the_settings_of_a_variant_can_all_be_given(compose: dict[str, Any], example: dict[str, str]) -> None:
    names = list(example)
    settings = set(names[: names.index("POSTGRES_PASSWORD")])
    for name, job in product(VARIANTS, ("migrate", "seed")):
        given = compose["services"][name]["environment"]
        assert set(given) == settings
        assert compose["services"][job]["environment"] == given


def test_the_load_and_the_replicas_are_of_the_chosen_variant(compose: dict[str, Any]) -> None:
    services, chosen = compose["services"], {"VARIANT": "tornado"}
    assert _interpolated(services["replica-b"]["image"], chosen) == services["tornado"]["image"]
    assert _interpolated(services["locust"]["command"][-1], chosen) == "--host=http://tornado:8000"
    assert services["locust-worker"]["deploy"]["replicas"] > 1


def test_the_names_that_services_have_are_allowed_hosts(compose: dict[str, Any]) -> None:
    asked = {*VARIANTS, "replica-a", "replica-b"}
    assert asked <= set(_interpolated(compose["services"]["flask"]["environment"]["ALLOWED_HOSTS"], {}).split(","))
