"""Strategies for what goes around a request: headers that matter, headers that must not, and faults in them."""

# ruff: noqa: RUF001 - letters that look like others are what is tried

from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from request import FORM_TYPE, JSON_TYPE, Framing, Request
from texts import picked, weighted

Change = Callable[[Request], Request]
BODY_LIMIT = 1_048_576
ALLOWED_ORIGINS = ("https://app.example.com", "http://localhost:3000")

ACCEPTS = (
    "*/*", "application/json", "application/*", "text/html", "text/*", "application/problem+json",
    "application/json;q=0", "*/*;q=0", "", "text/html, */*;q=0.1", "application/json;q=0, */*",
    "*/*;q=0, application/json", "application/*;q=0, */*", "APPLICATION/JSON", "json", "*", "application/json;q=0.000",
    "application/json;q=x", "application/json;q=", "application/json; q=0.5", "application/json;charset=utf-8",
    "application/json;version=1;q=0", "text/html,,", ",", "application/json;q=0, application/json",
    "application/json;Q=0", "text/json", "*/json", "application/json;q=1.5", "application/json;q=-1",
    "application/json;q=0.001", "application/json;q=nan", "application/json;q=inf", "a/b;c=\",\", */*",
    "application/json ;q=0", "application/json\t", "application/merge-patch+json", 'application/json;a="b;q=0"',
)  # fmt: skip
VERSIONS = ("1", "2", "0", "", "01", "1.0", "v1", "1, 1", "+1", "1;a=b", "١".encode().decode("latin-1"), "latest")
MEDIA_TYPES = (
    JSON_TYPE, "application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8",
    'application/json; charset="utf-8"', "text/plain", "application/json; charset=latin-1",
    "application/json; charset=utf8", "application/json; charset=", "application/json;", "application/json; a=b",
    "application/merge-patch+json", "application/merge-patch+json; charset=utf-8", "application/json-patch+json",
    "text/json", "", "json", "*/*", "application/problem+json", "application/vnd.api+json", FORM_TYPE,
    f"{FORM_TYPE}; charset=utf-8", f"{FORM_TYPE}; charset=latin-1", "application/*", "multipart/form-data; boundary=x",
    "multipart/form-data", "application/json, text/plain", "application/json charset=utf-8", "application/jsonx",
    "application/json;charset=utf-8;charset=latin-1", "application/json ; charset = utf-8",
    "application/json; Charset=utf-16", " application/json ", "application/json;q=0",
    'application/json; charset="utf-16"', "application/json; boundary=x; charset=utf-8",
    "application/json; charset='utf-8'", "application /json", "application/json\t;a",
)  # fmt: skip
REQUEST_IDS = (
    "abc", "a" * 128, "a" * 129, "", "a b", "a/b", "A.b_c-1", "é", "a,b", "{}", "11111111-1111-4111-8111-111111111111",
    "<script>", "a\tb", "%41", "a" * 4000,
)  # fmt: skip
# One character a byte, as the line is sent.
_LATIN = tuple(value.encode().decode("latin-1") for value in REQUEST_IDS)
HOSTS = (
    "localhost", "localhost:1", "LOCALHOST", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:80", "localhost:",
    "localhost.", "example.com", "", "localhost.example.com", "127.0.0.2", "::1", "localhost:x", "localhost:80:80",
    "localhost@example.com", "example.com@localhost", "[::1", "local_host", "a b", "localhost/", "testserver",
    "localhost,example.com", "*", ".localhost", "localhost:65536", "localhost:-1", "[::1].", "127.1", "%6cocalhost",
    "localhost:٣".encode().decode("latin-1"),
)  # fmt: skip
AUTHORIZATIONS = (
    "", "Bearer", "Bearer ", "bearer $editor", "BEARER $editor", "Bearer  $editor", "Bearer $editor ",
    " Bearer $editor", "Bearer\t$editor", "Bearer $editor $editor", "Bearer $editor,",
    "Bearer $editor, Bearer $viewer", "Bearer=$editor", "Bearer:$editor", "$editor", "Basic YTpi", "Basic",
    "Token $editor", "JWT $editor", "Digest a=b", "Bearer a b", "Bearer \xff", "Bearer \xc3\xa9.a.b", "Bear $editor",
    "Bearerx $editor", 'Bearer "$editor"', "Bearer realm=a", ",Bearer $editor", "Basic a, Bearer $editor",
    "Bearer " + "a" * 5000, "Bearer ...", "Bearer ..", "Negotiate", "bEaReR $viewer",
)  # fmt: skip
# What none of the variants may look at (5.7, 1.8, 13.8, 16.5 without trusted proxies; ranges are nowhere).
NOISE = (
    ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-For", "1.2.3.4"), ("Forwarded", "host=evil.example;proto=https"), ("X-Forwarded-Prefix", "/x"),
    ("X-Script-Name", "/x"), ("Script-Name", "/x"), ("X-Original-URL", "/api/v1/ping"), ("Range", "bytes=0-3"),
    ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"), ("If-Range", "$tag"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Accept-Language", "de"), ("Accept-Charset", "latin-1"),
    ("Cookie", "sessionid=a; access_token=$admin"), ("Access-Control-Request-Method", "DELETE"),
    ("Referer", "http://evil.example/"), ("X-CSRFToken", "a"),
    ("X-Requested-With", "XMLHttpRequest"), ("User-Agent", ""), ("Connection", "close"), ("Connection", "keep-alive"),
    ("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("Via", "1.0 a"), ("DNT", "1"), ("Date", "never"),
    ("X-Real-IP", "1.2.3.4"), ("X-Api-Key", "$admin"), ("X-Access-Token", "$admin"),
    ("Proxy-Authorization", "Bearer $admin"), ("Prefer", "return=minimal"), ("From", "a@b.c"), ("X_Request_ID", "abc"),
    ("API_Version", "2"), ("Content_Type", "text/plain"),
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("Max-Forwards", "0"),
    ("TE", "trailers"), ("Content-Language", "de"), ("Content-MD5", "x"), ("X-Long", "x" * 3000), ("X-Empty", ""),
    ("Content-Disposition", 'attachment; filename="a"'), ("Upgrade", "h2c"), ("HTTP2-Settings", "x"),
)  # fmt: skip
CODINGS = (
    "gzip", "gzip", "gzip, deflate, br", "gzip;q=0", "*", "identity;q=0", "identity;q=0.5, gzip;q=1.0", "x-gzip",
    "gzip;q=0.5, identity", "gzip;q=0.5, identity;q=0.5", "br", "", "GZIP", "gzip;q=0.001", "*;q=0", "*;q=0, gzip",
    "gzip;q=0, *", "gzip;q=x", "gzip ; q=1", "gzip;Q=0", "identity", "identity;q=0, *;q=0", "gzip;q=1;q=0", "gzip,",
    ",gzip", "deflate", "gzip;a=b", "x-gzip;q=0, gzip", "gzip;q=0, x-gzip", "gzip;q=", "gzip;q=1.5", "gzip;q=-1",
    "gzip;q=nan", "gzip;q=inf", "gz ip", "gzipped", "gzip\t;q=0.5", "identity;q=1, *;q=0.5", "gzip;q=0.5, *;q=0.7",
)  # fmt: skip
ORIGINS = (
    *ALLOWED_ORIGINS, *ALLOWED_ORIGINS, "http://evil.example", "null", "", "*", ALLOWED_ORIGINS[0].upper(),
    f"{ALLOWED_ORIGINS[0]}:443", f"{ALLOWED_ORIGINS[0]}/", f"{ALLOWED_ORIGINS[0]}.evil.example",
    f"{ALLOWED_ORIGINS[0]}, {ALLOWED_ORIGINS[1]}", ALLOWED_ORIGINS[0].replace("https", "http"), "https://", "a b",
    ALLOWED_ORIGINS[0].replace(".", "x"), f" {ALLOWED_ORIGINS[0]} ", "https://xapp.example.com", "\xff",
)  # fmt: skip
_ASKED_METHODS = ("DELETE", "GET", "put", "TRACE", "", "X", "*")
_ASKED_HEADERS = (None, "authorization, if-match", "x-other", "", "*", "Authorization,,X")
_REPEATED = (
    ("Accept", "text/html", "application/json"), ("Accept", "application/json", "text/html"),
    ("API-Version", "1", "1"), ("API-Version", "1", "2"), ("X-Request-ID", "abc", "def"),
    ("Authorization", "Bearer $editor", "Bearer $editor"), ("Authorization", "Bearer $admin", "Basic YTpi"),
    ("Accept-Encoding", "identity", "gzip"), ("Accept-Encoding", "gzip;q=0", "br"),
    ("Origin", ALLOWED_ORIGINS[0], ALLOWED_ORIGINS[0]),
)  # fmt: skip


