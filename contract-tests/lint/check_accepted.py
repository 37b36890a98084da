"""What the linter says of answers that are known, and how its remarks are held against the table."""

from datetime import UTC, datetime

from accepted import Accepted, judged
from exchange import Exchange, Remark, remarks_of

SENT = datetime(2026, 1, 31, 9, 5, tzinfo=UTC).timestamp()
GOOD = (
    ("Date", "Sat, 31 Jan 2026 09:05:00 GMT"),
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("Content-Length", "2"),
)


def answer(*headers: tuple[str, str], status: int = 200, body: bytes = b"{}") -> Exchange:
    """An exchange with an answer of these headers."""
    sent = (("Host", "localhost"), ("User-Agent", "test"))
    return Exchange("GET", "/", sent, b"", status, headers, body)


def names_of(exchange: Exchange) -> set[str]:
    """The classes of the warnings and errors."""
    return {remark.name for remark in remarks_of(exchange, base_url="http://localhost", now=SENT)}


def remark(name: str, status: int = 200) -> Remark:
    """A remark of the name."""
    return Remark(name, "", name, answer(*GOOD, status=status))


def test_a_good_answer_gives_rise_to_nothing() -> None:
    """So that what is printed is of the answers, and not of how they are given to the linter."""
    assert names_of(answer(*GOOD)) == set()


def test_a_wrong_length_is_seen() -> None:
    """The body is given to the linter as it came."""
    assert "CL_INCORRECT" in names_of(answer(*GOOD, body=b"{} "))


def test_what_nobody_accepted_is_unknown_and_what_nobody_said_is_gone() -> None:
    """Both are faults."""
    kept = Accepted("KEPT", "a reason", lambda one: one.exchange.status == 200)
    lost = Accepted("LOST", "a reason", lambda _one: True)
    verdict = judged([remark("KEPT"), remark("KEPT", status=404)], [kept, lost])
    assert [one.exchange.status for one in verdict.unknown] == [404]
    assert [one.name for one in verdict.gone] == ["LOST"]
    assert not verdict.ok


def test_all_accepted_and_all_said_is_well() -> None:
    """Nothing to be mended."""
    assert judged([remark("KEPT")], [Accepted("KEPT", "a reason", lambda _one: True)]).ok
