"""Results as files."""

import json
from pathlib import Path

import pytest

from benchmarks.files import ResultError, from_json, read_result, to_json, write_result
from benchmarks.results import Result


def changed(result: Result, **members: object) -> str:
    return json.dumps(json.loads(to_json(result)) | members)


def test_a_result_comes_back_as_it_was(small_result: Result, tmp_path: Path) -> None:
    write_result(small_result, tmp_path / "folder" / "result.json")
    assert read_result(tmp_path / "folder" / "result.json") == small_result
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["result.json"]


def test_another_schema_is_refused(small_result: Result) -> None:
    with pytest.raises(ResultError, match="schema version 2 is not 1"):
        from_json(changed(small_result, schema=2))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"seconds": "long"}, "result.seconds is of another type"),
        ({"seconds": True}, "result.seconds is of another type"),
        ({"more": 1}, "result has other members: more"),
        ({"samples": {}}, "result.samples is of another type"),
        ({"variants": [{}]}, r"result.variants\[0\] has other members: contract"),
        ({"starts": [7]}, r"result.starts\[0\] has other members: not an object"),
    ],
)
def test_a_wrong_member_is_named(small_result: Result, members: dict[str, object], message: str) -> None:
    with pytest.raises(ResultError, match=message):
        from_json(changed(small_result, **members))


@pytest.mark.parametrize("text", ["", "[]", "{}", "nothing"])
def test_what_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(ResultError):
        from_json(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"absent\.json"):
        read_result(tmp_path / "absent.json")


def test_a_result_names_no_machine(small_result: Result) -> None:
    environment = json.loads(to_json(small_result))["environment"]
    assert environment.keys() == {"cpu", "cores", "memory_bytes", "kernel", "python", "packages", "revision", "layout"}


def test_a_file_from_before_a_member_with_a_default_is_read(small_result: Result) -> None:
    document = json.loads(to_json(small_result))
    for sample in document["samples"]:
        del sample["usage"]["database_cpu_seconds"]
    del document["environment"]["layout"]["database"]
    assert from_json(json.dumps(document)) == small_result
