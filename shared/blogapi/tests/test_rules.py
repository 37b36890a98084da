"""Limits and patterns: ids at their bounds, e-mail addresses on both sides, characters that no database takes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapi import rules

ID = re.compile(rules.ID_PATTERN)
AROUND_THE_LARGEST = st.integers(rules.ID_MAX - 10**6, rules.ID_MAX + 10**6)


@given(st.integers(-5, 10**20) | AROUND_THE_LARGEST | st.integers(10**18 - 10, 10**18 + 10))
@example(0)
@example(1)
@example(2**63 - 1)
@example(2**63)
@example(10**19)
@example(9_300_000_000_000_000_000)
def test_an_id_is_a_positive_integer_of_63_bits(number: int) -> None:
    assert (ID.fullmatch(str(number)) is not None) == (1 <= number <= 2**63 - 1)


@pytest.mark.parametrize(
    "text", ["", "0", "01", "+1", "-1", " 1", "1 ", "1\n", "1.0", "1e3", "0x1", "1_0", "\u0661", "\uff11", "²", "me"]
)
def test_what_is_not_written_like_an_id_is_none(text: str) -> None:
    assert ID.fullmatch(text) is None


def test_each_digit_of_the_largest_id_counts() -> None:
    digits = str(rules.ID_MAX)
    for place, digit in enumerate(digits):
        before, rest = digits[:place], len(digits) - place - 1
        if digit != "9":
            assert ID.fullmatch(before + str(int(digit) + 1) + "0" * rest) is None
        if digit != "0":
            assert ID.fullmatch(before + str(int(digit) - 1) + "9" * rest) is not None


LABEL = "a" * 63
ADDRESSES = [
    "a@b.cd",
    "ada.lovelace@example.com",
    "Ada@Example.COM",
    "!#$%&'*+/=?^_`{|}~-@example.com",
    "a" * 64 + "@example.com",
    "1@2.3",
    f"a@{LABEL}.{LABEL}",
    "a@b-c.d--e.fg",
    "a@xn--bcher-kva.example",
    "a@a.b.c.d.e",
]
NO_ADDRESSES = [
    "",
    "@",
    "a",
    "a@",
    "@b.cd",
    "a@b",
    "a@b.",
    "a@.b.cd",
    "a@b..cd",
    "a@-b.cd",
    "a@b-.cd",
    "a@b.cd-",
    f"a@{LABEL}a.cd",
    ".a@b.cd",
    "a.@b.cd",
    "a..b@b.cd",
    "a@b@c.de",
    "a b@b.cd",
    '"a b"@b.cd',
    "a(comment)@b.cd",
    "a@[127.0.0.1]",
    "a@b_c.de",
    "ä@b.cd",
    "a@bücher.example",
    "a" * 65 + "@example.com",
    " a@b.cd",
    "a@b.cd ",
    "a@b.cd\n",
    "a@b.cd\0",
    "Ada <a@b.cd>",
    "a,b@b.cd",
    "a@b.cd,c@d.ef",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_one(address: str) -> None:
    assert rules.email_is_valid(address)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_none(text: str) -> None:
    assert not rules.email_is_valid(text)


ATOMS = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=15)
LABELS = st.text("abcXYZ019", min_size=1, max_size=63)


@given(st.lists(ATOMS, min_size=1, max_size=4), st.lists(LABELS, min_size=1, max_size=4))
def test_dot_atoms_before_labels_are_an_address_from_two_labels_on(atoms: list[str], labels: list[str]) -> None:
    local = ".".join(atoms)
    assert rules.email_is_valid(f"{local}@{'.'.join(labels)}") == (len(local) <= 64 and len(labels) >= 2)


@given(st.text(st.characters(codec=None, categories=None), max_size=5))
@example("\0")
@example("\ud800")
@example("\udfff")
@example("\ud83d\ude00")
@example("😀")
def test_unsafe_is_what_has_nul_or_no_utf_8(text: str) -> None:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        encoded = b"\0"
    assert rules.has_unsafe_characters(text) == (b"\0" in encoded)
