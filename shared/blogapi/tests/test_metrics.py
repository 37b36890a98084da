"""The counters of a process, and of several that count together."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from blogapi.metrics import OTHER_METHOD, Metrics, method_label

Samples = dict[str, float]
ROUTE = "/api/v1/articles/{article_id}"


def samples(text: bytes) -> Samples:
    """Every number by name and labels, as Prometheus writes them."""
    families = text_string_to_metric_families(text.decode())
    return {named(each.name, **each.labels): each.value for family in families for each in family.samples}


def named(name: str, **labels: str) -> str:
    """A sample's name and its labels."""
    return f"{name} {sorted(labels.items())}"


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Metrics:
    """The counters of a process that counts alone."""
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    return Metrics()


def count(
    metrics: Metrics, seconds: float = 0.02, *, method: str = "GET", route: str = ROUTE, status: int = 200
) -> None:
    """A whole request."""
    metrics.in_progress.inc()
    metrics.count(method=method, route=route, status=status, seconds=seconds)


def test_before_the_first_request_only_the_gauge_has_a_number(metrics: Metrics) -> None:
    assert samples(metrics.text()) == {named("http_requests_in_progress"): 0.0}


def test_there_are_three_families_with_their_help(metrics: Metrics) -> None:
    assert [line for line in metrics.text().decode().splitlines() if line.startswith("#")] == [
        "# HELP http_requests_total Requests that were answered.",
        "# TYPE http_requests_total counter",
        "# HELP http_request_duration_seconds Seconds from a request's arrival to its answer.",
        "# TYPE http_request_duration_seconds histogram",
        "# HELP http_requests_in_progress Requests that are being answered.",
        "# TYPE http_requests_in_progress gauge",
    ]


def test_requests_are_counted_by_method_route_and_status(metrics: Metrics) -> None:
    for status in (200, 404, 200):
        count(metrics, status=status)
    count(metrics, method="DELETE", status=204)
    totals = {key: value for key, value in samples(metrics.text()).items() if key.startswith("http_requests_total")}
    assert totals == {
        named("http_requests_total", method="GET", route=ROUTE, status="200"): 2,
        named("http_requests_total", method="GET", route=ROUTE, status="404"): 1,
        named("http_requests_total", method="DELETE", route=ROUTE, status="204"): 1,
    }


# 20.4: a duration that is a bound is within it.
@pytest.mark.parametrize(
    ("seconds", "bounds"),
    [(0.0, 14), (0.001, 14), (0.0011, 13), (0.0025, 13), (0.1, 8), (0.3, 6), (10.0, 2), (10.1, 1), (3600.0, 1)],
)
def test_a_duration_is_in_each_bucket_whose_bound_it_does_not_pass(
    metrics: Metrics, seconds: float, bounds: int
) -> None:
    count(metrics, seconds)
    told = samples(metrics.text())
    buckets = [value for key, value in told.items() if key.startswith("http_request_duration_seconds_bucket")]
    assert buckets == [0.0] * (14 - bounds) + [1.0] * bounds
    labels = {"method": "GET", "route": ROUTE}
    assert told[named("http_request_duration_seconds_sum", **labels)] == seconds
    assert told[named("http_request_duration_seconds_count", **labels)] == 1


def test_a_request_is_in_progress_until_it_is_counted(metrics: Metrics) -> None:
    gauge = named("http_requests_in_progress")
    metrics.in_progress.inc()
    metrics.in_progress.inc()
    assert samples(metrics.text())[gauge] == 2
    metrics.count(method="GET", route=ROUTE, status=200, seconds=0.1)
    assert samples(metrics.text())[gauge] == 1


STANDARD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]


@pytest.mark.parametrize("method", STANDARD)
def test_a_standard_method_has_its_name(method: str) -> None:
    assert method_label(method) == method


