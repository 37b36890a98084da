"""Who takes part: each variant as it is shipped, and its framework alone where there is a server of that."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.plan.scenarios import Scenario
from variants.catalog import Handler, Variant

# What the bare handlers serve.
BARE_SCENARIOS = frozenset({"ping", "article", "page"})


@dataclass(frozen=True)
class Contestant:
    """One of a variant's servers."""

    variant: Variant
    handler: Handler = Handler.SHIPPED

    @property
    def name(self) -> str:
        """The variant's name, as the result has it."""
        return self.variant.name

    @property
    def label(self) -> str:
        """Its name among all contestants."""
        return self.name if self.handler is Handler.SHIPPED else f"{self.name} ({self.handler})"

    def takes(self, scenario: Scenario) -> bool:
        """Whether it serves what the scenario asks for."""
        return self.handler is Handler.SHIPPED or scenario.name in BARE_SCENARIOS


def contestants_of(variants: Iterable[Variant], *, bare: bool) -> tuple[Contestant, ...]:
    """Every variant as it is shipped and, where `bare` is wanted and there is one, its framework alone."""
    chosen = tuple(variants)
    alone = tuple(Contestant(variant, Handler.BARE) for variant in chosen if bare and variant.bare is not None)
    return tuple(Contestant(variant) for variant in chosen) + alone


def shipped(contestants: Iterable[Contestant]) -> tuple[Contestant, ...]:
    """Those that are variants as they are shipped."""
    return tuple(one for one in contestants if one.handler is Handler.SHIPPED)
