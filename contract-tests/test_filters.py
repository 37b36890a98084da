"""Filters of the list of articles, and who sees what in it (8.6 to 8.10)."""

import pytest

from answer import Json
from clauses import clause
from client import Client
from data import Factory, Member

PATH = "/api/v1/articles"


def titles(client: Client, query: str) -> list[str]:
    """The titles of a page in the order of creation; `total` must be their number."""
    page = client.get(f"{PATH}?sort=created_at&{query}").expect(200).body
    assert page["meta"]["total"] == len(page["data"])
    return [item["title"] for item in page["data"]]


@pytest.fixture(scope="module")
def four(make: Factory, editor: Member, other_editor: Member) -> str:
    """The tag of four articles: published and a draft of the editor, published and a draft of the other one."""
    tag = make.unique("four")
    for author, name in ((editor, "own"), (other_editor, "other")):
        make.article(author, title=f"{name} published", published=True, tags=[tag])
        make.article(author, title=f"{name} draft", published=False, tags=[tag])
    return tag


PUBLISHED = ["own published", "other published"]
VISIBLE: dict[str, dict[str, list[str]]] = {
    "anonymous": {"": PUBLISHED, "&published=true": PUBLISHED, "&published=false": []},
    "viewer": {"": PUBLISHED, "&published=true": PUBLISHED, "&published=false": []},
    "editor": {
        "": ["own published", "own draft", "other published"],
        "&published=true": PUBLISHED,
        "&published=false": ["own draft"],
    },
    "admin": {
        "": ["own published", "own draft", "other published", "other draft"],
        "&published=true": PUBLISHED,
        "&published=false": ["own draft", "other draft"],
    },
}
VISIBLE_CASES = [
    pytest.param(caller, query, wanted, id=f"{caller}{query or '-all'}")
    for caller, rows in VISIBLE.items()
    for query, wanted in rows.items()
]


@clause("8.7", "8.8", "6.7")
@pytest.mark.parametrize(("caller", "query", "wanted"), VISIBLE_CASES)
def test_a_list_holds_and_counts_what_the_caller_may_see(
    request: pytest.FixtureRequest, four: str, caller: str, query: str, wanted: list[str]
) -> None:
    assert titles(request.getfixturevalue(caller), f"tag={four}{query}") == wanted


@clause("8.7")
def test_an_author_who_is_a_viewer_now_does_not_see_its_drafts(admin: Member, make: Factory, tag: str) -> None:
    author = make.member("editor")
    make.article(author, title="draft", published=False, tags=[tag])
    assert titles(author, f"tag={tag}") == ["draft"]
    admin.patch(author.path, {"role": "viewer"}).expect(200)
    assert titles(author, f"tag={tag}") == []


@clause("8.9", "8.6")
def test_author_id_selects_an_authors_articles(
    editor: Member, other_editor: Member, four: str, anonymous: Client
) -> None:
    assert titles(anonymous, f"tag={four}&author_id={editor.id}") == ["own published"]
    assert titles(anonymous, f"tag={four}&author_id={other_editor.id}") == ["other published"]
    assert titles(editor, f"tag={four}&author_id={other_editor.id}&published=false") == []


@clause("8.9")
@pytest.mark.parametrize("author_id", [2**63 - 1, 2**62])
def test_an_author_that_nobody_is_gives_an_empty_page(admin: Member, author_id: int) -> None:
    assert titles(admin, f"author_id={author_id}") == []


@clause("8.9")
def test_a_tag_selects_by_equality(editor: Member, make: Factory, tag: str) -> None:
    make.article(editor, title="one", tags=[tag, "zz"])
    make.article(editor, title="two", tags=[f"{tag}x"])
    make.article(editor, title="three", tags=[f"x{tag}"])
    assert titles(editor, f"tag={tag}") == ["one"]
    assert titles(editor, f"tag={tag[:-1]}") == []


@clause("8.6")
def test_filters_must_all_hold(editor: Member, make: Factory, tag: str) -> None:
    make.article(editor, title="alpha", tags=[tag])
    make.article(editor, title="alpha draft", tags=[tag], published=False)
    make.article(editor, title="beta", tags=[tag])
    make.article(editor, title="alpha", tags=["other"])
    query = f"tag={tag}&author_id={editor.id}&published=true&q=alpha"
    assert titles(editor, query) == ["alpha"]


