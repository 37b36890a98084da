"""The list of users (7.4, 9). It has no filter, so these tests run alone: nobody else may make users meanwhile."""

import pytest

from answer import Json
from clauses import clause
from data import Factory, Member
from pages import links

pytestmark = pytest.mark.alone
PATH = "/api/v1/users"


def everybody(admin: Member, sort: str) -> list[dict[str, Json]]:
    """Read the whole list."""
    users: list[dict[str, Json]] = []
    while True:
        page = admin.get(f"{PATH}?sort={sort}&limit=100&skip={len(users)}").expect(200).body
        users += page["data"]
        if not page["data"]:
            return users


def total_of(admin: Member) -> int:
    """Count the users."""
    return int(admin.get(f"{PATH}?limit=1").expect(200).body["meta"]["total"])


@clause("7.4", "9.1", "9.2", "9.3")
def test_the_default_page_has_the_newest_users_first(admin: Member, make: Factory) -> None:
    users = [make.user() for _ in range(3)]
    answer = admin.get(PATH).expect(200)
    meta = {"total": total_of(admin), "skip": 0, "limit": 20}
    answer.expect_members(meta=meta).expect_headers({"Link": links(f"{PATH}?", meta["total"], 0, 20)})
    assert answer.body["data"][:3] == users[::-1]


@clause("9.1")
def test_the_total_follows_registration_and_deletion(admin: Member, make: Factory) -> None:
    before = total_of(admin)
    user = make.user()
    assert total_of(admin) == before + 1
    admin.delete(f"{PATH}/{user['id']}").expect(204)
    assert total_of(admin) == before


@clause("9.2", "9.4", "9.5", "9.6")
@pytest.mark.parametrize("place", ["first", "second", "last", "end", "past-the-end"])
def test_a_page_of_users_has_its_meta_and_its_links(admin: Member, make: Factory, place: str) -> None:
    make.user()
    total = total_of(admin)
    skip = {"first": 0, "second": 2, "last": (total - 1) // 2 * 2, "end": total, "past-the-end": total + 5}[place]
    base = f"{PATH}?sort=username&"
    answer = admin.get(f"{base}skip={skip}&limit=2").expect(200)
    answer.expect_members(meta={"total": total, "skip": skip, "limit": 2})
    answer.expect_headers({"Link": links(base, total, skip, 2)})
    assert len(answer.body["data"]) == max(0, min(2, total - skip))


@clause("7.4", "9.3")
@pytest.mark.parametrize("sort", ["username", "-username"])
def test_users_are_ordered_by_username_by_code_point(admin: Member, make: Factory, sort: str) -> None:
    prefix = make.unique("s")
    own = [prefix + ending for ending in ("-b", "-C", "-a", "-D", "-_", "-9", "-10", "--", "-ab")]
    for username in own:
        make.user(username=username)
    listed = [user["username"] for user in everybody(admin, sort)]
    assert [name for name in listed if name in own] == sorted(own, reverse=sort == "-username")
    assert listed == sorted(listed, reverse=sort == "-username")


@clause("7.4", "9.3")
@pytest.mark.parametrize("sort", ["created_at", "-created_at"])
def test_users_are_ordered_by_creation_and_id(admin: Member, make: Factory, sort: str) -> None:
    make.user()
    make.user()
    listed = [(user["created_at"], user["id"]) for user in everybody(admin, sort)]
    assert listed == sorted(listed, reverse=sort == "-created_at")


@clause("3.2")
def test_an_element_of_the_list_of_users_is_the_user(admin: Member, make: Factory) -> None:
    user = make.user()
    admin.get(f"{PATH}?limit=1&sort=-created_at").expect(200).expect_members(data=[user])
