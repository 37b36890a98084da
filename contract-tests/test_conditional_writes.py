"""Writes that are made conditional on a tag (13.5, 13.6, 13.8)."""

import re
from collections.abc import Callable

import pytest

from answer import Answer, Json
from clauses import clause
from data import Factory, Member, path_of, path_of_comment
from tags import spelled, tag_of

WRITES = [(kind, method) for kind in ("user", "article") for method in ("PUT", "PATCH", "DELETE")]
EACH_WRITE = pytest.mark.parametrize(("kind", "method"), [*WRITES, ("comment", "DELETE")])


class Resource:
    """A resource of the test's own, and how to change it.

    Args:
        admin: who changes it.
        path: of the resource.
        body: of a PUT or a PATCH that keeps to the rules.
    """

    def __init__(self, admin: Member, path: str, body: dict[str, Json]) -> None:
        self.admin = admin
        self.path = path
        self.body = body

    def tag(self) -> str:
        """The present tag, without compression."""
        return tag_of(self.admin, self.path)

    def write(self, method: str, headers: dict[str, str]) -> Answer:
        """PUT, PATCH or DELETE it."""
        if method == "DELETE":
            return self.admin.delete(self.path, headers=headers)
        return self.admin.request(method, self.path, self.body, headers=headers)

    def expect_refused(self, method: str, name: str, *values: str, more: dict[str, str] | None = None) -> None:
        """Hold writes with each of the values in a header to 412, and to having changed nothing."""
        before = self.admin.get(self.path).expect(200)
        for value in values:
            answer = self.write(method, {name: value, **(more or {})}).expect_problem(412, "precondition_failed")
            answer.expect_headers({"ETag": None})
        self.admin.get(self.path).expect(200, before.body).expect_headers({"ETag": before.headers["ETag"]})

    def expect_done(self, method: str, headers: dict[str, str]) -> None:
        """Hold a write to its success."""
        self.write(method, headers).expect(204 if method == "DELETE" else 200)


Maker = Callable[[], Resource]


@pytest.fixture(scope="module")
def commented(make: Factory, editor: Member) -> dict[str, Json]:
    """The article of all comments, which no test changes."""
    return make.article(editor)


@pytest.fixture
def new(admin: Member, editor: Member, viewer: Member, commented: dict[str, Json], make: Factory, kind: str) -> Maker:
    """Makes resources of the kind of the test."""

    def made() -> Resource:
        if kind == "user":
            user = make.user()
            own = {name: user[name] for name in ("username", "email", "name")}
            return Resource(admin, f"/api/v1/users/{user['id']}", own)
        if kind == "article":
            return Resource(admin, path_of(make.article(editor)), {"title": "Other", "content": "Other"})
        return Resource(admin, path_of_comment(make.comment(viewer, commented)), {})

    return made


@pytest.fixture
def resource(new: Maker) -> Resource:
    """A resource of the kind of the test."""
    return new()


FITTING = ["{tag}", "{gzip}", "*", '"other", {tag}', '{tag},"other"', '"a,b" , {gzip}', "other, {tag}", ",{tag},"]
NOT_FITTING = [
    '"other"',
    "W/{tag}",
    "W/{gzip}",
    'W/{tag}, "other"',
    "w/{tag}",
    "{bare}",
    '"{bare}',
    '"{bare}0"',
    '"{bare}.1"',
    '"0{bare}"',
    '" {bare}"',
    "x{tag}",
    "{tag}x",
    '"{bare}-br"',
    '"*"',
    '""',
    "",
    ",",
    '"1.1"',
    '"1.9999999999999999999999"',
    '"1.9223372036854775808"',
    '"\' OR 1=1 --"',
    '"-1.-1"',
    '"1.1.1.1.1.1.1"',
]


@clause("13.5", "14.6")
@EACH_WRITE
def test_a_write_whose_if_match_fits_is_done(new: Maker, method: str) -> None:
    resource = new()
    for template in FITTING:
        resource.expect_done(method, {"If-Match": spelled(template, resource.tag())})
        resource = new() if method == "DELETE" else resource


@clause("13.5", "13.8", "6.16", "1.11")
@EACH_WRITE
def test_a_write_whose_if_match_does_not_fit_is_412(resource: Resource, method: str) -> None:
    tag = resource.tag()
    resource.expect_refused(method, "If-Match", *(spelled(template, tag) for template in NOT_FITTING))


NUMBERS = ["9223372036854775807", "9223372036854775808", "18446744073709551616", "0", "00", "-1", "1e3", "\u00b2"]


@clause("13.5", "1.11")
@EACH_WRITE
def test_a_tag_with_another_number_in_it_does_not_fit(resource: Resource, method: str) -> None:
    numbers = re.split("([0-9]+)", resource.tag())
    places = range(1, len(numbers), 2)
    others = ["".join([*numbers[:place], other, *numbers[place + 1 :]]) for place in places for other in NUMBERS]
    resource.expect_refused(method, "If-Match", *others)


