"""Keyset pages: `GET /api/v2/articles` (section 18)."""

import re
from collections.abc import Callable

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member, path_of

PATH = "/api/v2/articles"
OPAQUE = re.compile(r"[A-Za-z0-9_-]+")
TOTAL = 7


@pytest.fixture(scope="module")
def seven(make: Factory, editor: Member) -> tuple[str, list[dict[str, Json]]]:
    """A tag and its seven articles, the newest first."""
    tag = make.unique("keyset")
    return tag, make.articles(editor, *"abcdefg", tags=[tag])[::-1]


def walk(caller: Client, query: str, between: Callable[[], object] = lambda: None) -> list[int]:
    """Follow `next` to the end, doing something between the pages; the ids in the order of the pages."""
    seen: list[int] = []
    after = ""
    while True:
        page = caller.get(f"{PATH}?{query}{after}").expect(200).body
        seen += [item["id"] for item in page["data"]]
        assert len(set(seen)) == len(seen)
        if page["meta"]["next"] is None:
            return seen
        after = f"&after={page['meta']['next']}"
        between()


def ids(articles: list[dict[str, Json]]) -> list[int]:
    """The ids of articles."""
    return [int(article["id"]) for article in articles]


@clause("18.1", "18.2", "9.2", "1.1")
def test_a_page_has_the_newest_articles_first_and_defaults(
    anonymous: Client, seven: tuple[str, list[dict[str, Json]]]
) -> None:
    tag, articles = seven
    answer = anonymous.get(f"{PATH}?tag={tag}").expect(200, {"data": articles, "meta": {"limit": 20, "next": None}})
    answer.expect_headers({"Content-Type": "application/json", "Link": None})


@clause("18.1", "18.2", "18.3")
@pytest.mark.parametrize("limit", range(1, TOTAL + 2))
def test_next_is_there_as_long_as_articles_follow(
    anonymous: Client, seven: tuple[str, list[dict[str, Json]]], limit: int
) -> None:
    tag, articles = seven
    page = anonymous.get(f"{PATH}?tag={tag}&limit={limit}").expect(200).expect_headers({"Link": None})
    following = page.body["meta"]["next"]
    page.expect_body({"data": articles[:limit], "meta": {"limit": limit, "next": following}})
    assert following is None if limit >= TOTAL else OPAQUE.fullmatch(following)


@clause("18.3", "18.5")
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 100])
def test_following_next_visits_each_article_once(
    anonymous: Client, seven: tuple[str, list[dict[str, Json]]], limit: int
) -> None:
    assert walk(anonymous, f"tag={seven[0]}&limit={limit}") == ids(seven[1])


@clause("18.1", "18.2", "9.2")
def test_the_default_limit_is_twenty(editor: Member, make: Factory, tag: str) -> None:
    articles = ids(make.articles(editor, *"abcdefghijklmnopqrstu", tags=[tag]))[::-1]
    page = editor.get(f"{PATH}?tag={tag}").expect(200)
    assert ids(page.body["data"]) == articles[:20] and page.body["meta"]["limit"] == 20
    last = editor.get(f"{PATH}?tag={tag}&after={page.body['meta']['next']}").expect(200)
    assert ids(last.body["data"]) == articles[20:] and last.body["meta"] == {"limit": 20, "next": None}


@clause("18.1", "9.3")
def test_all_articles_are_ordered_by_time_and_id_descending(
    admin: Member, seven: tuple[str, list[dict[str, Json]]]
) -> None:
    pages = [admin.get(f"{PATH}?limit=5").expect(200).body]
    for _ in range(20):
        if following := pages[-1]["meta"]["next"]:
            pages.append(admin.get(f"{PATH}?limit=5&after={following}").expect(200).body)
    places = [(item["created_at"], item["id"]) for page in pages for item in page["data"]]
    assert places == sorted(set(places), reverse=True) and len(places) >= len(seven[1])


