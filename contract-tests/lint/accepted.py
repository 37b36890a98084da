"""The warnings and errors of httplint that stay, each with its reason. All others fail, as does one that is gone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from exchange import Remark


@dataclass(frozen=True)
class Accepted:
    """A note that stays where `fits` holds, and why.

    Args:
        name: of its class.
    """

    name: str
    reason: str
    fits: Callable[[Remark], bool]

    def holds(self, remark: Remark) -> bool:
        """Tell whether a remark is this one."""
        return remark.name == self.name and self.fits(remark)


ACCEPTED = (
    Accepted(
        "STORE_PUBLIC_UNNECESSARY",
        "14.1 says for whom an answer is, for who reads it without knowing the defaults of caches",
        lambda remark: remark.exchange.status in (200, 304),
    ),
    Accepted(
        "FRESHNESS_NO_CACHE_NO_VALIDATOR",
        "13.1: only one resource has a tag; pages and documents are asked for anew",
        lambda remark: remark.exchange.status in (200, 201) and not remark.exchange.header("etag"),
    ),
    Accepted(
        "REQUEST_HDR_IN_RESPONSE",
        "415 tells what would be taken in `Accept`, which RFC 9110 defines for answers too (12.5.1, 15.5.16)",
        lambda remark: remark.exchange.status == 415 and remark.summary.startswith('"Accept" '),
    ),
    Accepted(
        "STATUS_BAD_REQUEST",
        "the tour asks what no server understands (12.1, 12.3, 12.8)",
        lambda remark: remark.exchange.status == 400,
    ),
)


@dataclass(frozen=True)
class Verdict:
    """What is to be mended: remarks that nobody accepted, and what is accepted though no answer gives rise to it."""

    unknown: tuple[Remark, ...]
    gone: tuple[Accepted, ...]

    @property
    def ok(self) -> bool:
        """Whether there is nothing."""
        return not self.unknown and not self.gone


def judged(remarks: Iterable[Remark], accepted: Sequence[Accepted] = ACCEPTED) -> Verdict:
    """Hold remarks against the table."""
    given = list(remarks)
    unknown = tuple(remark for remark in given if not any(one.holds(remark) for one in accepted))
    return Verdict(unknown, tuple(one for one in accepted if not any(one.holds(remark) for remark in given)))