@clause("13.5")
@pytest.mark.parametrize(("kind", "method"), WRITES)
def test_a_tag_from_before_a_change_does_not_fit(resource: Resource, method: str) -> None:
    old = resource.tag()
    resource.admin.patch(resource.path, {}).expect(200)
    resource.expect_refused(method, "If-Match", old)
    resource.expect_done(method, {"If-Match": f"{old}, {resource.tag()}"})


@clause("13.5", "13.2")
def test_a_comment_whose_author_was_renamed_has_changed(make: Factory, admin: Member, article: dict[str, Json]) -> None:
    author = make.member()
    resource = Resource(admin, path_of_comment(make.comment(author, article)), {})
    old = resource.tag()
    author.patch(author.path, {"name": "Grace"}).expect(200)
    resource.expect_refused("DELETE", "If-Match", old)
    resource.expect_done("DELETE", {"If-Match": f"{old}, {resource.tag()}"})


@clause("13.5", "13.2")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_article_whose_author_was_renamed_has_changed(make: Factory, admin: Member, method: str) -> None:
    author = make.member("editor")
    resource = Resource(admin, path_of(make.article(author)), {"title": "Other", "content": "Other"})
    old = resource.tag()
    author.patch(author.path, {"name": "Grace"}).expect(200)
    resource.expect_refused(method, "If-Match", old)
    resource.expect_done(method, {"If-Match": resource.tag()})


@pytest.fixture(scope="module")
def others(make: Factory, admin: Member, editor: Member, viewer: Member) -> list[str]:
    """The tags of other resources, of every kind."""
    article = make.article(editor)
    comment = make.comment(viewer, article)
    paths = [path_of(article), path_of_comment(comment), viewer.path, editor.path, admin.path]
    return [tag_of(admin, path) for path in paths]


@clause("13.5", "13.2")
@EACH_WRITE
def test_a_tag_of_another_resource_does_not_fit(resource: Resource, others: list[str], method: str) -> None:
    resource.expect_refused(method, "If-Match", ", ".join(others), *others)


@clause("13.6", "6.16")
@EACH_WRITE
def test_a_write_whose_if_none_match_fits_is_412(resource: Resource, method: str) -> None:
    tag = resource.tag()
    templates = ["*", "{tag}", "W/{tag}", "{gzip}", "W/{gzip}", '"other", {tag}', "other,{tag}"]
    resource.expect_refused(method, "If-None-Match", *(spelled(template, tag) for template in templates))


@clause("13.6", "13.8", "1.11")
@EACH_WRITE
def test_a_write_whose_if_none_match_does_not_fit_is_done(new: Maker, method: str) -> None:
    resource = new()
    for template in ('"other"', "{bare}", "x{tag}", "w/{tag}", "", '"*"', '"1.9223372036854775808"'):
        resource.expect_done(method, {"If-None-Match": spelled(template, resource.tag())})
        resource = new() if method == "DELETE" else resource


@clause("13.8", "1.11")
@EACH_WRITE
def test_of_the_tags_of_a_list_the_first_hundred_count(resource: Resource, method: str) -> None:
    others = [f'"{number}.{number}.{number}"' for number in range(10**6, 10**6 + 100)]
    behind_all, among_them = ", ".join([*others, resource.tag()]), ", ".join([*others[:99], resource.tag()])
    resource.expect_refused(method, "If-Match", behind_all)
    resource.expect_refused(method, "If-None-Match", among_them)
    resource.expect_done(method, {"If-None-Match": behind_all, "If-Match": f"no tag, {among_them}"})


@clause("13.5", "13.6", "13.8")
@EACH_WRITE
def test_both_conditions_must_hold(resource: Resource, method: str) -> None:
    tag = resource.tag()
    resource.expect_refused(method, "If-Match", tag, "*", more={"If-None-Match": tag})
    resource.expect_refused(method, "If-Match", tag, "*", more={"If-None-Match": "*"})
    resource.expect_refused(method, "If-Match", '"other"', more={"If-None-Match": '"other"'})
    resource.expect_done(method, {"If-Match": tag, "If-None-Match": '"other"'})


@clause("13.8")
@EACH_WRITE
def test_conditions_of_time_are_ignored(resource: Resource, method: str) -> None:
    resource.expect_done(method, {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"})


@clause("13.5")
def test_change_after_change_with_the_tag_of_the_last_is_made(resource_of_article: Resource) -> None:
    for _ in range(3):
        resource_of_article.expect_done("PATCH", {"If-Match": resource_of_article.tag()})


@pytest.fixture
def resource_of_article(admin: Member, article: dict[str, Json]) -> Resource:
    """An article."""
    return Resource(admin, path_of(article), {"title": "Other", "content": "Other"})
