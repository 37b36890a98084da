"""gzip and conditions: what is done for an answer whose body nobody gets."""

import gzip

import pytest
from flask.testing import FlaskClient

from blogapi.etags import gzip_tag
from flask_app import compression

GZIP = {"Accept-Encoding": "gzip"}
PATH = "/api/v1/articles/1"


def test_a_304_is_not_compressed_but_has_the_tag_that_its_200_would_have(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogapi.compression.MIN_BYTES", 1)
    full = client.get(PATH, headers=GZIP)
    plain = client.get(PATH)
    assert (gzip.decompress(full.data), full.headers["ETag"]) == (plain.data, gzip_tag(plain.headers["ETag"]))
    monkeypatch.delattr(compression, "compress")
    answer = client.get(PATH, headers={**GZIP, "If-None-Match": full.headers["ETag"]})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", full.headers["ETag"])
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(answer.headers.keys())


def test_a_body_is_compressed_from_its_size_on(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(client.get(PATH).data)
    monkeypatch.setattr("blogapi.compression.MIN_BYTES", size)
    assert client.get(PATH, headers=GZIP).headers["Content-Encoding"] == "gzip"
    monkeypatch.setattr("blogapi.compression.MIN_BYTES", size + 1)
    assert "Content-Encoding" not in client.get(PATH, headers=GZIP).headers


def test_a_failure_is_kept_by_no_cache_and_has_no_tag(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("blogapi.store.articles.article_get")
    answer = client.get(PATH, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers.getlist("Cache-Control")) == (500, ["no-store"])
    assert "ETag" not in answer.headers
