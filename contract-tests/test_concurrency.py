"""Requests at the same time: exactly one wins (7.3), and no change is lost (3.12)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from answer import Answer, Json
from clauses import clause
from client import Client
from data import Factory, Member, path_of

THREADS = 4


def together(caller: Client, send: Callable[[Client, int], Answer]) -> list[Answer]:
    """Send from several threads at the same time, each with its own connection."""
    barrier = Barrier(THREADS)

    def run(number: int) -> Answer:
        client = caller.apart()
        client.get("/api/v1/ping")
        barrier.wait(timeout=10)
        return send(client, number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def in_case(text: str, number: int) -> str:
    """Another spelling of a text for each of the numbers 0 to 3."""
    return [text.lower(), text.upper(), text.capitalize(), text.swapcase().capitalize().swapcase()][number]


@clause("7.3")
@pytest.mark.parametrize("name", ["username", "email"])
@pytest.mark.parametrize("spelled", ["same-case", "other-case"])
def test_of_concurrent_registrations_exactly_one_wins(
    anonymous: Client, make: Factory, name: str, spelled: str
) -> None:
    value = str(make.registration()[name])
    values = [value if spelled == "same-case" else in_case(value, number) for number in range(THREADS)]
    bodies = [make.registration(**{name: value}) for value in values]
    answers = together(anonymous, lambda client, number: client.post("/api/v1/users", bodies[number]))
    losers = sorted(answers, key=lambda answer: answer.status)[1:]
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409], answers
    for answer in losers:
        answer.expect_problem(409, f"{name}_taken")


@clause("7.3")
@pytest.mark.parametrize("name", ["username", "email"])
def test_of_concurrent_changes_to_one_name_exactly_one_wins(admin: Member, make: Factory, name: str) -> None:
    paths = [f"/api/v1/users/{make.user()['id']}" for _ in range(THREADS)]
    value = make.registration()[name]
    answers = together(admin, lambda client, number: client.patch(paths[number], {name: value}))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409], answers


@clause("3.12")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_each_of_concurrent_changes_raises_the_version(editor: Member, article: dict[str, Json], method: str) -> None:
    body = {"title": "A title", "content": "x"}
    answers = together(editor, lambda client, number: client.request(method, path_of(article), body))
    assert sorted(answer.expect(200).body["version"] for answer in answers) == [2, 3, 4, 5]
    editor.get(path_of(article)).expect(200).expect_members(version=5)


@clause("8.5")
def test_of_concurrent_deletions_exactly_one_wins(editor: Member, article: dict[str, Json]) -> None:
    answers = together(editor, lambda client, number: client.delete(path_of(article)))
    assert sorted(answer.status for answer in answers) == [204, 404, 404, 404], answers


@clause("8.1")
def test_concurrent_creations_are_all_kept(editor: Member, tag: str) -> None:
    body = {"title": "A title", "content": "x", "tags": [tag]}
    answers = together(editor, lambda client, number: client.post("/api/v1/articles", body))
    made = sorted(answer.expect(201).body["id"] for answer in answers)
    listed = editor.get(f"/api/v1/articles?tag={tag}&sort=created_at").expect(200).body["data"]
    assert sorted(item["id"] for item in listed) == made
