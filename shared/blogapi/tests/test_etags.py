"""Entity tags: one for each representation, and what a request makes conditional on them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.etags import Precondition, article_tag, comment_tag, gzip_tag, is_not_modified, precondition, user_tag
from blogapi.problems import Problem
from blogapi.records import Article, Author, Comment, User

NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
USER = User(7, "ada", "ada@example.com", "Ada", None, "viewer", True, NOW, NOW, 3)
ARTICLE = Article(7, "Title", "Text.", True, ["a"], Author(7, "ada", "Ada", 2), 3, NOW, NOW)
COMMENT = Comment(7, 7, Author(7, "ada", "Ada", 2), "Well written.", NOW)
TAG = article_tag(ARTICLE)
OTHERS = [
    '"7.3.1"',
    '"7.4.2"',
    '"8.3.2"',
    '"7.3"',
    '"7.3.2.1"',
    '"07.3.2"',
    '"7.3.2-gz"',
    '"7-gzip.3.2"',
    '""',
    '"-gzip"',
]


def test_the_tags_are_strong() -> None:
    for tag in (user_tag(USER), article_tag(ARTICLE), comment_tag(COMMENT)):
        assert re.fullmatch(r'"[\x21\x23-\x7e]+"', tag)
        assert gzip_tag(tag) == f'{tag[:-1]}-gzip"'


def test_no_two_resources_share_a_tag() -> None:
    assert len({user_tag(USER), article_tag(ARTICLE), comment_tag(COMMENT)}) == 3
    numbers = [(a, b) for a in range(1, 13) for b in range(1, 13)]
    users = {user_tag(USER._replace(id=a, version=b)) for a, b in numbers}
    articles = {article_tag(ARTICLE._replace(id=a, version=b)) for a, b in numbers}
    comments = {comment_tag(COMMENT._replace(id=a, article_id=b)) for a, b in numbers}
    assert len(users | articles | comments) == 3 * len(numbers)


def test_a_tag_changes_with_the_row_and_with_the_names_of_its_author() -> None:
    renamed = ARTICLE.author._replace(name="Ada K.", byline_version=3)
    assert user_tag(USER._replace(version=4)) != user_tag(USER)
    assert article_tag(ARTICLE._replace(version=4)) != TAG != article_tag(ARTICLE._replace(author=renamed))
    assert comment_tag(COMMENT._replace(author=renamed)) != comment_tag(COMMENT)
    later = NOW + timedelta(days=1)
    assert article_tag(ARTICLE._replace(updated_at=later)) == TAG


HOLDING = [TAG, gzip_tag(TAG), f'"x", {TAG}', f'"x"  ,\t{TAG} , "y"', f"{TAG},{TAG}", "*", " * ", f",{TAG},"]
WEAK = [f"W/{TAG}", f"W/{gzip_tag(TAG)}", f'"x", W/{TAG}']
FAILING = [
    *OTHERS,
    "",
    "7.3.2",
    TAG[:-1],
    TAG[1:],
    f"w/{TAG}",
    f"x{TAG}",
    f"{TAG}x",
    f"{TAG} {TAG}",
    f'"x"; {TAG}',
    f"*, {TAG[:-1]}",
]


@pytest.mark.parametrize("field", [*HOLDING, *WEAK])
@pytest.mark.parametrize("form", [TAG, gzip_tag(TAG)])
def test_a_tag_that_is_named_is_not_modified(field: str, form: str) -> None:
    assert is_not_modified({"If-None-Match": field}, form) is True


@pytest.mark.parametrize("field", FAILING)
@pytest.mark.parametrize("form", [TAG, gzip_tag(TAG)])
def test_a_tag_that_is_not_named_is_modified(field: str, form: str) -> None:
    assert is_not_modified({"If-None-Match": field}, form) is False


@pytest.mark.parametrize("field", HOLDING)
def test_a_read_passes_where_a_tag_matches(field: str) -> None:
    assert is_not_modified({"If-Match": field}, TAG) is False
    assert is_not_modified({"If-Match": field, "If-None-Match": TAG}, gzip_tag(TAG)) is True


@pytest.mark.parametrize("field", [*FAILING, *WEAK])
def test_a_read_fails_where_no_tag_matches_strongly_whatever_if_none_match_says(field: str) -> None:
    for more in ({}, {"If-None-Match": TAG}):
        with pytest.raises(Problem) as problem:
            is_not_modified({"If-Match": field, **more}, TAG)
        assert problem.value.code == "precondition_failed"


def test_without_conditions_nothing_is_asked() -> None:
    assert is_not_modified({}, TAG) is False
    assert precondition({}, resource_id=7) == Precondition()
    assert precondition({}, resource_id=7).is_empty


STATE = frozenset({(3, 2)})
NONE_WANTED: Precondition = Precondition(frozenset())


@pytest.mark.parametrize("field", [field for field in HOLDING if "*" not in field])
def test_a_change_wants_the_states_that_if_match_names(field: str) -> None:
    assert precondition({"If-Match": field}, resource_id=7) == Precondition(STATE)


@pytest.mark.parametrize("field", [*WEAK, "", "7.3.2", '"x"', '"8.3.2"', f"w/{TAG}"])
def test_a_change_wants_nothing_where_if_match_names_no_state_of_the_row(field: str) -> None:
    told = precondition({"If-Match": field}, resource_id=7)
    assert told == NONE_WANTED
    assert not told.is_empty


@pytest.mark.parametrize("field", ["*", " *\t"])
def test_any_state_is_wanted_or_none_at_all(field: str) -> None:
    assert precondition({"If-Match": field}, resource_id=7).is_empty
    assert precondition({"If-None-Match": field}, resource_id=7) == NONE_WANTED
    assert precondition({"If-Match": TAG, "If-None-Match": field}, resource_id=7) == NONE_WANTED


@pytest.mark.parametrize("field", [*WEAK, TAG, gzip_tag(TAG), f'"x", {TAG}'])
def test_a_change_wants_none_of_the_states_that_if_none_match_names(field: str) -> None:
    assert precondition({"If-None-Match": field}, resource_id=7) == Precondition(None, STATE)
    both = precondition({"If-Match": '"7.1.1"', "If-None-Match": field}, resource_id=7)
    assert both == Precondition(frozenset({(1, 1)}), STATE)


def test_numbers_that_no_database_has_fit_nothing() -> None:
    for number in ("9" * 19, "9" * 40, "0", "-1", "1e3", "\u0661"):
        assert precondition({"If-Match": f'"7.{number}.2"'}, resource_id=7) == NONE_WANTED


@given(st.text(st.characters(max_codepoint=255), max_size=40) | st.text('W/"*, .7123-gzip', max_size=40))
def test_any_field_is_read(field: str) -> None:
    told = precondition({"If-Match": field, "If-None-Match": field}, resource_id=7)
    assert all(isinstance(state, tuple) for state in told.unwanted)
    is_not_modified({"If-None-Match": field}, TAG)


def test_the_hundred_and_first_tag_of_a_list_does_not_count() -> None:
    others = ", ".join(f'"7.{version}"' for version in range(2, 101))
    assert precondition({"If-Match": f'{others}, "7.1"'}, resource_id=7).wanted is not None
    assert (1,) in (precondition({"If-Match": f'{others}, "7.1"'}, resource_id=7).wanted or ())
    assert (1,) not in (precondition({"If-Match": f'"x", {others}, "7.1"'}, resource_id=7).wanted or ())
