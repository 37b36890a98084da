"""The scenarios of a comparison. Another one is one line here and one user class in `loadtests/locustfile.py`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scenario:
    """What is asked of a server. `writes` comes last in a round, so that it changes no other scenario's rows."""

    name: str
    title: str
    question: str
    user_class: str
    in_quick: bool = True
    writes: bool = False


SCENARIOS = (
    Scenario("ping", "Ping", "no database: the framework's own cost", "Ping"),
    Scenario("article", "One article", "one article by its id, with author and tags", "Article"),
    Scenario("page", "A page", "20 articles with authors, tags and total", "Page"),
    Scenario(
        "page_authenticated",
        "A page, with a token",
        "the same page, and a token to check",
        "PageAuthenticated",
        in_quick=False,
    ),
    Scenario(
        "create_article", "A new article", "a write in a transaction", "CreateArticle", in_quick=False, writes=True
    ),
)


class UnknownScenarioError(Exception):
    """No scenario has this name; the message lists the names that there are."""


def scenarios_named(names: list[str] | None, *, quick: bool) -> tuple[Scenario, ...]:
    """Choose scenarios by name, or else those of a quick or a standard run, in the order of the list.

    Raises:
        UnknownScenarioError: listing the names that there are.
    """
    known = {scenario.name: scenario for scenario in SCENARIOS}
    if names is None:
        return tuple(scenario for scenario in SCENARIOS if scenario.in_quick or not quick)
    if unknown := [name for name in names if name not in known]:
        raise UnknownScenarioError(f"no scenario is named {unknown[0]!r}; there are: {', '.join(known)}")
    return tuple(scenario for scenario in SCENARIOS if scenario.name in names)