@clause("8.6")
def test_a_filtered_article_keeps_all_its_tags(editor: Member, make: Factory, tag: str) -> None:
    article = make.article(editor, tags=[tag, "a", "zz"])
    editor.get(f"{PATH}?tag={tag}").expect(200).expect_members(data=[article])


# q → title → whether it is found
SUBSTRINGS: dict[str, tuple[str, dict[str, bool]]] = {
    "start": ("wor", {"Word": True, "Sword": True, "World": True, "Would": False}),
    "case": ("HELLO", {"say hello": True, "Hello": True, "helo": False}),
    "percent": ("%25", {"100%": True, "100": False}),
    "percent-inside": ("1%250", {"1%0": True, "100": False}),
    "underscore": ("a_c", {"a_c": True, "abc": False}),
    "backslash": ("a%5C", {"a\\b": True, "ab": False, "a/b": False}),
    "backslash-percent": ("%5C%25", {"\\%": True, "%": False, "\\": False}),
    "star": ("*", {"a*b": True, "ab": False}),
    "question-mark": ("a%3Fc", {"a?c": True, "abc": False}),
    "bracket": ("%5Ba%5D", {"[a]": True, "a": False}),
    "dot": ("a.c", {"a.c": True, "abc": False}),
    "quote": ("it%27s", {"It's": True, "its": False}),
    "space": ("a+b", {"a b": True, "ab": False, "a  b": False}),
    "plus": ("a%2Bb", {"a+b": True, "a b": False}),
    "only-a-space": ("%20", {"a b": True, "ab": False}),
    "space-around": ("+b+", {"a b c": True, "abc": False, "a b": False}),
    "e-acute-lower": ("%C3%A9", {"ÉCOLE": True, "école": True, "ecole": False}),
    "e-acute-upper": ("%C3%89", {"école": True, "ÉCOLE": True, "e\u0301": False}),
    "sharp-s": ("stra%C3%9Fe", {"STRASSE": True, "Straße": True, "Strase": False}),
    "double-s": ("STRASSE", {"Straße": True, "strasse": True}),
    "sigma": ("%CF%83", {"ΟΔΟΣ": True, "οδος": True, "οδό": False}),
    "cyrillic": ("%D0%BC%D0%B8%D1%80", {"МИР": True, "мир": True, "мор": False}),
    "ligature": ("FI", {"ﬁsh": True, "fish": True, "fsh": False}),
    "emoji": ("%F0%9F%98%80", {"a 😀": True, "a 😁": False}),
    "astral-case": ("%F0%90%90%80", {"𐐨": True, "𐐩": False}),
}


@clause("8.10")
@pytest.mark.parametrize(("q", "found"), SUBSTRINGS.values(), ids=SUBSTRINGS.keys())
def test_q_is_a_case_folded_literal_substring_of_the_title(
    editor: Member, make: Factory, tag: str, q: str, found: dict[str, bool]
) -> None:
    make.articles(editor, *found, tags=[tag], content=" ".join(found))
    assert titles(editor, f"tag={tag}&q={q}") == [title for title, wanted in found.items() if wanted]


@clause("8.10")
def test_q_looks_at_the_title_only(editor: Member, make: Factory, tag: str) -> None:
    make.article(editor, title="x", content="needle", tags=[tag])
    assert titles(editor, f"tag={tag}&q=needle") == []
    assert titles(editor, f"tag={tag}&q={tag}") == []


@clause("8.10")
def test_q_follows_a_change_of_the_title(editor: Member, article: dict[str, Json]) -> None:
    old, new = article["title"], article["title"].replace("Title", "ÜBER")
    path = f"{PATH}/{article['id']}"
    editor.patch(path, {"title": new}).expect(200)
    assert titles(editor, f"author_id={editor.id}&q={new.replace('Ü', '%C3%BC')}") == [new]
    assert titles(editor, f"author_id={editor.id}&q={old}") == []
    editor.put(path, {"title": old, "content": "x"}).expect(200)
    assert titles(editor, f"author_id={editor.id}&q={old}") == [old]


@clause("8.10")
@pytest.mark.parametrize("letter", ["x", "%F0%9F%98%80"], ids=["x", "astral"])
def test_q_of_200_characters_is_accepted(anonymous: Client, tag: str, letter: str) -> None:
    assert titles(anonymous, f"tag={tag}&q={letter * 200}") == []
