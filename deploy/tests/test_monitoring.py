"""Prometheus and Grafana: their files are whole, and ask for nothing that the variants do not tell."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from variants.catalog import load_variants, variant_named
from variants.databases import Rows, sqlite_database
from variants.process import running

# The contract suite holds every variant to the same names.
VARIANT = "flask"
# What Prometheus adds to every series of ours, and what PromQL itself has.
ADDED_LABELS = {"variant", "instance", "job"}
KEYWORDS = {"sum", "by", "rate", "histogram_quantile"}
_BRACES, _TEXTS = re.compile(r"\{[^}]*\}"), re.compile(r'"[^"]*"')


@pytest.fixture(scope="module")
def dashboard(root: Path) -> dict[str, Any]:
    """The dashboard."""
    document: dict[str, Any] = json.loads((root / "deploy/grafana/dashboards/variants.json").read_text())
    return document


@pytest.fixture(scope="module")
def scrape(root: Path) -> dict[str, Any]:
    """The one job of Prometheus."""
    (job,) = yaml.safe_load((root / "deploy/prometheus/prometheus.yaml").read_text())["scrape_configs"]
    return dict(job)


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    """The labels of each series that a variant tells after one request."""
    with (
        sqlite_database(Rows(articles=20, users=6)) as database,
        running(variant_named(VARIANT), database_url=database.url) as server,
    ):
        requests.get(f"{server.base_url}/api/v1/ping", timeout=10).raise_for_status()
        text = requests.get(f"{server.base_url}/metrics", timeout=10).text
    series: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            series.setdefault(sample.name, set()).update(sample.labels)
    return series


def _expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def _labels(expression: str) -> set[str]:
    """The labels that an expression selects and groups by."""
    selected = {name for braces in _BRACES.findall(expression) for name in re.findall(r"(\w+)\s*=~?", braces)}
    grouped = {name for group in re.findall(r"by \(([^)]*)\)", expression) for name in re.split(r",\s*", group)}
    return selected | grouped


def _series(expression: str) -> set[str]:
    """The names that are neither labels nor PromQL's own."""
    bare = re.sub(r"by \([^)]*\)|\[[^]]*\]", "", _BRACES.sub("", _TEXTS.sub("", expression)))
    return set(re.findall(r"[a-z_]{2,}", bare)) - KEYWORDS


def test_the_dashboard_asks_for_what_the_variants_tell(dashboard: dict[str, Any], told: dict[str, set[str]]) -> None:
    for expression in _expressions(dashboard):
        assert _series(expression), expression
        for name in _series(expression):
            assert name in told, expression
            assert _labels(expression) - ADDED_LABELS <= told[name] | {"le"}, expression


def test_the_dashboard_shows_rates_latency_routes_and_what_is_in_progress(dashboard: dict[str, Any]) -> None:
    text = "\n".join(_expressions(dashboard))
    for part in ("by (variant, status)", "0.50", "0.95", "0.99", "method, route", "http_requests_in_progress"):
        assert part in text


def test_a_variant_can_be_chosen(dashboard: dict[str, Any]) -> None:
    (choice,) = dashboard["templating"]["list"]
    assert choice["name"] == "variant"
    assert all('variant=~"$variant"' in expression for expression in _expressions(dashboard))


def test_panels_have_numbers_of_their_own_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)


def test_the_dashboards_source_is_the_one_that_is_provisioned(root: Path, dashboard: dict[str, Any]) -> None:
    folder = root / "deploy/grafana/provisioning"
    (source,) = yaml.safe_load((folder / "datasources/prometheus.yaml").read_text())["datasources"]
    sources = {target["datasource"]["uid"] for panel in dashboard["panels"] for target in panel["targets"]}
    assert sources == {source["uid"]}


def test_grafana_finds_the_dashboard_where_it_is_mounted(root: Path, compose: dict[str, Any]) -> None:
    grafana = compose["services"]["grafana"]
    provider = yaml.safe_load((root / "deploy/grafana/provisioning/dashboards/variants.yaml").read_text())
    path = provider["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in grafana["volumes"]
    assert grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == f"{path}/variants.json"


def test_prometheus_looks_for_every_variant(scrape: dict[str, Any], compose: dict[str, Any]) -> None:
    (search,) = scrape["dns_sd_configs"]
    assert set(search["names"]) == {*load_variants(), "replica-a", "replica-b"}
    assert set(search["names"]) <= set(compose["services"])
    assert {rule["target_label"] for rule in scrape["relabel_configs"]} == {"variant", "__address__"}
    # The path is Prometheus's own default, which the contract has too.
    assert "metrics_path" not in scrape
