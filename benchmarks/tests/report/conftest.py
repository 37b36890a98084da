"""A small result with all that a result can hold, made by hand from rates that are known."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks import results, studies

from ..histograms import HISTOGRAM

RATES = {
    "django": {"ping": 2400.0, "article": 920.0, "page": 350.0, "create_article": 180.0, "blog": 420.0},
    "fastapi": {"ping": 6700.0, "article": 2490.0, "page": 800.0, "create_article": 610.0, "blog": 1020.0},
    "flask": {"ping": 2750.0, "article": 1650.0, "page": 690.0, "create_article": 480.0, "blog": 840.0},
    "tornado": {"ping": 4900.0, "article": 2700.0, "page": 804.0, "create_article": 560.0, "blog": 1010.0},
}
TITLES = {"django": "Django REST framework", "fastapi": "FastAPI", "flask": "Flask", "tornado": "Tornado"}
SCENARIOS = {
    "ping": ("Ping", "no database: the framework's own cost"),
    "article": ("One article", "one article by its id, with author and tags"),
    "page": ("A page", "20 articles with authors, tags and total"),
    "create_article": ("A new article", "a write in a transaction"),
    "blog": ("The mix of a blog", "pages and articles, now and then a comment or an article"),
}
POINTS = {"equal": 0.0, "0.25": 0.25, "0.50": 0.5, "0.75": 0.75, "0.90": 0.9}
MEMORY = {"django": 133e6, "fastapi": 87e6, "flask": 112e6, "tornado": 72e6}
ROUNDS = range(1, 6)
LAYERS = {"server": 0.2, "framework": 0.35, "validation": 0.15, "data": 0.25, "json": 0.05}
FEATURES = {
    "orm": ("Django ORM", "no", "no", "no"),
    "admin": ("built in", "no", "no", "no"),
    "async": ("in part", "yes", "in part", "yes"),
    "openapi": ("drf-spectacular", "built in", "no", "no"),
    "validation": ("serializers", "Pydantic", "no", "no"),
    "websocket": ("Channels", "built in", "Flask-Sock", "built in"),
    "templates": ("built in", "Jinja", "built in", "built in"),
    "background_tasks": ("built in", "built in", "no", "built in"),
    "learning": ("a book of 2,000 pages", "a tutorial of 300 pages", "a tutorial of 60 pages", "a guide of 40 pages"),
}


def make_load(rate: float, *, users: int = 32) -> studies.Load:
    """A window of two seconds of a closed loop."""
    return studies.Load(
        requests=round(rate * 2),
        failures={},
        routes={"GET": round(rate * 2)},
        window_seconds=2.0,
        mean_ms=users / rate * 1000,
        latency_ms={name: factor * users / rate * 1000 for name, factor in _quantiles(2.0)},
        histogram=HISTOGRAM,
        cpu_seconds=1.0,
        concurrency=users,
        warm_up_rates=(rate, rate, rate),
        warm_up_settled=True,
    )


def _quantiles(tail: float) -> Iterator[tuple[str, float]]:
    yield from (("p50", 0.95), ("p90", 1.3), ("p99", tail), ("p99_9", 1.5 * tail), ("max", 2 * tail))


def make_usage(variant: str = "flask", memory: float = 1.0) -> studies.Usage:
    """Of a server that is busy, and a database that is half as busy."""
    bytes_ = round(MEMORY[variant] * memory)
    return studies.Usage(2.0, 1.98, 0.01, 0.0, bytes_, round(bytes_ * 1.3), database_cpu_seconds=0.6)


@pytest.fixture
def rich_result(small_result: results.Result) -> results.Result:
    """Four variants, five scenarios, five rounds of two turns, every study; Flask's `create_article` is invalid."""
    draw = random.Random(7)
    base = replace(
        small_result,
        name="rich",
        settings=replace(
            small_result.settings,
            quick=False,
            rounds=5,
            turns=2,
            studies=("capacity", "latency", "levels", "scale", "exact", "footprint"),
        ),
        environment=replace(
            small_result.environment, packages={"locust": "2.47.0", "flask": "3.1.3", "fastapi": "0.165.0"}
        ),
        database=results.Database("PostgreSQL", "18.4", 10_000, 500, "abc"),
        variants=tuple(_variant(place, name) for place, name in enumerate(RATES)),
        scenarios=tuple(results.ScenarioRecord(name, *words) for name, words in SCENARIOS.items()),
        starts=tuple(_starts(draw)),
        samples=tuple(_samples(draw)),
    )
    return replace(
        base,
        latencies=tuple(_latencies(draw)),
        levels=tuple(_levels(draw)),
        scales=tuple(_scales(draw)),
        costs=tuple(_costs(draw)),
        footprints=tuple(_footprints()),
    )


def _variant(place: int, name: str) -> results.VariantRecord:
    return results.VariantRecord(
        name=name,
        title=TITLES[name],
        framework_version=f"{place + 1}.0",
        server="a server",
        server_version="2.0",
        orm="Django ORM" if name == "django" else "SQLAlchemy Core",
        driver="psycopg",
        contract=results.Contract(passed=3446, failed=0, seconds=20.0, revision="def"),
        good_for=f"Services that want {TITLES[name]}.",
        features={feature: texts[place] for feature, texts in FEATURES.items()},
    )


