"""The token request's form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.login import Login, invalid_credentials, read_login
from blogapi.problems import Problem
from blogapi.queries import query_pairs


def error_of(form: str | bytes) -> str:
    """The `error` member of the answer to a faulty form."""
    with pytest.raises(Problem) as problem:
        read_login(query_pairs(form))
    assert (problem.value.code, problem.value.status) == ("invalid_request", 400)
    return str(problem.value.body("id")["error"])


@pytest.mark.parametrize(
    "form",
    [
        "grant_type=password&username=ada&password=correct+horse",
        "password=correct%20horse&username=ada&grant_type=password",
        "grant_type=password&username=ada&password=correct+horse&scope=a&scope=b&client_id=x&=",
        b"grant_type=password&username=ada&password=correct horse",
    ],
)
def test_name_and_password_are_read_and_other_parameters_ignored(form: str | bytes) -> None:
    assert read_login(query_pairs(form)) == Login("ada", "correct horse")


def test_nothing_is_trimmed_and_all_of_unicode_is_taken() -> None:
    form = "grant_type=password&username=+ada+&password=%F0%9F%98%80%2B%26%3D"
    assert read_login(query_pairs(form)) == Login(" ada ", "😀+&=")
    assert read_login(query_pairs("grant_type=password&username=a&password=pässword".encode())).password == "pässword"


@pytest.mark.parametrize(
    "form",
    [
        "",
        "username=a&password=b",
        "grant_type=password&password=b",
        "grant_type=password&username=a",
        "grant_type=&username=a&password=b",
        "grant_type=password&username=&password=b",
        "grant_type=password&username=a&password=",
        "grant_type=password&username&password=b",
        "grant_type=password&grant_type=password&username=a&password=b",
        "grant_type=password&username=a&username=a&password=b",
        "grant_type=password&username=a&password=b&password=c",
        "Grant_Type=password&username=a&password=b",
        '{"grant_type": "password", "username": "a", "password": "b"}',
    ],
)
def test_a_parameter_that_is_missing_empty_or_repeated_is_an_invalid_request(form: str) -> None:
    assert error_of(form) == "invalid_request"


@pytest.mark.parametrize("grant", ["client_credentials", "PASSWORD", "password+", "pass%00word", "%FF"])
def test_another_grant_is_not_supported(grant: str) -> None:
    assert error_of(f"grant_type={grant}&username=a&password=b") == "unsupported_grant_type"


@pytest.mark.parametrize("value", ["a%00", "%FF", "%ED%A0%80"])
def test_what_nobody_can_register_reaches_neither_database_nor_hasher(value: str) -> None:
    assert read_login(query_pairs(f"grant_type=password&username={value}&password={value}")) == Login("", "")


@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from(["grant_type=password", "username=a", "password=%00", "x"])).map("&".join)
)
def test_whatever_is_sent_is_read_or_refused(form: str | bytes) -> None:
    try:
        login = read_login(query_pairs(form))
    except Problem as problem:
        assert problem.code == "invalid_request"
    else:
        f"{login.username}{login.password}".encode()


def test_a_refused_login_does_not_tell_why() -> None:
    problem = invalid_credentials()
    assert problem.headers["WWW-Authenticate"] == 'Bearer realm="blog-api"'
    assert problem.body("id") == invalid_credentials().body("id")
    assert (problem.status, problem.body("id")["error"]) == (401, "invalid_grant")
