"""The scenarios of a comparison. Another one is one line here and one user class in `loadtests/locustfile.py`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

MIX = "mix"
# What a mix may be made of: the tasks of `loadtests/traffic/visitor.py`, and which of them change rows.
TASKS = ("ping", "article", "page", "page_v2", "comments", "comment", "create_article", "token")
WRITING_TASKS = frozenset({"comment", "create_article"})
FEW_USERS = 4
# So many that nobody reaches it, so what is measured is the counting.
NEVER_REACHED = "1000000/minute"
# Stands for the URL of a Redis, which is known when it runs; `benchmarks.run.scenario_settings` puts it in.
REDIS = "redis://"


class Run(Enum):
    """Which runs have a scenario when none is named."""

    QUICK = "a quick run and a standard one"
    STANDARD = "a standard run"
    NONE = "none: it has to be named"


@dataclass(frozen=True)
class Scenario:
    """What is asked of a server.

    Attributes:
        user_class: that of the locustfile, or `mix:` with tasks and weights.
        run: which runs have it when none is named.
        writes: it comes last in a round, so that it changes no other scenario's rows.
        server_environment: settings that its server has beside those of the run; one of its own is needed for it.
        users: at once, where those of the run would only wait: what keeps a core busy for long needs few.
        window_factor: how many times as long its windows are as the run's, where those would hold too few answers.
    """

    name: str
    title: str
    question: str
    user_class: str
    run: Run = Run.STANDARD
    writes: bool = False
    server_environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    users: int | None = None
    window_factor: int = 1


def _limited(name: str, where: str, storage: str) -> Scenario:
    environment = {"RATE_LIMIT_DEFAULT": NEVER_REACHED, "RATE_LIMIT_STORAGE": storage}
    question = f"the same page, each request counted in {where} against a limit that is never reached"
    return Scenario(name, f"A page, counted in {where}", question, "Page", Run.NONE, server_environment=environment)


SCENARIOS = (
    Scenario("ping", "Ping", "no database: the framework's own cost", "Ping", Run.QUICK),
    Scenario("article", "One article", "one article by its id, with author and tags", "Article", Run.QUICK),
    Scenario("page", "A page", "20 articles with authors, tags and total", "Page", Run.QUICK),
    Scenario("page_v2", "A page by a cursor", "20 articles with authors and tags, by a keyset", "PageV2"),
    Scenario("page_authenticated", "A page, with a token", "the same page, and a token to check", "PageAuthenticated"),
    _limited("page_limited", "memory", "memory://"),
    _limited("page_limited_redis", "Redis", REDIS),
    Scenario("create_article", "A new article", "a write in a transaction", "CreateArticle", writes=True),
    Scenario("comment", "A new comment", "a small write below an article that has to be there", "Comment", writes=True),
    Scenario(
        "token",
        "A log-in",
        "a password to hash with Argon2, and a token to sign",
        "Token",
        users=FEW_USERS,
        window_factor=2,
    ),
    Scenario(
        "blog",
        "A blog",
        "of 100 requests 40 pages, 40 articles, 10 lists of comments, 7 comments, 2 articles, 1 log-in",
        "Blog",
        writes=True,
    ),
)


class UnknownScenarioError(Exception):
    """No scenario has this name, or a file is no mix; the message says what there is, or what is wrong."""


def scenarios_named(names: list[str] | None, *, quick: bool) -> tuple[Scenario, ...]:
    """Choose scenarios by name, or else those of a quick or a standard run, in the order of the list.

    Raises:
        UnknownScenarioError: listing the names that there are.
    """
    known = {scenario.name: scenario for scenario in SCENARIOS}
    if names is None:
        runs = {Run.QUICK} if quick else {Run.QUICK, Run.STANDARD}
        return tuple(scenario for scenario in SCENARIOS if scenario.run in runs)
    if unknown := [name for name in names if name not in known]:
        raise UnknownScenarioError(f"no scenario is named {unknown[0]!r}; there are: {', '.join(known)}")
    return tuple(scenario for scenario in SCENARIOS if scenario.name in names)


def mix_scenario(path: Path) -> Scenario:
    """Make the scenario `mix:<name of the file>` of a mix of one's own, such as `loadtests/mixes/reader.toml`.

    Raises:
        UnknownScenarioError: the file cannot be read or is no mix; the message names it and what is wrong.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnknownScenarioError(f"{path}: {error}") from error
    weights = document.get(MIX)
    if len(document) != 1 or not isinstance(weights, dict) or not weights:
        raise UnknownScenarioError(f"{path}: it has to have one table [{MIX}] with tasks and weights, and nothing else")
    if fault := _mix_fault(weights):
        raise UnknownScenarioError(f"{path}: {fault}")
    return Scenario(
        name=f"{MIX}:{path.stem}",
        title=f"The mix {path.stem}",
        question=", ".join(f"{task} {weight}" for task, weight in weights.items()),
        user_class=f"{MIX}:{','.join(f'{task}={weight}' for task, weight in weights.items())}",
        run=Run.NONE,
        writes=not WRITING_TASKS.isdisjoint(weights),
    )


def _mix_fault(weights: Mapping[str, object]) -> str | None:
    if unknown := [name for name in weights if name not in TASKS]:
        return f"no task is named {unknown[0]!r}; there are: {', '.join(TASKS)}"
    wrong = [name for name, weight in weights.items() if type(weight) is not int or weight <= 0]
    return f"the weight of {wrong[0]} is {weights[wrong[0]]!r}, no positive whole number" if wrong else None