def _samples(draw: random.Random) -> Iterator[results.Sample]:
    for number in ROUNDS:
        for name, rates in RATES.items():
            for scenario, rate in rates.items():
                for turn in (1, 2):
                    near = rate * draw.gauss(1, 0.025)
                    usage = make_usage(name, draw.gauss(1, 0.01))
                    if (name, scenario) == ("flask", "create_article") and number >= 3:
                        usage = replace(usage, others_cpu_seconds=0.4)
                    yield results.Sample(number, name, scenario, 1, make_load(near), usage, turn)
            for scenario in ("ping", "page"):
                near = rates[scenario] * 1.6 * draw.gauss(1, 0.025)
                yield results.Sample(number, name, scenario, 1, make_load(near), make_usage(name), handler="bare")


def _starts(draw: random.Random) -> Iterator[results.Start]:
    seconds = {"django": 0.78, "fastapi": 0.71, "flask": 0.58, "tornado": 0.49}
    for number in ROUNDS:
        for name in RATES:
            for handler, share in (("shipped", 1.0), ("bare", 0.4)):
                memory = round(MEMORY[name] * 0.8 * share)
                yield results.Start(
                    number, name, seconds[name] * share * draw.gauss(1, 0.05), memory, round(memory * 1.3), handler
                )


def _latencies(draw: random.Random) -> Iterator[studies.LatencySample]:
    for number in ROUNDS:
        for name, rates in RATES.items():
            for scenario in ("article", "page"):
                for point, share in POINTS.items():
                    rate = share * rates[scenario] or 0.5 * RATES["django"][scenario]
                    load = _open_load(rate, rates[scenario], draw)
                    if (name, scenario, point) == ("django", "page", "0.90"):
                        load = replace(load, served=round(load.offered * 0.9))
                    yield studies.LatencySample(number, name, scenario, point, 1, load, make_usage(name))


def _open_load(rate: float, capacity: float, draw: random.Random) -> studies.OpenLoad:
    waited = 1000 / capacity / (1 - rate / capacity) * draw.gauss(1, 0.06)
    return studies.OpenLoad(
        rate=rate,
        offered=round(rate * 4),
        requests=round(rate * 4),
        failures={},
        routes={"GET": round(rate * 4)},
        window_seconds=4.0,
        mean_ms=waited,
        latency_ms={name: factor * waited for name, factor in _quantiles(4.6)},
        histogram=HISTOGRAM,
        cpu_seconds=1.0,
        late_share=0.001,
        most_in_flight=20,
        served=round(rate * 4),
    )


def _levels(draw: random.Random) -> Iterator[studies.ServiceLevel]:
    for number in ROUNDS[:3]:
        for name, rates in RATES.items():
            rate = rates["page"] * 0.85 * draw.gauss(1, 0.02)
            steps = (studies.Step(rate, 44.0, 0.0, None), studies.Step(rate * 1.1, 71.0, 0.0, "p99 of 71 ms"))
            yield studies.ServiceLevel(number, name, "page", rate, steps)


def _scales(draw: random.Random) -> Iterator[studies.ScaleSample]:
    growth = {
        "concurrency": {1: 0.45, 4: 0.85, 16: 1.0, 64: 1.0, 256: 0.93},
        "workers": {1: 1.0, 2: 1.8, 4: 2.1},
        "rows": {1_000: 1.15, 10_000: 1.0, 100_000: 0.8, 1_000_000: 0.42},
    }
    for name, rates in RATES.items():
        for dimension, of_dimension in growth.items():
            for value, share in of_dimension.items():
                load = make_load(rates["page"] * share * draw.gauss(1, 0.02), users=32)
                busy = 1.98 * (value if dimension == "workers" else 1)
                usage = replace(make_usage(name), server_cpu_seconds=busy)
                yield studies.ScaleSample(1, name, "page", dimension, value, load, usage)


def _costs(draw: random.Random) -> Iterator[studies.ExactCost]:
    for name, rates in RATES.items():
        for scenario in ("ping", "page"):
            for handler, share in (("shipped", 1.0), ("bare", 0.45)):
                for trial in (1, 2):
                    total = 3e9 / rates[scenario] * share * draw.gauss(1, 0.0002)
                    layers = {layer: total * part for layer, part in LAYERS.items()}
                    yield studies.ExactCost(name, handler, scenario, trial, 100, total, layers)


def _footprints() -> Iterator[studies.Footprint]:
    for place, name in enumerate(RATES):
        packages = tuple(f"package-{number}" for number in range(38 - 4 * place))
        lines = {"routing": 120 + 9 * place, "validation": 60 + 30 * place, "errors": 80 + 10 * place, "data": 200}
        yield studies.Footprint(name, 90_000_000 - 14_000_000 * place, packages, lines)
