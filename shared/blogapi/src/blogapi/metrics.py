"""Counts requests for Prometheus, with the same names, labels and buckets in every variant.

Several processes of one server keep their numbers in files of one folder, and each of them answers for all
(prometheus_client, "Multiprocess Mode (E.g. Gunicorn)").
"""

import atexit
import fcntl
import os
import shutil
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# RFC 9110, 9; RFC 5789. Any other token would let clients make as many time series as they like.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
OTHER_METHOD = "OTHER"
_FOLDER_PREFIX = "blog-api-metrics-"
_FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_between_processes(workers: int) -> None:
    """Let the `workers` processes that this one will start count together, unless they are one.

    To be called in their parent before any of them starts. The folder goes when the parent ends, that of one that was
    killed when the next one starts.
    """
    if workers == 1 or _FOLDER_VARIABLE in os.environ:
        return
    _remove_left_over()
    folder, parent = _held_folder(), os.getpid()
    os.environ[_FOLDER_VARIABLE] = folder

    def remove() -> None:
        # Forked processes leave by here too.
        if os.getpid() == parent:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


def _held_folder() -> str:
    """Make a folder which is locked until this process ends, and those that it forks: by that it is known as used."""
    while True:
        folder = mkdtemp(prefix=_FOLDER_PREFIX)
        # Until it is locked, another server that starts may take it for one that is left over.
        with suppress(FileNotFoundError):
            fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)
            if Path(folder).exists():
                return folder


def _remove_left_over() -> None:
    for folder in Path(gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        # Those of other users cannot be opened, and those that are used cannot be locked.
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(descriptor)


def method_label(method: str) -> str:
    """Give a method's name where it is a standard one, else `OTHER`."""
    return method if method in _METHODS else OTHER_METHOD


class _Children(NamedTuple):
    requests: "Counter"
    duration: "Histogram"


class Metrics:
    """The counters of this process."""

    def __init__(self) -> None:
        # At its import the library decides from the environment whether processes count together.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types there
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests", "Requests that were answered.", ["method", "route", "status"], registry=self._registry
        )
        self._durations = Histogram(
            "http_request_duration_seconds",
            "Seconds from a request's arrival to its answer.",
            ["method", "route"],
            buckets=BUCKETS_SECONDS,
            registry=self._registry,
        )
        self.in_progress = Gauge(
            "http_requests_in_progress",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        self._children = lru_cache(maxsize=4096)(self._labelled)

    def count(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered, and leaves those in progress."""
        children = self._children(method, route, status)
        children.requests.inc()
        children.duration.observe(seconds)
        self.in_progress.dec()

    def text(self) -> bytes:
        """Everything counted so far, by all processes of the server, in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        folder = os.environ.get(_FOLDER_VARIABLE)
        if folder is None:
            return generate_latest(self._registry)
        _forget_dead(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]  # the library has no types there
        return generate_latest(registry)

    def _labelled(self, method: str, route: str, status: int) -> _Children:
        label = method_label(method)
        return _Children(self._requests.labels(label, route, str(status)), self._durations.labels(label, route))


def _forget_dead(folder: Path) -> None:
    # A process that was killed will never leave the requests that it had in progress.
    from prometheus_client.multiprocess import mark_process_dead

    for file in folder.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        # Another worker may have found it dead at the same time.
        with suppress(PermissionError, FileNotFoundError):
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]  # the library has no types
