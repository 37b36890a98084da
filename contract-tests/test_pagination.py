"""Pages and their links (9.1 to 9.6), with articles that carry a tag of the test's own."""

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member
from pages import links, targets

TOTAL = 7
PAST_THE_END = [(7, 1), (7, 3), (8, 3), (9, 3), (100, 3), (2**63 - 1, 100)]


@pytest.fixture(scope="module")
def seven(make: Factory, editor: Member) -> tuple[str, list[dict[str, Json]]]:
    """A tag and its seven articles, the oldest first."""
    tag = make.unique("seven")
    return tag, make.articles(editor, *"abcdefg", tags=[tag])


@clause("9.1", "9.2", "9.3", "9.4", "9.5", "9.6")
@pytest.mark.parametrize(
    ("skip", "limit"),
    [(0, 1), (0, 3), (3, 3), (6, 3), (0, 7), (1, 3), (2, 3), (4, 3), (5, 2), (0, 6), (0, 8), (0, 100), *PAST_THE_END],
)
def test_a_page_has_its_slice_its_meta_and_its_links(
    anonymous: Client, seven: tuple[str, list[dict[str, Json]]], skip: int, limit: int
) -> None:
    tag, articles = seven
    base = f"/api/v1/articles?tag={tag}&sort=created_at&"
    answer = anonymous.get(f"{base}skip={skip}&limit={limit}").expect(200)
    meta = {"total": TOTAL, "skip": skip, "limit": limit}
    answer.expect_body({"data": articles[skip : skip + limit], "meta": meta})
    answer.expect_headers({"Link": links(base, TOTAL, skip, limit), "Content-Type": "application/json"})


@clause("9.2", "9.3", "9.5")
def test_a_page_has_defaults(anonymous: Client, seven: tuple[str, list[dict[str, Json]]]) -> None:
    tag, articles = seven
    answer = anonymous.get(f"/api/v1/articles?tag={tag}").expect(200)
    answer.expect_body({"data": articles[::-1], "meta": {"total": TOTAL, "skip": 0, "limit": 20}})
    answer.expect_headers({"Link": links(f"/api/v1/articles?tag={tag}&", TOTAL, 0, 20)})


@clause("9.4")
@pytest.mark.parametrize("skip", [0, 5])
def test_an_empty_result_has_no_links(anonymous: Client, tag: str, skip: int) -> None:
    answer = anonymous.get(f"/api/v1/articles?tag={tag}&skip={skip}").expect(200)
    answer.expect_body({"data": [], "meta": {"total": 0, "skip": skip, "limit": 20}})
    answer.expect_headers({"Link": None})


@clause("9.5")
def test_the_links_keep_the_other_parameters_in_their_order(editor: Member, make: Factory, tag: str) -> None:
    make.articles(editor, "One q", "Two q", "Three q", tags=[tag])
    query = f"q=q&published=true&sort=-title&author_id={editor.id}&tag={tag}"
    answer = editor.get(f"/api/v1/articles?limit=1&{query}&skip=1").expect(200)
    answer.expect_headers({"Link": links(f"/api/v1/articles?{query}&", 3, 1, 1)})


@clause("9.5")
@pytest.mark.parametrize("q", ["%26%3D", "%C3%A9", "a+b", "a%20b", "%25", "%2B", "%23%3F", "%3C%3E%22", "%F0%9F%98%80"])
def test_a_followed_link_asks_for_the_same_q(editor: Member, make: Factory, tag: str, q: str) -> None:
    title = 'x &= é a b % + #? <>" 😀'
    articles = make.articles(editor, title, title, tags=[tag])
    page = editor.get(f"/api/v1/articles?q={q}&tag={tag}&limit=1&sort=created_at").expect(200)
    following = editor.get(targets(page.headers["Link"])["next"]).expect(200)
    following.expect_body({"data": articles[1:], "meta": {"total": 2, "skip": 1, "limit": 1}})


@clause("9.4", "9.6")
def test_following_next_visits_everything_once(anonymous: Client, seven: tuple[str, list[dict[str, Json]]]) -> None:
    tag, articles = seven
    seen: list[dict[str, Json]] = []
    path: str | None = f"/api/v1/articles?tag={tag}&limit=2"
    while path:
        page = anonymous.get(path).expect(200)
        seen += page.body["data"]
        path = targets(page.headers["Link"]).get("next")
    assert seen == articles[::-1]


@clause("9.3")
@pytest.mark.parametrize("sort", ["created_at", "-created_at", "title", "-title"])
def test_ties_are_ordered_by_id_in_the_same_direction(editor: Member, make: Factory, tag: str, sort: str) -> None:
    titles = ["b", "a", "b", "a", "b"]
    articles = make.articles(editor, *titles, tags=[tag])
    key = (lambda item: (item["title"], item["id"])) if "title" in sort else (lambda item: item["id"])
    wanted = sorted(articles, key=key, reverse=sort.startswith("-"))
    for skip in range(len(titles)):
        page = editor.get(f"/api/v1/articles?tag={tag}&sort={sort}&skip={skip}&limit=1").expect(200)
        page.expect_body({"data": [wanted[skip]], "meta": {"total": len(titles), "skip": skip, "limit": 1}})


@clause("9.3")
@pytest.mark.parametrize("sort", ["title", "-title"])
def test_titles_are_ordered_by_code_point(editor: Member, make: Factory, tag: str, sort: str) -> None:
    titles = ["b", "B", "a", "A", "é", "e\u0301", "z", "_", "😀", "\uffff", "10", "9", "a b", "ab", "-"]
    make.articles(editor, *titles, tags=[tag])
    page = editor.get(f"/api/v1/articles?tag={tag}&sort={sort}").expect(200)
    assert [item["title"] for item in page.body["data"]] == sorted(titles, reverse=sort == "-title")


@clause("9.3")
def test_a_change_does_not_move_an_article_in_the_order_of_creation(editor: Member, make: Factory, tag: str) -> None:
    first, second = make.articles(editor, "One", "Two", tags=[tag])
    editor.patch(f"/api/v1/articles/{first['id']}", {}).expect(200)
    page = editor.get(f"/api/v1/articles?tag={tag}").expect(200)
    assert [item["id"] for item in page.body["data"]] == [second["id"], first["id"]]


@clause("3.2")
def test_an_element_of_a_list_is_the_resource(editor: Member, make: Factory, tag: str) -> None:
    article = make.article(editor, tags=[tag, "another"], content="x" * 2_000)
    listed = editor.get(f"/api/v1/articles?tag={tag}").expect(200).body["data"]
    editor.get(f"/api/v1/articles/{article['id']}").expect(200, listed[0])
