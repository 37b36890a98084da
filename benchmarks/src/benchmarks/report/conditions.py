"""The environment, the method, and how to read a report. Pure."""

import math

from benchmarks.gates import MAX_ERROR_SHARE, MAX_GENERATOR_SHARE, MAX_OTHERS_SHARE, MIN_SERVER_SHARE
from benchmarks.report.blocks import Block, Cell, Heading, Prose, Section, Table, text_column
from benchmarks.report.cast import Cast
from benchmarks.report.cells import complete_rounds, repeats, tables
from benchmarks.report.numbers import listed, significant
from benchmarks.report.rounds import rounds_text, users_text, warm_up_text, windows_text
from benchmarks.report.speed import speed_text
from benchmarks.report.text import GATES, cores_text
from benchmarks.results import Result
from benchmarks.statistics.calibration import Calibration, calibration_lines
from benchmarks.statistics.intervals import median_coverage

ENDED = {
    "complete": "to its end",
    "budget": "until its time budget was spent",
    "interrupted": "until it was interrupted",
}
# From so many rounds on, an interval of a median can hold 95 %.
ENOUGH_ROUNDS = 6
READING = (
    "A figure is the median of the rounds; the small print beside it is its 95 % interval. A new run would give "
    "another figure within about such a distance.",
    "A ratio compares two variants within each round, as rounds share the machine's mood. It is more certain than the "
    "two figures that it is made of. The small print is its own 95 % interval.",
    "Variants are tied where their ratio could be 1, or is certainly within 2 % of it. That is judged at a level which "
    "is corrected for the number of pairs compared (Holm), so two may be tied though the interval just leaves 1 out. A "
    "rank is one more than the number of variants that are certainly faster: a shared one is no draw by chance but the "
    "limit of what was measured.",
    "“Invalid” stands where a figure could not be trusted; the reason is under the table. It has no rank, and may be "
    "faster or slower than the others.",
    "The response times beside the capacity are those of a queue of users who wait for one another. Those of a visitor "
    "are under “Latency under load”.",
    "There is no overall score: which requests count is your decision. Your own mix is a section of this page.",
    "One core says how much work a framework adds to a request. It says nothing of your queries, your network or your "
    "team.",
)


def method_section(result: Result, calibration: Calibration | None) -> Section:
    """How it was measured, how to read it, and what a test of the scale itself has shown."""
    blocks: tuple[Block, ...] = (
        Heading("How to read it"),
        Prose(READING, points=True),
        Heading("How it was measured"),
        Prose(_method(result), points=True),
        Heading("How sure it is"),
        Prose(_certainty(result), points=True),
        *_scale(calibration),
    )
    question = "What is behind a figure, and what is not?"
    return Section("method", "Method, and how to read it", question, blocks)


def _scale(calibration: Calibration | None) -> tuple[Block, ...]:
    if calibration is None:
        return ()
    day, machine = calibration.started_at[:10], calibration.environment.cpu
    about = f"servers whose true ratio is known, weighed by this method on {day} ({machine})"
    return (Heading("The scale itself", about), Prose(tuple(calibration_lines(calibration)), points=True))


def environment_section(result: Result, cast: Cast) -> Section:
    """The machine, the settings and the versions."""
    blocks = (_machine(result), _versions(result, cast))
    return Section("environment", "Environment", "On what, and with which versions and settings?", blocks)


def _method(result: Result) -> tuple[str, ...]:
    return (
        "A variant is measured only after every test of the contract suite has passed on that very tree and database.",
        f"A round gives each variant a fresh server and a freshly seeded database ({result.database.articles:,} "
        f"articles, {result.database.users:,} users), in random order. All variants get the same cores, worker "
        "processes, database connections and production settings.",
        f"Capacity: {users_text(result)} who ask again at once; for each scenario {windows_text(result)}. Statuses are "
        "all checked, and one body in fifty.",
        "Latency: arrivals at random instants that wait for no answer; time counts from the instant an arrival was "
        "due, so a stall is felt by all who came meanwhile.",
        f"A figure counts only with at most {MAX_ERROR_SHARE:.1%} errors, a generator below {MAX_GENERATOR_SHARE:.0%} "
        f"of its core, at most {MAX_OTHERS_SHARE:.0%} of the window's CPU used by others and, for capacity, a server "
        f"above {MIN_SERVER_SHARE:.0%} of its core and rate times mean time equal to the users (Little's law).",
        _generator(result),
    )


