"""Histograms for the loads that tests make by hand, as the generator makes its own."""

from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped] # it has no types

from benchmarks.pooled import HIGHEST_US, SIGNIFICANT_DIGITS


def histogram_of(times_ms: list[float]) -> str:
    """All these times, encoded."""
    histogram = HdrHistogram(1, HIGHEST_US, SIGNIFICANT_DIGITS)
    for time_ms in times_ms:
        histogram.record_value(round(1000 * time_ms))
    encoded: str = histogram.encode().decode("ascii")
    return encoded


# For who wants any: of four answers.
HISTOGRAM = histogram_of([1.0, 2.0, 3.0, 4.0])
