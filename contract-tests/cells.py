"""What a caller of a table of permissions is answered."""

from answer import Answer

CODES = {401: "not_authenticated", 403: "forbidden", 404: "not_found"}


def expect_cell(answer: Answer, status: int) -> None:
    """Hold a success by its status, a refusal as a whole."""
    if status in CODES:
        answer.expect_problem(status, CODES[status])
    else:
        answer.expect(status)
