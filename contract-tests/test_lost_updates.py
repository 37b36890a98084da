"""Of changes made at the same time with one tag exactly one is kept, and no other overwrites it (13.7)."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from answer import Answer, Json
from clauses import clause
from client import Client
from data import Factory, Member, path_of, path_of_comment
from tags import tag_of

THREADS = 8
ROUNDS = 25


class Crowd:
    """Callers with connections of their own, who send at the same moment."""

    def __init__(self, caller: Client, pool: ThreadPoolExecutor) -> None:
        self._clients = [caller.apart() for _ in range(THREADS)]
        self._pool = pool
        self._barrier = Barrier(THREADS)

    def send(self, request: Callable[[Client, int], Answer]) -> list[Answer]:
        """Send a request from each caller, with the caller's number."""

        def run(number: int) -> Answer:
            self._barrier.wait(timeout=10)
            return request(self._clients[number], number)

        return list(self._pool.map(run, range(THREADS)))


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread for each caller."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads


def expect_one(answers: list[Answer], won: int, *lost: int) -> Answer:
    """Hold the answers to exactly one winner; the winner's answer."""
    winners = [answer for answer in answers if answer.status == won]
    assert len(winners) == 1 and {answer.status for answer in answers} <= {won, *lost}, answers
    return winners[0]


@clause("13.7", "3.12")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_of_concurrent_changes_of_an_article_with_one_tag_exactly_one_is_made(
    pool: ThreadPoolExecutor, editor: Member, article: dict[str, Json], method: str
) -> None:
    path, crowd = path_of(article), Crowd(editor, pool)
    tag = {"If-Match": tag_of(editor, path)}
    for version in range(2, ROUNDS + 2):
        bodies = [{"title": f"{version} {number}", "content": "x", "tags": [f"t{number}"]} for number in range(THREADS)]
        answers = crowd.send(lambda client, n: client.request(method, path, bodies[n], headers=tag))  # noqa: B023 -- called before the next round
        kept = expect_one(answers, 200, 412).expect_members(version=version).body
        tag = {"If-Match": editor.get(path).expect(200, kept).headers["ETag"]}


@clause("13.7")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_of_concurrent_changes_of_a_user_with_one_tag_exactly_one_is_made(
    pool: ThreadPoolExecutor, member: Member, method: str
) -> None:
    own, crowd = {name: member.user[name] for name in ("username", "email")}, Crowd(member, pool)
    tag = {"If-Match": tag_of(member, member.path)}
    for turn in range(ROUNDS):
        bodies = [{**own, "name": f"{turn} {number}", "age": number} for number in range(THREADS)]
        answers = crowd.send(lambda client, n: client.request(method, member.path, bodies[n], headers=tag))  # noqa: B023 -- called before the next round
        kept = expect_one(answers, 200, 412).body
        tag = {"If-Match": member.get(member.path).expect(200, kept).headers["ETag"]}


@clause("13.7")
@pytest.mark.parametrize("kind", ["article", "comment", "user"])
def test_of_concurrent_deletions_with_one_tag_exactly_one_is_made(
    pool: ThreadPoolExecutor, admin: Member, make: Factory, article: dict[str, Json], kind: str
) -> None:
    crowd = Crowd(admin, pool)
    for _ in range(4):
        paths = {
            "article": lambda: path_of(make.article(admin)),
            "comment": lambda: path_of_comment(make.comment(admin, article)),
            "user": lambda: f"/api/v1/users/{make.user()['id']}",
        }
        path = paths[kind]()
        tag = {"If-Match": tag_of(admin, path)}
        expect_one(crowd.send(lambda client, _: client.delete(path, headers=tag)), 204, 404, 412)  # noqa: B023 -- called before the next round
        admin.get(path).expect_problem(404, "not_found")


@clause("13.7")
def test_a_change_and_a_deletion_with_one_tag_are_not_both_made(
    pool: ThreadPoolExecutor, editor: Member, make: Factory
) -> None:
    crowd = Crowd(editor, pool)
    for _ in range(6):
        path = path_of(make.article(editor))
        tag = {"If-Match": tag_of(editor, path)}

        def write(client: Client, number: int) -> Answer:
            if number % 2:
                return client.delete(path, headers=tag)  # noqa: B023 -- called before the next round
            return client.patch(path, {"title": str(number)}, headers=tag)  # noqa: B023 -- called before the next round

        counts = Counter(answer.status for answer in crowd.send(write))
        assert counts[200] + counts[204] == 1 and set(counts) <= {200, 204, 404, 412}, counts
        editor.get(path).expect(200 if counts[200] else 404)


@clause("13.7", "13.2")
def test_a_renaming_between_makes_the_tag_of_an_article_stale(pool: ThreadPoolExecutor, make: Factory) -> None:
    author = make.member("editor")
    path, crowd = path_of(make.article(author)), Crowd(author, pool)
    for turn in range(6):
        tag = {"If-Match": tag_of(author, path)}

        def write(client: Client, number: int) -> Answer:
            if number == 0:
                return client.patch(author.path, {"name": f"{turn}"})  # noqa: B023 -- called before the next round
            return client.patch(path, {"title": f"{turn} {number}"}, headers=tag)  # noqa: B023 -- called before the next round

        renamed, *changed = crowd.send(write)
        renamed.expect(200)
        assert Counter(answer.status for answer in changed)[200] <= 1
        assert {answer.status for answer in changed} <= {200, 412}


@clause("13.7", "3.12")
def test_without_a_condition_no_concurrent_change_is_refused(
    pool: ThreadPoolExecutor, editor: Member, article: dict[str, Json]
) -> None:
    answers = Crowd(editor, pool).send(lambda client, n: client.patch(path_of(article), {"title": str(n)}))
    assert sorted(answer.expect(200).body["version"] for answer in answers) == list(range(2, THREADS + 2))
