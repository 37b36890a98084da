"""Compression (14.4 to 14.6)."""

import gzip
import json

import pytest

import raw
from answer import Answer, Json
from clauses import clause
from data import Factory, Member, comments_of, path_of, path_of_comment
from tags import PLAIN
from target import Target

MIN_BYTES = 1_024
GZIP = {"Accept-Encoding": "gzip"}


class Reader:
    """Reads without decoding anything, as a member.

    Args:
        base_url: of the server.
        member: whose token is sent.
    """

    def __init__(self, base_url: str, member: Member) -> None:
        self.base_url = base_url
        self.member = member

    def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        """Send exactly these headers and the token."""
        all_headers = {"Authorization": f"Bearer {self.member.token}", **(headers or {})}
        return raw.exchange(self.base_url, method, path, all_headers)


@pytest.fixture
def reader(settings: Target, editor: Member) -> Reader:
    """Reads as the editor."""
    return Reader(settings.base_url, editor)


@pytest.fixture(scope="module")
def large(make: Factory, editor: Member) -> dict[str, Json]:
    """An article that is worth compressing."""
    return make.article(editor, content="a large text " * 500)


def sized(reader: Reader, make: Factory, size: int) -> str:
    """The path of an article whose representation has exactly this many bytes."""
    article = make.article(reader.member, content="x")
    plain = len(reader.get(path_of(article), PLAIN).expect(200).content)
    reader.member.patch(path_of(article), {"content": "x" * (size - plain + 1)}).expect(200)
    assert len(reader.get(path_of(article), PLAIN).expect(200).content) == size
    return path_of(article)


def expect_gzip(answer: Answer, plain: Answer) -> None:
    """Hold a compressed answer to the plain one."""
    answer.expect(plain.status).expect_headers(
        {"Content-Encoding": "gzip", "Content-Type": plain.headers["Content-Type"]}
    )
    answer.expect_headers({"Content-Length": str(len(answer.content)), "Vary": plain.headers["Vary"]})
    assert "accept-encoding" in answer.headers["Vary"].lower()
    assert len(answer.content) < len(plain.content) and gzip.decompress(answer.content) == plain.content


def expect_plain(answer: Answer) -> None:
    """Hold an answer to not being compressed."""
    answer.expect_headers({"Content-Encoding": None, "Content-Length": str(len(answer.content))})
    json.loads(answer.content)


@clause("14.4")
def test_the_boundary_is_at_1024_bytes(reader: Reader, make: Factory) -> None:
    below, at = (sized(reader, make, size) for size in (MIN_BYTES - 1, MIN_BYTES))
    expect_plain(reader.get(below, GZIP).expect(200))
    expect_gzip(reader.get(at, GZIP), reader.get(at, PLAIN))


@clause("14.4", "14.5")
def test_each_large_body_is_compressed(reader: Reader, large: dict[str, Json], make: Factory) -> None:
    comment = make.comment(reader.member, large, "a comment " * 200)
    paths = [path_of(large), path_of_comment(comment), comments_of(large)]
    paths += ["/openapi.json", "/docs", "/problems/not_found"]
    paths += [f"/api/v{version}/articles?author_id={reader.member.id}&limit=1" for version in (1, 2)]
    for path in paths:
        plain = reader.get(path, PLAIN).expect(200)
        if len(plain.content) < MIN_BYTES:
            reader.get(path, GZIP).expect(200).expect_headers({"Content-Encoding": None})
        else:
            expect_gzip(reader.get(path, GZIP), plain)


@clause("14.4", "1.10")
def test_the_answer_to_a_write_is_compressed_too(reader: Reader, large: dict[str, Json]) -> None:
    headers = {**GZIP, "Authorization": f"Bearer {reader.member.token}", "Content-Type": "application/json"}
    body = json.dumps({"title": "x", "content": "y" * 3_000}).encode()
    headers["Content-Length"] = str(len(body))
    answer = raw.exchange(reader.base_url, "POST", "/api/v1/articles", headers, body).expect(201)
    answer.expect_headers({"Content-Encoding": "gzip", "ETag": None})
    assert gzip.decompress(answer.content) == reader.get(answer.headers["Location"], PLAIN).content


@clause("14.4", "11.1")
def test_a_large_problem_is_compressed(reader: Reader) -> None:
    query = "&".join(f"unknown-{number}=x" for number in range(50))
    headers = {"X-Request-ID": "the-same"}
    plain = reader.get(f"/api/v1/articles?{query}", {**PLAIN, **headers}).expect(422)
    answer = reader.get(f"/api/v1/articles?{query}", {**GZIP, **headers})
    expect_gzip(answer, plain)
    answer.expect_headers({"Content-Type": "application/problem+json", "Cache-Control": "no-store"})


@clause("14.4", "1.7")
@pytest.mark.parametrize("accepted", [GZIP, PLAIN], ids=["gzip", "identity"])
def test_head_says_what_get_would_send(reader: Reader, large: dict[str, Json], accepted: dict[str, str]) -> None:
    query = "&".join(f"unknown-{number}=x" for number in range(50))
    for path in (path_of(large), "/openapi.json", "/docs", f"/api/v1/articles?{query}"):
        headers = {**accepted, "X-Request-ID": "the-same"}
        got, head = reader.get(path, headers), reader.get(path, headers, method="HEAD")
        names = ("Content-Encoding", "Content-Length", "Content-Type", "Vary", "ETag", "Cache-Control")
        head.expect(got.status).expect_headers({name: got.headers.get(name) for name in names})
        assert head.content == b"" and got.headers["Content-Length"] == str(len(got.content))


