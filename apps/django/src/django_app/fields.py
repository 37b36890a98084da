"""DRF's fields without their kindness: nothing is coerced, and each fault has the contract's code and words."""

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from blogapi import rules
from blogapi.cursors import parse_cursor
from blogapi.problems import FAULT_DETAILS
from blogapi.records import Cursor

CURSOR_PATTERN = "^[A-Za-z0-9_-]+$"
_INTEGER = re.compile(r"-?[0-9]+")
# Longer literals are out of every range; turning them into numbers could take long.
_INTEGER_DIGITS_MAX = 20


def _detail(code: str, limit: str = "") -> str:
    return FAULT_DETAILS[code].format(limit=limit)


def _messages(kind: str) -> dict[str, str]:
    # `required` and `null` are DRF's own names; a null is one wrong type among others.
    wrong_type = _detail("type", kind)
    return {"required": _detail("missing"), "null": wrong_type, "type": wrong_type}


class StrictCharField(serializers.CharField):
    """A string: checked for characters, then trimmed where asked for, then for length, then against the pattern."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **_messages("a string"),
        "characters": _detail("characters"),
        "min_length": _detail("too_short", "{min_length} characters"),
        "max_length": _detail("too_long", "{max_length} characters"),
    }

    def __init__(self, *, pattern: str | None = None, trim_whitespace: bool = False, **options: Any) -> None:
        if options.get("min_length") == 1:
            options["error_messages"] = {"min_length": _detail("too_short", "1 character")}
        super().__init__(trim_whitespace=trim_whitespace, **options)
        if pattern is not None:
            # `$` alone would let a final newline pass.
            regex = re.compile(pattern.removesuffix("$") + r"\Z")
            self.validators.append(RegexValidator(regex, _detail("invalid", f"text that fits {pattern}")))

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Treat the empty string as any other, which DRF refuses or takes without a look at the validators."""
        return serializers.Field.run_validation(self, data)

    def to_internal_value(self, data: Any) -> str:
        return _strict_text(self, data).strip() if self.trim_whitespace else _strict_text(self, data)


@extend_schema_field({"type": "string", "maxLength": rules.EMAIL_MAX, "pattern": rules.EMAIL_PATTERN})
class StrictEmailField(StrictCharField):
    """An address by the contract's grammar, which is not that of Django's EmailValidator."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(_check_email)


@extend_schema_field({"type": "string", "pattern": CURSOR_PATTERN})
class CursorField(serializers.Field[Any, Any, Any, Any]):
    """Where the last page ended."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **_messages("a string"),
        "characters": _detail("characters"),
        "invalid": _detail("invalid", "what `next` of a page was"),
    }

    def to_internal_value(self, data: Any) -> Cursor:
        try:
            return parse_cursor(_strict_text(self, data))
        except ValueError:
            self.fail("invalid")


class StrictChoiceField(serializers.ChoiceField):
    """One of a few strings."""

    default_error_messages: ClassVar[dict[str, Any]] = {**_messages("a string"), "characters": _detail("characters")}

    def __init__(self, *, choices: tuple[str, ...], **options: Any) -> None:
        options["error_messages"] = {"invalid": _detail("invalid", "one of " + ", ".join(choices))}
        super().__init__(choices=choices, **options)

    def to_internal_value(self, data: Any) -> str:
        if _strict_text(self, data) not in self.choices:
            self.fail("invalid")
        return str(data)


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer: no string, no fraction, no boolean."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **_messages("an integer"),
        "min_value": _detail("too_small", "{min_value}"),
        "max_value": _detail("too_large", "{max_value}"),
    }

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("type")
        return int(data)


class QueryIntegerField(StrictIntegerField):
    """An integer's literal in a query."""

    def to_internal_value(self, data: Any) -> int:
        if _INTEGER.fullmatch(data) is None:
            self.fail("type")
        digits = data.lstrip("-").lstrip("0")[:_INTEGER_DIGITS_MAX] or "0"
        return -int(digits) if data.startswith("-") else int(digits)


class StrictBooleanField(serializers.BooleanField):
    """A JSON boolean: no string, no number."""

    default_error_messages: ClassVar[dict[str, Any]] = _messages("true or false")

    def to_internal_value(self, data: Any) -> bool:
        if data is not True and data is not False:
            self.fail("type")
        return bool(data)


class QueryBooleanField(StrictBooleanField):
    """A boolean's literal in a query."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("type")
        return bool(data == "true")


class StrictListField(serializers.ListField):
    """Different items, given back sorted. Too many are one fault, whatever they are."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **_messages("an array"),
        "duplicate": _detail("duplicate"),
        "max_length": _detail("too_long", "{max_length} items"),
    }

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list):
            self.fail("type")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        items: list[str] = self.run_child_validation(data)
        if len(set(items)) < len(items):
            self.fail("duplicate")
        return sorted(items)


def _strict_text(field: serializers.Field[Any, Any, Any, Any], data: Any) -> str:
    if not isinstance(data, str):
        field.fail("type")
    if rules.has_unsafe_characters(data):
        field.fail("characters")
    return data


def _check_email(value: str) -> None:
    if not rules.email_is_valid(value):
        raise ValidationError(_detail("invalid", "an e-mail address"), code="invalid")