@clause("18.2", "8.9")
def test_both_filters_must_hold(anonymous: Client, make: Factory, editor: Member, other_editor: Member) -> None:
    tag = make.unique("both")
    mine, _theirs = make.article(editor, tags=[tag]), make.article(other_editor, tags=[tag])
    make.article(editor)
    assert walk(anonymous, f"author_id={editor.id}&tag={tag}&limit=1") == [mine["id"]]
    nobody = {"data": [], "meta": {"limit": 20, "next": None}}
    anonymous.get(f"{PATH}?author_id={2**63 - 1}").expect(200, nobody)
    anonymous.get(f"{PATH}?tag={make.unique('nobody')}").expect(200, nobody)


@pytest.fixture(scope="module")
def mixed(make: Factory, editor: Member, other_editor: Member) -> tuple[str, dict[str, list[int]]]:
    """A tag of published articles and drafts of two editors, and what each caller sees of it, the newest first."""
    tag = make.unique("mixed")
    rows = [(author, state) for author in (editor, other_editor, editor) for state in (True, False)]
    articles = [make.article(author, tags=[tag], published=state) for author, state in rows][::-1]
    public = [article["id"] for article in articles if article["published"]]
    seen = {"anonymous": public, "viewer": public, "admin": ids(articles)}
    for name, author in (("editor", editor), ("other_editor", other_editor)):
        seen[name] = [item["id"] for item in articles if item["published"] or item["author"]["id"] == author.id]
    return tag, seen


@clause("18.1", "8.7", "6.7", "6.8")
@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("caller", ["anonymous", "viewer", "editor", "other_editor", "admin"])
def test_a_caller_walks_over_what_it_may_see(
    request: pytest.FixtureRequest, mixed: tuple[str, dict[str, list[int]]], caller: str, limit: int
) -> None:
    tag, seen = mixed
    assert walk(request.getfixturevalue(caller), f"tag={tag}&limit={limit}") == seen[caller]


@clause("18.1", "5.10")
def test_a_bad_token_is_not_ignored(anonymous: Client) -> None:
    anonymous.with_token("not.a.token").get(PATH).expect_problem(401, "invalid_token")


@clause("18.5")
def test_articles_created_meanwhile_move_nothing(editor: Member, make: Factory, tag: str) -> None:
    there = ids(make.articles(editor, *"abcdef", tags=[tag]))
    assert walk(editor, f"tag={tag}&limit=2", lambda: make.article(editor, tags=[tag])) == there[::-1]


@clause("18.5")
def test_articles_deleted_meanwhile_hide_no_other(editor: Member, make: Factory, tag: str) -> None:
    articles = make.articles(editor, *"abcdefghi", tags=[tag])
    going = articles[1::3] + articles[2::3]

    def delete_two() -> None:
        for _ in range(2):
            if going:
                editor.delete(path_of(going.pop())).expect(204)

    seen = walk(editor, f"tag={tag}&limit=2", delete_two)
    staying = ids(articles[::3])
    assert [identity for identity in seen if identity in staying] == staying[::-1] and len(set(seen)) == len(seen)


@clause("18.5", "18.3")
def test_a_page_follows_an_article_that_is_gone(editor: Member, make: Factory, tag: str) -> None:
    old, middle, new = make.articles(editor, *"abc", tags=[tag])
    page = editor.get(f"{PATH}?tag={tag}&limit=2").expect(200).expect_members(data=[new, middle])
    editor.delete(path_of(middle)).expect(204)
    following = editor.get(f"{PATH}?tag={tag}&limit=2&after={page.body['meta']['next']}")
    following.expect(200, {"data": [old], "meta": {"limit": 2, "next": None}})


@clause("18.5")
def test_a_change_moves_no_article(editor: Member, make: Factory, tag: str) -> None:
    articles = make.articles(editor, *"abcd", tags=[tag])
    changed = iter(articles)
    seen = walk(editor, f"tag={tag}&limit=1", lambda: editor.patch(path_of(next(changed)), {"title": "z"}).expect(200))
    assert seen == ids(articles)[::-1]


