"""What is printed of a divergence: the commands that show it, and what each variant answered to the last one."""

from play import Divergence
from request import NEWEST
from wire import Answer

SHOWN_CHARACTERS = 1_200
LEFT_OUT = frozenset({"date", "server-timing", "keep-alive"})


def described(divergence: Divergence) -> str:
    """All that is known of a divergence, as text."""
    lines = [f"Divergence: {divergence.what}"]
    if not divergence.certain:
        lines.append("(It did not show again when the same sequence was played again: look for what depends on time.)")
    lines += ["", "# on a fresh copy of the common database; URL=http://… of a variant"]
    lines += [f"{name}={token}" for name, token in sorted(divergence.tokens.items()) if name != NEWEST]
    if NEWEST in divergence.tokens:
        lines.append(f"# {NEWEST}: the token of the last log-in below; {divergence.tokens[NEWEST]!r} before the first")
    lines += [step.curl() for step in divergence.steps]
    for name, answer in divergence.answers.items():
        lines += ["", f"{name} answered:", *(f"    {line}" for line in _shown(answer))]
    return "\n".join(lines)


def _shown(answer: Answer) -> list[str]:
    if answer.status == 0:
        return [answer.note]
    headers = [f"{name}: {_cut(value)}" for name, value in answer.headers if name not in LEFT_OUT]
    text = answer.body.decode("utf-8", "backslashreplace")
    return [str(answer.status), *headers, *([_cut(text)] if text else [])]


def _cut(text: str) -> str:
    more = len(text) - SHOWN_CHARACTERS
    return text if more <= 0 else f"{text[:SHOWN_CHARACTERS]}… ({more} characters more)"
