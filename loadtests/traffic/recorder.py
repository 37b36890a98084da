"""Keeps every response time of a load, cheaply while it runs and exactly when it is over."""

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped] # it has no types
from locust.env import Environment
from locust.event import EventHook

from traffic.user import WrongBodyError, WrongStatusError

HIGHEST_US = 300_000_000
SIGNIFICANT_DIGITS = 3
PERCENTILES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99_9": 99.9}
Summary = dict[str, object]


@dataclass
class Recorder:
    """A listener of Locust's request event.

    Times are appended as they come, which costs a tenth of what recording into a histogram costs; the histogram is
    filled from them after the window, when nothing is measured any more.
    """

    times_ms: "array[float]" = field(default_factory=lambda: array("d"))
    failures: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)

    def on_request(
        self, request_type: str, name: str, response_time: float, exception: Exception | None, **_: object
    ) -> None:
        """Count one answer, or one request that got none."""
        self.times_ms.append(response_time)
        self.routes[f"{request_type} {name}"] += 1
        if exception is not None:
            self.failures[f"{request_type} {name}: {failure_kind(exception)}"] += 1

    def clear(self) -> None:
        """Forget all that came before a window."""
        self.times_ms = array("d")
        self.failures.clear()
        self.routes.clear()

    def failures_in_words(self) -> str:
        """What has failed and how often, for a message."""
        return ", ".join(f"{kind} ({count})" for kind, count in self.failures.items()) or "no answer"

    def summary(self) -> Summary:
        """What came since `clear`: counts, percentiles and mean in milliseconds, and the histogram itself.

        The histogram holds microseconds with three significant digits, in HdrHistogram's V2 compressed base64 form;
        failed requests are in it, as they too took part of the concurrency.
        """
        histogram = HdrHistogram(1, HIGHEST_US, SIGNIFICANT_DIGITS)
        for time_ms in self.times_ms:
            histogram.record_value(max(1, min(HIGHEST_US, round(time_ms * 1000))))
        count = len(self.times_ms)
        latency = {name: histogram.get_value_at_percentile(rank) / 1000 for name, rank in PERCENTILES.items()}
        return {
            "requests": count,
            "failures": dict(self.failures),
            "routes": dict(self.routes),
            "mean_ms": sum(self.times_ms) / count if count else 0.0,
            "latency_ms": latency | {"max": max(self.times_ms, default=0.0)},
            "histogram": histogram.encode().decode("ascii"),
        }


def listen_alone(environment: Environment, listener: Callable[..., None]) -> None:
    """Put a listener in the place of Locust's own statistics: a tenth of the generator's time, and not read here."""
    environment.events.request = EventHook()  # type: ignore[no-untyped-call] # Locust's
    environment.events.request.add_listener(listener)  # type: ignore[no-untyped-call] # Locust's


def failure_kind(exception: BaseException) -> str:
    """Name a failure so that equal ones count together: our own words, or the class of what the socket raised."""
    own = isinstance(exception, WrongStatusError | WrongBodyError)
    return str(exception) if own else type(exception).__name__