def _generator(result: Result) -> str:
    version = result.environment.packages.get("locust", "")
    told = f"The generator is Locust {version} (FastHttpUser), in a process of its own"
    if result.ceiling is None:
        return f"{told}."
    rate, share = significant(result.ceiling.requests_per_second), f"{result.ceiling.cpu_share:.0%}"
    return f"{told}. Against a server that does nothing it reached {rate} requests/s with {share} of its core."


def _certainty(result: Result) -> tuple[str, ...]:
    rounds = complete_rounds(result)
    told = [f"{rounds_text(result)}; the run went {ENDED[result.ended]}."]
    if 0 < rounds < ENOUGH_ROUNDS:
        told.append(
            f"With {rounds} rounds the interval of a rate is about their range, which holds the true median in "
            f"{median_coverage(rounds):.0%} of runs only. The ratio's interval (Student's t) has no such limit."
        )
    widths = [(cells.scenario.title, cells.half_width) for cells in tables(result) if math.isfinite(cells.half_width)]
    if widths:
        reached = listed([f"{title} {width:.0%}" for title, width in widths])
        told.append(
            f"Widest half-width of a ratio's interval: {reached}; {result.settings.precision:.0%} was aimed at."
        )
    if speed := speed_text(result):
        told.append(speed)
    if again := repeats(result):
        counted = listed([f"{GATES[gate]} ({count})" for gate, count in again.most_common()])
        told.append(f"Measurements that were repeated because a gate tripped: {counted}.")
    if warm_up := warm_up_text(result):
        told.append(warm_up)
    return (*told, *result.notes)


def _machine(result: Result) -> Table:
    environment, settings, database = result.environment, result.settings, result.database
    workers = f"{settings.workers} worker {'process' if settings.workers == 1 else 'processes'}"
    facts = (
        ("measured", f"{result.started_at[:16].replace('T', ' ')} UTC, {result.seconds / 60:.0f} min"),
        ("method", f"version {result.method}"),
        ("revision", environment.revision),
        ("processor", f"{environment.cpu}, {environment.cores} cores"),
        ("cores", cores_text(environment.layout)),
        ("memory", f"{environment.memory_bytes / 1e9:.0f} GB"),
        ("system", f"{environment.kernel}, {environment.python}"),
        ("database", f"{database.engine} {database.version}, seed {database.seed_revision}"),
        ("server", f"{workers}, {' '.join(f'{name}={value}' for name, value in settings.server_environment.items())}"),
        ("random order", f"seed {settings.seed}"),
    )
    rows = tuple((Cell(name), Cell(value)) for name, value in facts)
    return Table("The run", (text_column("what"), text_column("how it was")), rows, sortable=False)


def _versions(result: Result, cast: Cast) -> Table:
    titles = tuple(text_column(title) for title in ("variant", "server", "data", "contract suite"))
    rows = tuple(
        (
            cast.cell(one.name, one.framework_version),
            Cell(f"{one.server} {one.server_version}"),
            Cell(f"{one.orm}, {one.driver}"),
            Cell(
                one.contract.why
                or f"{one.contract.passed:,} of {one.contract.passed + one.contract.failed:,} passed, "
                f"revision {one.contract.revision}"
            ),
        )
        for one in result.variants
    )
    notes = ("The versions of all packages are in the data below.",)
    return Table("The variants as they ran", titles, rows, notes, sortable=False)