def _setting(name: str, values: Sequence[str]) -> SearchStrategy[Change]:
    return picked(values).map(lambda value: lambda request: request.with_header(name, value))


def _repeated(line: tuple[str, str, str]) -> Change:
    name, first, second = line
    return lambda request: request.with_header(name, first).with_line(name, second)


def _framed(framing: Framing) -> Change:
    return lambda request: replace(request, framing=framing, body=request.body or b"")


def _broken_off(length: int) -> Change:
    return lambda request: replace(request, framing=Framing.BROKEN_OFF, declared=length, body=b"")


def _padded(size: int, framing: Framing) -> Change:
    """A body with white space before it, which JSON takes, up to a size."""
    return lambda request: replace(request, body=(request.body or b"{}").rjust(size), framing=framing)


def _preflight(origin: str, method: str, headers: str | None) -> Change:
    def change(request: Request) -> Request:
        asked = replace(request, method="OPTIONS", body=None).with_header("Origin", origin)
        asked = asked.with_header("Access-Control-Request-Method", method)
        return asked if headers is None else asked.with_header("Access-Control-Request-Headers", headers)

    return change


CHANGES: SearchStrategy[Change] = weighted(
    (4, _setting("Accept", ACCEPTS)),
    (3, _setting("API-Version", VERSIONS)),
    (6, _setting("Content-Type", MEDIA_TYPES)),
    (3, _setting("X-Request-ID", _LATIN)),
    (3, _setting("Host", HOSTS)),
    (4, _setting("Authorization", AUTHORIZATIONS)),
    (2, st.builds(_preflight, picked(ORIGINS), picked(_ASKED_METHODS), picked(_ASKED_HEADERS))),
    (6, picked(NOISE).map(lambda line: lambda request: request.with_line(*line))),
    (2, st.sampled_from(_REPEATED).map(_repeated)),
    (
        2,
        st.sampled_from(["Content-Type", "Host", "Authorization"]).map(
            lambda name: lambda request: request.without(name)
        ),
    ),
    (2, st.just(_framed(Framing.CHUNKED))),
    (2, st.sampled_from([BODY_LIMIT + 1, 10**9, 2**63]).map(_broken_off)),
    (
        1,
        st.builds(
            _padded, st.sampled_from([BODY_LIMIT, BODY_LIMIT + 1]), st.sampled_from([Framing.LENGTH, Framing.CHUNKED])
        ),
    ),
    (1, st.binary(max_size=20).map(lambda body: lambda request: replace(request, body=body))),
)


_USUAL: SearchStrategy[Change] = weighted(
    (9, st.just(lambda request: request)),
    (2, st.just(lambda request: request.with_header("Accept-Encoding", "gzip, deflate, br"))),
    (1, _setting("Accept-Encoding", CODINGS)),
    (1, _setting("Origin", ORIGINS)),
)


def _one_after_the_other(*changes: Change) -> Change:
    def change(request: Request) -> Request:
        for one in changes:
            request = one(request)
        return request

    return change


# What goes around a request: mostly nothing, now and then one or two changes. Which coding is taken, and who asks, is
# common and goes with everything else.
ENVELOPES: SearchStrategy[Change] = weighted(
    (12, _USUAL),
    (3, st.builds(_one_after_the_other, CHANGES, _USUAL)),
    (1, st.builds(_one_after_the_other, CHANGES, CHANGES, _USUAL)),
)


def changed(requests: SearchStrategy[Request]) -> SearchStrategy[Request]:
    """The requests in their envelopes."""
    return st.builds(lambda request, change: change(request), requests, ENVELOPES)
