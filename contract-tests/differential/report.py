"""What is printed of a divergence: the commands that show it, and what each variant answered to the last one."""

from collections.abc import Iterator

from play import Divergence
from request import NEWEST
from wire import Answer

SHOWN_CHARACTERS = 1_200
LEFT_OUT = frozenset({"date", "server-timing", "keep-alive"})
# What an answer gave: a later request of the sequence has it from there.
_FROM_ANSWERS = {
    NEWEST: "the token of the last log-in",
    "tag": "the last ETag",
    "weak_tag": "the last ETag, weak",
    "bare_tag": "the last ETag without quotes",
    "other_tag": "the last ETag, of the other form (gzip or plain)",
    "tag_before": "the ETag before the last one",
    "next": "the last cursor",
    "next_cut": "the last cursor without its last letter",
    "next_other": "the last cursor with another last letter",
}


def described(divergence: Divergence) -> str:
    """All that is known of a divergence, as text."""
    lines = [f"Divergence: {divergence.what}"]
    if not divergence.certain:
        lines.append("(It did not show again when the same sequence was played again: look for what depends on time.)")
    lines += ["", "# on a fresh copy of the common database; URL=http://… of a variant", *_values(divergence)]
    lines += [step.curl() for step in divergence.steps]
    for name, answers in divergence.answers.items():
        for answer in answers:
            lines += ["", f"{name} answered:", *(f"    {line}" for line in _shown(answer))]
    return "\n".join(lines)


def _values(divergence: Divergence) -> Iterator[str]:
    for name in sorted({name for step in divergence.steps for name in step.names()}):
        by_server = {server: values[name] for server, values in divergence.values.items() if name in values}
        if name in _FROM_ANSWERS:
            yield f"# {name}: {_FROM_ANSWERS[name]} of an answer so far; in the end {by_server}"
        elif by_server:
            yield f"{name}={next(iter(by_server.values()))}"


def _shown(answer: Answer) -> list[str]:
    if answer.status == 0:
        return [answer.note]
    headers = [f"{name}: {_cut(value)}" for name, value in answer.headers if name not in LEFT_OUT]
    try:
        text = answer.content.decode("utf-8", "backslashreplace")
    except ValueError as error:
        text = str(error)
    return [str(answer.status), *headers, *([_cut(text)] if text else [])]


def _cut(text: str) -> str:
    more = len(text) - SHOWN_CHARACTERS
    return text if more <= 0 else f"{text[:SHOWN_CHARACTERS]}… ({more} characters more)"
