"""Values that many tests try."""

from answer import Json

# One value of each JSON type, without and with the look of another one.
TYPES: dict[str, Json] = {
    "null": None,
    "true": True,
    "false": False,
    "0": 0,
    "1": 1,
    "1.0": 1.0,
    "1.5": 1.5,
    "empty-string": "",
    "string-1": "1",
    "string-true": "true",
    "list": [],
    "list-of-string": ["abcdefgh"],
    "object": {},
}
STRINGS = {"empty-string", "string-1", "string-true"}
WRITES = ["POST user", "PUT user", "PATCH user", "POST article", "PUT article", "PATCH article"]
