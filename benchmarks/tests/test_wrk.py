"""What is read from other generators of load: their output is played, as they are rarely installed."""

import json
from pathlib import Path

import pytest

from benchmarks.run import wrk
from benchmarks.run.wrk import oha_rate, rate_by_wrk, wrk_rate

WRK = """Running 3s test @ http://127.0.0.1:8000/api/v1/ping
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.93ms    1.07ms  22.56ms   93.71%
    Req/Sec     6.53k   420.11     7.10k    90.00%
  19489 requests in 3.00s, 7.42MB read
Requests/sec:   6493.17
Transfer/sec:      2.47MB
"""
REFUSED = WRK.replace("Requests/sec", "  Non-2xx or 3xx responses: 12\nRequests/sec")
BROKEN = WRK.replace("Requests/sec", "  Socket errors: connect 0, read 3, write 0, timeout 0\nRequests/sec")


def oha(**statuses: int) -> str:
    numbers = {name.removeprefix("s"): count for name, count in statuses.items()}
    return json.dumps({"summary": {"requestsPerSec": 6512.5}, "statusCodeDistribution": numbers})


@pytest.mark.parametrize(("output", "rate"), [(WRK, 6493.17), (REFUSED, None), (BROKEN, None), ("", None)])
def test_the_rate_of_wrk_is_read_when_all_was_well(output: str, rate: float | None) -> None:
    assert wrk_rate(output) == rate


@pytest.mark.parametrize(
    ("output", "rate"),
    [(oha(s200=9), 6512.5), (oha(s200=9, s500=1), None), (oha(), None), ("[]", None), ("{}", None), ("wrong", None)],
)
def test_the_rate_of_oha_is_read_when_all_was_well(output: str, rate: float | None) -> None:
    assert oha_rate(output) == rate


def program(folder: Path, name: str, text: str, exit_code: int = 0) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{text}\nEND\nexit {exit_code}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_program_that_is_installed_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rate_by_wrk("http://127.0.0.1:1") is None
    program(tmp_path, "oha", oha(s200=9))
    assert rate_by_wrk("http://127.0.0.1:1") == 6512.5
    program(tmp_path, "wrk", WRK)
    assert rate_by_wrk("http://127.0.0.1:1") == 6493.17


def test_a_program_that_fails_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "wrk", WRK, exit_code=1)
    assert rate_by_wrk("http://127.0.0.1:1") is None
    monkeypatch.setattr(wrk, "MARGIN_SECONDS", -wrk.SECONDS + 0.05)
    (tmp_path / "wrk").write_text("#!/bin/sh\n/bin/sleep 5\n", encoding="utf-8")
    assert rate_by_wrk("http://127.0.0.1:1") is None