@given(st.one_of(st.text(), st.sampled_from([*map(str.lower, STANDARD), "Get", "GET ", "PROPFIND", OTHER_METHOD])))
def test_any_other_method_is_one_of_the_others(method: str) -> None:
    assert method_label(method) == (method if method in STANDARD else "OTHER")


def test_any_number_of_methods_makes_no_more_series(metrics: Metrics) -> None:
    for number in range(5000):
        count(metrics, method=f"M{number}")
    totals = {key: value for key, value in samples(metrics.text()).items() if key.startswith("http_requests_total")}
    assert totals == {named("http_requests_total", method="OTHER", route=ROUTE, status="200"): 5000}


# The library decides at its import whether processes count together, so that these need an interpreter of their own.
FORKS = """
import os, signal, sys
from pathlib import Path
from blogapi.metrics import Metrics, share_between_processes

def forked(act):
    done, end = os.pipe()
    if child := os.fork():
        os.close(end)
        os.read(done, 1)
        return child
    metrics = Metrics()
    act(metrics)
    os.write(end, b".")
    signal.pause()

def requests(number, in_progress=0):
    def act(metrics):
        for _ in range(number + in_progress):
            metrics.in_progress.inc()
        for _ in range(number):
            metrics.count(method="GET", route="/", status=200, seconds=0.5)
    return act

def told(metrics):
    numbers = dict(line.rsplit(" ", 1) for line in metrics.text().decode().splitlines())
    total = numbers['http_requests_total{method="GET",route="/",status="200"}']
    count = numbers['http_request_duration_seconds_count{method="GET",route="/"}']
    print(total, count, numbers["http_requests_in_progress"])

def ended(child, number):
    os.kill(child, number)
    os.waitpid(child, 0)
"""


def printed(script: str) -> list[str]:
    """What a script prints that has FORKS at its disposal."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS + script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_several_processes_count_together_and_a_killed_one_has_no_request_in_progress() -> None:
    script = """
share_between_processes(2)
one, other = forked(requests(3, 1)), forked(requests(2, 4))
metrics = Metrics()
told(metrics)
ended(one, signal.SIGKILL)
told(metrics)
ended(other, signal.SIGKILL)
third = forked(requests(1))
told(metrics)
ended(third, signal.SIGKILL)
"""
    assert printed(script) == ["5.0 5.0 5.0", "5.0 5.0 4.0", "6.0 6.0 0.0"]


def test_the_folder_goes_with_the_parent_and_not_with_a_child() -> None:
    script = """
share_between_processes(2)
folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
if child := os.fork():
    print(os.waitpid(child, 0)[1], folder.is_dir())
    print(folder)
"""
    left, folder = printed(script)
    assert left == "0 True"
    assert not Path(folder).exists()


def test_the_folder_of_a_killed_parent_goes_when_the_next_one_starts() -> None:
    script = """
def started(then):
    folder, end = os.pipe()
    if child := os.fork():
        os.close(end)
        return child, Path(os.read(folder, 4096).decode())
    share_between_processes(2)
    os.write(end, os.environ["PROMETHEUS_MULTIPROC_DIR"].encode())
    then()

killed, left = started(lambda: os.kill(os.getpid(), signal.SIGKILL))
os.waitpid(killed, 0)
running, used = started(signal.pause)
share_between_processes(2)
print(left.exists(), used.exists())
ended(running, signal.SIGKILL)
used.rmdir()
"""
    assert printed(script) == ["False True"]


def test_one_process_shares_nothing() -> None:
    assert printed('share_between_processes(1)\nprint("PROMETHEUS_MULTIPROC_DIR" in os.environ)\n') == ["False"]


def test_a_folder_that_is_given_is_kept(tmp_path: Path) -> None:
    script = f"""
os.environ["PROMETHEUS_MULTIPROC_DIR"] = {str(tmp_path)!r}
share_between_processes(2)
requests(1)(Metrics())
told(Metrics())
"""
    assert printed(script) == ["1.0 1.0 0.0"]
    assert [path.suffix for path in tmp_path.iterdir()] == [".db"] * 3
