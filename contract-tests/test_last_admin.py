"""The last active administrator stays (6.12). These tests run alone: nobody else may make or need an administrator."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from answer import Json
from clauses import clause
from data import Factory, Member

pytestmark = pytest.mark.alone


def active_admins(admin: Member) -> list[dict[str, Json]]:
    """Read all active administrators."""
    users: list[dict[str, Json]] = []
    while True:
        page = admin.get(f"/api/v1/users?sort=created_at&limit=100&skip={len(users)}").expect(200).body
        users += page["data"]
        if not page["data"]:
            return [user for user in users if user["role"] == "admin" and user["is_active"]]


@pytest.fixture(scope="module")
def _alone(admin: Member, make: Factory) -> None:
    """Make sure that the first administrator is the only one; remove what a killed run of the suite has left."""
    others = [user for user in active_admins(admin) if user["id"] != admin.id]
    foreign = [user["username"] for user in others if not user["email"].endswith("@example.com")]
    assert not foreign, f"the suite needs a database whose only active administrator is {admin.username}, not {foreign}"
    for user in others:
        admin.delete(f"/api/v1/users/{user['id']}").expect(204)


@pytest.fixture
def last(_alone: None, admin: Member) -> Member:
    """The last active administrator."""
    return admin


@clause("6.12", "6.16")
@pytest.mark.parametrize("change", [{"role": "editor"}, {"role": "viewer"}, {"is_active": False}], ids=str)
def test_the_last_admin_can_be_neither_demoted_nor_deactivated(last: Member, change: dict[str, Json]) -> None:
    before = last.get(last.path).expect(200).body
    last.patch(last.path, change).expect_problem(409, "last_admin")
    last.get(last.path).expect(200, before)


@clause("6.12")
def test_a_change_that_leaves_the_last_admin_one_is_allowed(last: Member) -> None:
    last.patch(last.path, {"role": "admin", "is_active": True}).expect(200).expect_members(role="admin")


@clause("6.12", "6.16")
def test_the_last_admin_cannot_be_deleted(last: Member) -> None:
    last.delete(last.path).expect_problem(409, "last_admin")
    last.get(last.path).expect(200)


@clause("6.12", "11.3", "13.5")
def test_the_precondition_comes_before_the_last_admin(last: Member) -> None:
    stale = {"If-Match": '"other"'}
    last.patch(last.path, {"role": "viewer"}, headers=stale).expect_problem(412, "precondition_failed")
    last.delete(last.path, headers=stale).expect_problem(412, "precondition_failed")
    tag = {"If-Match": last.get(last.path).expect(200).headers["ETag"]}
    last.patch(last.path, {"role": "viewer"}, headers=tag).expect_problem(409, "last_admin")
    last.delete(last.path, headers=tag).expect_problem(409, "last_admin")


@clause("6.12")
def test_an_inactive_admin_does_not_count(last: Member, make: Factory) -> None:
    second = make.member("admin")
    last.patch(second.path, {"is_active": False}).expect(200)
    last.patch(last.path, {"role": "viewer"}).expect_problem(409, "last_admin")
    last.delete(second.path).expect(204)


@clause("6.12")
@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": False}], ids=str)
def test_an_admin_that_is_not_the_last_may_step_down(last: Member, make: Factory, change: dict[str, Json]) -> None:
    second = make.member("admin")
    second.patch(second.path, change).expect(200).expect_members(**change)
    last.delete(second.path).expect(204)


@clause("6.12")
def test_an_admin_that_is_not_the_last_may_delete_itself(last: Member, make: Factory) -> None:
    second = make.member("admin")
    second.delete(second.path).expect(204)
    last.get(second.path).expect_problem(404, "not_found")


@clause("6.12", "5.11")
def test_another_admin_may_demote_the_first_and_give_the_role_back(last: Member, make: Factory) -> None:
    second = make.member("admin")
    second.patch(last.path, {"role": "viewer"}).expect(200)
    demoted = last.get(second.path)
    second.patch(second.path, {"is_active": False}).expect_problem(409, "last_admin")
    second.patch(last.path, {"role": "admin"}).expect(200)
    last.delete(second.path).expect(204)
    demoted.expect_problem(403, "forbidden")


@clause("6.12")
def test_of_two_admins_who_demote_each_other_one_stays(last: Member, make: Factory) -> None:
    second = make.member("admin")
    second.get("/api/v1/users/me").expect(200)
    callers = [(last.apart(), second.path), (second.apart(), last.path)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].patch(pair[1], {"role": "viewer"}), callers))
    if last.get("/api/v1/users/me").body["role"] != "admin":
        second.patch(last.path, {"role": "admin"}).expect(200)
    last.delete(second.path).expect(204)
    assert [answer.status for answer in answers].count(200) == 1, answers
