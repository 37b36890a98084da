"""What counts as the same answer, and what as a wrong one."""

import gzip
from dataclasses import replace

import pytest
from compare import Reader
from differences import differences
from forms import faults
from memory import Memory
from play import until_ids_are_drawn
from request import Request
from wire import Answer

OLD, NEW, NEWER = (f"2026-01-31T09:05:0{second}.000000Z" for second in (0, 1, 2))
READ = Request("GET", "/api/v1/articles/1")
USUAL = (("server-timing", "app;dur=1.5"), ("x-request-id", "11111111-1111-4111-8111-111111111111"))


def answer(body: str = "", status: int = 200, **headers: str) -> Answer:
    """An answer with the headers that every one has."""
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, (*USUAL, *given), body.encode())


def differs(left: Answer, right: Answer, request: Request = READ) -> bool:
    """Whether two servers' first answers in a sequence are told apart."""
    readers = {"left": Reader(OLD), "right": Reader(OLD)}
    return differences(request, {"left": (left,), "right": (right,)}, readers) is not None


def test_new_times_are_compared_by_their_place_and_old_ones_as_they_are() -> None:
    """Each server has a clock of its own; what the common database held is the same for all."""
    assert not differs(answer(f'"{NEW}" "{NEW}"'), answer(f'"{NEWER}" "{NEWER}"'))
    assert differs(answer(f'"{NEW}" "{NEW}"'), answer(f'"{NEW}" "{NEWER}"'))
    assert differs(answer(f'"{OLD}"'), answer(f'"{NEW}"'))


def test_of_the_metrics_the_families_are_compared_and_not_the_numbers() -> None:
    """Each server has been asked whether it is ready a number of times of its own."""
    reading = Request("GET", "/metrics")
    text = "# HELP a What a is.\n# TYPE a counter\n"
    assert not differs(answer(f"{text}a 1.0\n"), answer(f"{text}a 10.0\n"), reading)
    assert differs(answer(text), answer(text.replace("counter", "gauge")), reading)
    assert differs(answer(text), answer(text, content_type="text/plain"), reading)


def test_a_cursor_is_compared_unless_it_holds_a_new_time() -> None:
    """It is made of the last article's time of creation."""
    page = Request("GET", "/api/v2/articles?limit=1")

    def body(time: str, cursor: str) -> Answer:
        return answer(f'{{"data":[{{"created_at":"{time}"}}],"meta":{{"next":"{cursor}"}}}}')

    assert differs(body(OLD, "a"), body(OLD, "b"), page)
    assert not differs(body(NEW, "a"), body(NEW, "b"), page)


def test_a_tag_is_compared_as_it_is() -> None:
    """It is made of ids and versions, which are the same in equal databases."""
    assert differs(answer(etag='"1.1"'), answer(etag='"1.2"'))
    assert not differs(answer(etag='"1.1"'), answer(etag='"1.1"'))


def test_gzip_is_compared_without_its_length_and_by_what_is_in_it() -> None:
    """The same body may be compressed to another length."""
    left = Answer(200, (*USUAL, ("content-encoding", "gzip")), gzip.compress(b"text", 1))
    assert not differs(left, Answer(200, left.headers, gzip.compress(b"text", 9, mtime=1)))
    assert differs(left, Answer(200, left.headers, gzip.compress(b"other")))
    assert differs(left, Answer(200, left.headers, b"text"))
    assert differs(left, answer("text"))


def test_the_order_of_names_in_vary_does_not_matter_but_their_number_does() -> None:
    """14.7: each name is in it once."""
    assert not differs(answer(vary="Accept-Encoding, Origin"), answer(vary="Origin, Accept-Encoding"))
    assert differs(answer(vary="Origin"), answer(vary="Origin, Origin"))


def test_answers_that_came_at_once_have_no_order() -> None:
    """Whoever comes first is chance; how many come through is not."""
    race = Request("PATCH", "/api/v1/users/1", times=3)
    won, lost = answer(f'"{NEW}"'), answer(status=412)

    def same(*left: Answer) -> bool:
        readers = {"left": Reader(OLD), "right": Reader(OLD)}
        return differences(race, {"left": left, "right": (won, lost, lost)}, readers) is None

    assert same(lost, won, lost)
    assert not same(won, won, lost)


@pytest.mark.parametrize(
    "wrong",
    [
        answer(status=500),
        answer(ratelimit_limit="5"),
        answer(ratelimit_limit="5", ratelimit_remaining="5", ratelimit_reset="1"),
        answer(ratelimit_limit="5", ratelimit_remaining="4", ratelimit_reset="0"),
        answer(status=429, ratelimit_limit="5", ratelimit_remaining="0", ratelimit_reset="3", retry_after="2"),
        answer(server="uvicorn/1.0"),
        answer("text", content_length="3"),
        Answer(0, note="no answer"),
    ],
)
def test_an_answer_is_wrong_by_itself(wrong: Answer) -> None:
    """Whatever the other servers say."""
    assert faults(READ, wrong)


def test_a_good_answer_has_no_fault() -> None:
    """The forms do not find fault with what the contract asks for."""
    limits = {"ratelimit_limit": "5", "ratelimit_remaining": "0", "ratelimit_reset": "3"}
    assert not faults(READ, answer("text", content_length="4", server="uvicorn"))
    assert not faults(READ, answer(status=429, retry_after="3", **limits))


def test_the_last_tag_and_the_last_cursor_are_kept() -> None:
    """With the forms in which later requests send them back."""
    memory = Memory({"tag_before": '"0.0"'})
    memory.keep(READ, answer(etag='"1.1-gzip"'))
    memory.keep(Request("GET", "/api/v2/articles"), answer('{"meta":{"next":"xyz"}}'))
    names = ("tag", "weak_tag", "bare_tag", "other_tag", "next", "next_cut", "next_other")
    assert [memory.values[name] for name in names] == [
        '"1.1-gzip"', 'W/"1.1-gzip"', "1.1-gzip", '"1.1"', "xyz", "xy", "xyA",
    ]  # fmt: skip


def test_the_id_of_who_won_a_race_is_free_and_nothing_else_of_it() -> None:
    """On PostgreSQL who lost has drawn an id as well, and who draws first is chance."""
    race = Request("POST", "/api/v1/users", times=2)
    refused = answer('{"code":"username_taken"}', 409)

    def won(number: int, name: str = "ada", place: str = "/api/v1/users") -> Answer:
        return answer(f'{{"id":{number},"name":"{name}","age":7}}', 201, location=f"{place}/{number}")

    def races_differ(left: Answer, right: Answer) -> bool:
        readers = {"left": Reader(OLD), "right": Reader(OLD)}
        return differences(race, {"left": (refused, left), "right": (right, refused)}, readers) is not None

    assert not races_differ(won(69), won(70))
    assert races_differ(won(69), won(69, name="bob"))
    assert races_differ(won(69), won(69, place="/users"))
    assert races_differ(won(69), refused)
    assert differs(won(69), won(70), replace(race, times=1))


def test_what_follows_a_race_for_an_id_is_not_played() -> None:
    """It would name ids that are another server's."""
    race, change = Request("POST", "/api/v1/users", times=2), Request("PATCH", "/api/v1/users/1", times=3)
    assert until_ids_are_drawn([READ, change, race, READ]) == [READ, change, race]
    assert until_ids_are_drawn([READ, change]) == [READ, change]
