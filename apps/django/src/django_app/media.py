"""Bodies in and out: DRF's parsers, renderer and content negotiation, as strict as the contract."""

from collections.abc import Iterable
from typing import IO, Any

from django.conf import settings
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from blogapi.jsonbody import dump_json, parse_json
from blogapi.login import FORM_MEDIA_TYPE
from blogapi.negotiation import JSON, MERGE_PATCH, check_content_type
from blogapi.problems import Problem
from blogapi.queries import query_pairs
from django_app.chunks import is_chunked


class StrictJSONParser(BaseParser):
    """RFC 8259 to the letter, where DRF's own takes a repeated member, and a body of any size."""

    media_type = JSON

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        return parse_json(_read(stream, parser_context["request"]))


class MergePatchParser(StrictJSONParser):
    """The same under PATCH's second name."""

    media_type = MERGE_PATCH


class FormPairsParser(BaseParser):
    """Names and values in their order, so that a repeated parameter shows."""

    media_type = FORM_MEDIA_TYPE

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        return query_pairs(_read(stream, parser_context["request"]))


class CompactJSONRenderer(BaseRenderer):
    """Writes with orjson, without white space."""

    media_type = JSON
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dump_json(data)


class ContractNegotiation(BaseContentNegotiation):
    """One parser by Content-Type, one renderer whatever Accept says: the view has held that against the contract."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        by_type = {parser.media_type: parser for parser in parsers}
        check_content_type(request.content_type, *by_type)
        return by_type[request.content_type.partition(";")[0].strip().lower()]

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def _read(stream: IO[Any], request: Request) -> bytes:
    try:
        body: bytes = stream.read()
    except Exception as error:
        # Each server has exceptions of its own for chunks that are none.
        raise Problem("malformed_json") from error
    if len(body) > settings.BLOGAPI.max_body_bytes:
        raise Problem("body_too_large")
    if not is_chunked(request.META) and len(body) < int(request.META.get("CONTENT_LENGTH") or 0):
        raise Problem("malformed_json")
    return body
