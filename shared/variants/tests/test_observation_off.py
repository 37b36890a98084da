"""What operators may switch off in any variant, and what they cannot switch on without its packages (20.1, 20.6)."""

import json
from pathlib import Path

import pytest
import requests

from variants.catalog import Variant, load_variants
from variants.databases import Rows, sqlite_database
from variants.launch import VariantFailedError
from variants.process import running

SECONDS = 30
ROWS = Rows(articles=20, users=5)
variants = pytest.mark.parametrize("variant", load_variants().values(), ids=lambda variant: variant.name)


@variants
def test_a_quiet_service_without_metrics_logs_no_request_and_has_no_such_path(variant: Variant, tmp_path: Path) -> None:
    log, settings = tmp_path / "server.log", {"LOG_LEVEL": "warning", "METRICS": "false"}
    with (
        sqlite_database(ROWS) as database,
        running(variant, database_url=database.url, environment=settings, log_path=log) as server,
    ):
        answer = requests.get(f"{server.base_url}/metrics", timeout=SECONDS)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert requests.get(f"{server.base_url}/api/v1/ping", timeout=SECONDS).status_code == 200
        assert requests.get(f"{server.base_url}/api/v1/users/me", timeout=SECONDS).status_code == 401
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line for line in lines if line["event"] == "request" or line["level"] in ("debug", "info")] == []


@variants
def test_tracing_without_its_packages_ends_the_start_with_a_line_that_says_so(variant: Variant, tmp_path: Path) -> None:
    # Stands in the place of the real package, and has nothing of it.
    (tmp_path / "opentelemetry" / "sdk").mkdir(parents=True)
    (tmp_path / "opentelemetry" / "sdk" / "__init__.py").touch()
    log, settings = tmp_path / "server.log", {"TRACING": "true", "PYTHONPATH": str(tmp_path)}
    with (
        sqlite_database(ROWS) as database,
        pytest.raises(VariantFailedError) as failure,
        running(variant, database_url=database.url, environment=settings, log_path=log),
    ):
        pass
    assert failure.value.exit_code == 2
    assert [line for line in log.read_text().splitlines() if line.startswith("TRACING: ")] == [
        "TRACING: needs the packages of the extra: blogapi[tracing]"
    ]
