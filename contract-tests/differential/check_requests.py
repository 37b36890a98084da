"""How requests are written, as bytes and as commands, and how failing sequences are shortened."""

import re

from conditions import own_tag, with_condition
from limited import own_values
from request import Framing, Request
from shrink import Steps, simplified

KEY = "0123456789abcdef" * 4


def test_values_take_the_place_of_their_names() -> None:
    """In the target and in headers; what has no value stays."""
    request = Request("GET", "/a?after=$next&q=$5", headers=(("If-Match", "$tag, W/$tag"), ("X", "$unknown")))
    lines = request.encoded({"next": "abc", "tag": '"1.1"'}).decode().split("\r\n")
    assert lines[0] == "GET /a?after=abc&q=$5 HTTP/1.1"
    assert lines[2:4] == ['If-Match: "1.1", W/"1.1"', "X: $unknown"]


def test_a_command_leaves_values_to_the_shell() -> None:
    """Quoted so that it puts them in, and takes nothing else for one."""
    request = Request("PATCH", "/a", "editor", (("If-Match", '"x", $tag'),), body=b"$HOME", times=2)
    command = request.curl()
    assert '-H "Authorization: Bearer $editor"' in command
    assert '-H "If-Match: \\"x\\", $tag"' in command
    assert "--data-binary '$HOME'" in command
    assert command.startswith("for i in {1..2}; do ")


def test_a_failing_sequence_loses_all_that_it_does_not_need() -> None:
    """Requests, headers, members and repetitions; what is needed stays."""
    needed = Request("PATCH", "/a?b=1&c=2", "editor", (("A", "1"), ("B", "2")), body=b'{"x": "long", "y": [1, 2]}')
    steps = (*(Request("GET", f"/{number}") for number in range(20)), Request("POST", "/made", times=3), needed)

    def fails(candidate: Steps) -> bool:
        last = candidate[-1]
        made = any(step.target == "/made" and step.times > 1 for step in candidate)
        return made and "c=2" in last.target and b"y" in (last.body or b"") and last.header("B") is not None

    shortest = simplified(steps, fails)
    assert [step.target for step in shortest] == ["/made", "/a?c=2"]
    assert (shortest[0].times, shortest[1].headers, shortest[1].caller) == (2, (("B", "2"),), None)
    assert shortest[1].body == b'{"y": []}'
    assert shortest[1].framing is Framing.LENGTH


def test_a_tag_is_guessed_from_the_path() -> None:
    """A user's has its version, an article's that of its author's names too; a comment's is the one that came."""
    assert own_tag("/api/v1/users/5", 2, 1) == '"5.2"'
    assert own_tag("/api/v1/articles/7?x=1", 2, 3) == '"7.2.3"'
    assert own_tag("/api/v1/articles/7/comments/9", 2, 3) == "$tag"
    other = with_condition(Request("GET", "/api/v1/users/5"), "If-Match", "W/other, own", (1, 1))
    assert other.header("If-Match") == 'W/"5.1-gzip", "5.1"'


def test_every_sequence_has_addresses_and_users_of_its_own() -> None:
    """So that the servers count each anew."""
    values = [own_values(number, KEY) for number in range(300)]
    for name in ("address_a", "address_b", "network_a", "user_a"):
        assert len({given[name] for given in values}) == len(values)
    assert re.fullmatch(r"11(\.[0-9]{1,3}){3}", values[255]["address_a"])