TAKING = [
    "gzip",
    "GZIP",
    "x-gzip",
    "*",
    "gzip, deflate, br, zstd",
    "deflate, gzip;q=1.0, *;q=0.5",
    "br;q=1, gzip;q=0.1",
    "gzip;q=0.001",
    "gzip; q=0.5 , identity;q=0.5",
    "gzip;q=1, identity;q=0",
    "gzip;Q=0.5",
    "identity;q=0, *",
    "*;q=0.3, br",
    "identity;q=0.5, *;q=0.5",
    "x-gzip;q=0, gzip",
    "gzip;q=0.2, *;q=0",
]
NOT_TAKING = [
    "",
    "identity",
    "br",
    "deflate, br;q=1.0",
    "gzip;q=0",
    "gzip;q=0.000",
    "GZIP;Q=0",
    "*;q=0",
    "gzip;q=0, *",
    "gzip;q=0, x-gzip",
    "x-gzip;q=0, *",
    "gzip;q=0.5, identity",
    "gzip;q=0.5, identity;q=0.501",
    "*;q=0.4, identity;q=0.5",
    "gzipped, not-gzip",
    "compress, deflate",
]


@clause("14.4", "14.5")
@pytest.mark.parametrize("accepted", TAKING)
def test_an_accept_encoding_that_takes_gzip_is_given_it(reader: Reader, large: dict[str, Json], accepted: str) -> None:
    expect_gzip(reader.get(path_of(large), {"Accept-Encoding": accepted}), reader.get(path_of(large), PLAIN))


@clause("14.4", "14.5")
@pytest.mark.parametrize("accepted", NOT_TAKING)
def test_an_accept_encoding_that_does_not_take_gzip_is_not(
    reader: Reader, large: dict[str, Json], accepted: str
) -> None:
    answer = reader.get(path_of(large), {"Accept-Encoding": accepted}).expect(200)
    expect_plain(answer)
    assert "accept-encoding" in answer.headers["Vary"].lower()


@clause("14.4", "14.5")
def test_without_accept_encoding_nothing_is_compressed(reader: Reader, large: dict[str, Json]) -> None:
    for path in (path_of(large), "/openapi.json", "/docs"):
        answer = reader.get(path).expect(200).expect_headers({"Content-Encoding": None})
        assert len(answer.content) < MIN_BYTES or "accept-encoding" in answer.headers["Vary"].lower()


@clause("14.4")
def test_accept_encoding_may_be_spread_over_header_lines(reader: Reader, large: dict[str, Json]) -> None:
    answer = reader.get(path_of(large), {"Accept-Encoding": "br", "accept-encoding": "gzip;q=0.5"})
    answer.expect(200).expect_headers({"Content-Encoding": "gzip"})


@clause("14.5", "13.1")
def test_a_small_answer_with_a_tag_varies_with_the_encoding(reader: Reader, make: Factory) -> None:
    path = sized(reader, make, MIN_BYTES - 1)
    for headers in ({}, GZIP, PLAIN):
        assert "accept-encoding" in reader.get(path, headers).expect(200).headers["Vary"].lower()


@clause("14.6", "13.1")
def test_the_tag_of_the_gzip_form_has_a_suffix(reader: Reader, large: dict[str, Json]) -> None:
    plain = reader.get(path_of(large), PLAIN).expect(200).headers["ETag"]
    zipped = reader.get(path_of(large), GZIP).expect(200).expect_headers({"ETag": plain[:-1] + '-gzip"'})
    assert reader.get(path_of(large), GZIP).content == zipped.content


@clause("14.6")
def test_a_small_body_has_the_plain_tag_whatever_is_accepted(reader: Reader, make: Factory) -> None:
    path = sized(reader, make, MIN_BYTES - 1)
    plain = reader.get(path, PLAIN).expect(200).headers["ETag"]
    reader.get(path, GZIP).expect(200).expect_headers({"ETag": plain})
    reader.get(path, {**GZIP, "If-None-Match": plain}).expect(304).expect_headers({"ETag": plain})


@clause("14.6", "13.3")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("given", ["plain", "gzip"])
@pytest.mark.parametrize("accepted", ["plain", "gzip"])
def test_a_304_has_the_tag_of_the_form_that_200_would_have_had(
    reader: Reader, large: dict[str, Json], method: str, given: str, accepted: str
) -> None:
    headers = {"plain": PLAIN, "gzip": GZIP}
    full = {form: reader.get(path_of(large), headers[form]).expect(200) for form in headers}
    condition = {**headers[accepted], "If-None-Match": full[given].headers["ETag"]}
    answer = reader.get(path_of(large), condition, method).expect(304)
    answer.expect_headers({name: full[accepted].headers[name] for name in ("ETag", "Vary", "Cache-Control")})
    answer.expect_headers({"Content-Encoding": None})


@clause("14.4", "1.9")
def test_what_has_no_body_is_not_compressed(reader: Reader, make: Factory) -> None:
    path = path_of(make.article(reader.member))
    for method, headers, status in (("OPTIONS", {}, 204), ("GET", {"If-None-Match": "*"}, 304), ("DELETE", {}, 204)):
        answer = reader.get(path, {**GZIP, **headers}, method).expect(status)
        answer.expect_headers({"Content-Encoding": None})
        assert answer.content == b""


@clause("14.4", "3.11")
def test_all_of_unicode_survives_compression(reader: Reader, make: Factory) -> None:
    article = make.article(reader.member, content='😀é\u2028\\"\x01' * 3_000)
    answer = reader.get(path_of(article), GZIP).expect(200).expect_headers({"Content-Encoding": "gzip"})
    assert json.loads(gzip.decompress(answer.content)) == article