@clause("18.3")
def test_the_limit_may_change_between_pages(anonymous: Client, seven: tuple[str, list[dict[str, Json]]]) -> None:
    tag, articles = seven
    page = anonymous.get(f"{PATH}?tag={tag}&limit=2").expect(200)
    following = anonymous.get(f"{PATH}?limit=5&after={page.body['meta']['next']}&tag={tag}")
    following.expect(200, {"data": articles[2:], "meta": {"limit": 5, "next": None}})


FAULTS = {
    "limit-0": ("limit=0", {"query:limit": "too_small"}),
    "limit-101": ("limit=101", {"query:limit": "too_large"}),
    "limit-word": ("limit=x", {"query:limit": "type"}),
    "limit-twice": ("limit=1&limit=1", {"query:limit": "duplicate"}),
    "author-0": ("author_id=0", {"query:author_id": "too_small"}),
    "author-word": ("author_id=me", {"query:author_id": "type"}),
    "tag-capital": ("tag=Tag", {"query:tag": "invalid"}),
    "tag-nul": ("tag=a%00", {"query:tag": "characters"}),
    "skip": ("skip=0", {"query:skip": "unknown"}),
    "sort": ("sort=-created_at", {"query:sort": "unknown"}),
    "q": ("q=x", {"query:q": "unknown"}),
    "published": ("published=true", {"query:published": "unknown"}),
    "before": ("before=x", {"query:before": "unknown"}),
    "several": (
        "skip=0&limit=0&after=",
        {"query:after": "invalid", "query:limit": "too_small", "query:skip": "unknown"},
    ),
}


@clause("18.2", "9.7", "9.8", "9.9", "9.10")
@pytest.mark.parametrize(("query", "faults"), FAULTS.values(), ids=FAULTS.keys())
def test_a_query_that_breaks_a_rule_is_refused(anonymous: Client, query: str, faults: dict[str, str]) -> None:
    anonymous.get(f"{PATH}?{query}").expect_faults(faults)


TAMPERED: dict[str, Callable[[str], str]] = {
    "empty": lambda cursor: "",
    "cut": lambda cursor: cursor[:-1],
    "cut-by-four": lambda cursor: cursor[:-4],
    "first-cut": lambda cursor: cursor[1:],
    "longer": lambda cursor: cursor + "A",
    "longer-by-four": lambda cursor: cursor + "AAAA",
    "twice": lambda cursor: cursor * 2,
    "padded": lambda cursor: cursor + "%3D%3D",
    "other-alphabet": lambda cursor: "%2B%2F" + cursor[2:],
    "space": lambda cursor: "+" + cursor[1:],
    "newline-after": lambda cursor: cursor + "%0A",
    "all-zero": lambda cursor: "A" * len(cursor),
    "all-ones": lambda cursor: "_" * len(cursor),
    "letter-of-unicode": lambda cursor: cursor[:-1] + "%C3%A9",
    "a-number": lambda cursor: "20",
    "a-time": lambda cursor: "2026-01-01T00:00:00.000000Z",
    "json": lambda cursor: "%7B%22id%22%3A1%7D",
    "sql": lambda cursor: "%27%20OR%201%3D1%20--",
    "long": lambda cursor: "A" * 3_000,
}


@clause("18.4", "1.11")
@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED.keys())
def test_after_that_was_never_a_next_is_invalid(
    anonymous: Client, seven: tuple[str, list[dict[str, Json]]], tamper: Callable[[str], str]
) -> None:
    cursor = anonymous.get(f"{PATH}?tag={seven[0]}&limit=1").expect(200).body["meta"]["next"]
    anonymous.get(f"{PATH}?tag={seven[0]}&after={tamper(cursor)}").expect_faults({"query:after": "invalid"})


@clause("18.4", "9.9")
def test_after_is_held_to_the_rules_of_text(anonymous: Client) -> None:
    anonymous.get(f"{PATH}?after=%00").expect_faults({"query:after": "characters"})
    anonymous.get(f"{PATH}?after=a%FF").expect_faults({"query:after": "characters"})
    anonymous.get(f"{PATH}?after=x&after=y").expect_faults({"query:after": "duplicate"})
