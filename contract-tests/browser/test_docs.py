"""The docs page of each variant in Chromium: what is there to be tried out works, and nobody else is asked (10.5, 2.3).

Debian: `apt-get install chromium chromium-driver`. Without them the tests are skipped, but in CI they fail.
"""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from variants.catalog import load_variants, variant_named
from variants.databases import Rows, sqlite_database
from variants.environment import ADMIN_PASSWORD, ADMIN_USERNAME
from variants.process import running

WAIT_SECONDS = 60
DESCRIPTION = "fetch('/openapi.json').then(answer => answer.json()).then(arguments[0])"
# Of Chromium's own traffic nothing starts, and no name but the server's address leads anywhere.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1280,1000",
)


@dataclass(frozen=True)
class Visit:
    """What a visitor of the page saw, and what the browser noted meanwhile."""

    base_url: str
    shown: list[str | None]
    described: dict[str, Any]
    sent: dict[str, Any]
    answer: list[str]
    policy: str
    requests: list[tuple[str, str]]
    console: list[dict[str, Any]]


def program(name: str) -> str:
    """Where a program of Debian's packages `chromium` and `chromium-driver` is."""
    found = shutil.which(name)
    if found is not None:
        return found
    missing = f"{name} is not installed (apt-get install chromium chromium-driver): the docs page was not tested"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser with a profile of its own that notes its requests and its console."""
    options, service = ChromeOptions(), Service(program("chromedriver"))
    options.binary_location = program("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with pytest.MonkeyPatch.context() as patch:
        # Selenium's own way to the driver is no proxy's business either.
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        driver = Chrome(options, service)
        yield driver
        driver.quit()


def wait_for(browser: Chrome, within: Chrome | WebElement, selector: str) -> WebElement:
    """The first element of a selector that is shown, as soon as there is one."""

    def shown(_browser: Chrome) -> WebElement | None:
        return next((found for found in within.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()), None)

    found = WebDriverWait(browser, WAIT_SECONDS).until(shown, f"nothing fits {selector}")
    assert found is not None
    return found


def authorize(browser: Chrome) -> None:
    """Let the page fetch a token by the password flow."""
    wait_for(browser, browser, ".auth-wrapper .authorize").click()
    wait_for(browser, browser, "#oauth_username").send_keys(ADMIN_USERNAME)
    wait_for(browser, browser, "#oauth_password").send_keys(ADMIN_PASSWORD)
    form = next(
        form
        for form in browser.find_elements(By.CSS_SELECTOR, ".auth-container")
        if form.find_elements(By.ID, "oauth_username")
    )
    wait_for(browser, form, "button.authorize").click()
    # It says so by offering to forget the token again.
    wait_for(browser, form, "button[aria-label='Remove authorization']")
    wait_for(browser, form, ".btn-done").click()


def try_out(browser: Chrome, operation_id: str) -> list[str]:
    """Send the example of an operation; give the status, the body and the headers that the page shows."""
    block = wait_for(browser, browser, f"[id$='-{operation_id}']")
    wait_for(browser, block, ".opblock-summary-control").click()
    wait_for(browser, block, ".try-out__btn").click()
    wait_for(browser, block, ".execute").click()
    answer = ".live-responses-table tbody"
    status = wait_for(browser, block, f"{answer} .response-col_status").text
    shown = block.find_elements(By.CSS_SELECTOR, f"{answer} .response-col_description pre")
    return [status, *(found.text for found in shown)]


def log_of(browser: Chrome, name: str) -> list[dict[str, Any]]:
    """The entries of a log since this was last asked."""
    entries: list[dict[str, Any]] = browser.get_log(name)  # type: ignore[no-untyped-call]  # it has no types
    return entries


def noted(browser: Chrome) -> dict[str, list[dict[str, Any]]]:
    """What Chromium's DevTools were told since this was last asked, by the name of the event."""
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in log_of(browser, "performance"):
        message = json.loads(entry["message"])["message"]
        events[message["method"]].append(message["params"])
    return events


def policy_of(events: dict[str, list[dict[str, Any]]], url: str) -> str:
    """The Content-Security-Policy that a page came with."""
    answers = [event["response"] for event in events["Network.responseReceived"]]
    (headers,) = [answer["headers"] for answer in answers if answer["url"] == url]
    return {name.lower(): str(value) for name, value in headers.items()}["content-security-policy"]


@pytest.fixture(scope="module", params=load_variants())
def visit(request: pytest.FixtureRequest, browser: Chrome) -> Iterator[Visit]:
    """A visit to each variant: the page is opened, a token is fetched, an article is created."""
    variant = variant_named(request.param)
    with sqlite_database(Rows(articles=20, users=5)) as database, running(variant, database_url=database.url) as server:
        browser.get("about:blank")
        # What a new browser, or the visit before, has left there.
        noted(browser), log_of(browser, "browser")
        browser.get(f"{server.base_url}/docs")
        wait_for(browser, browser, ".opblock")
        authorize(browser)
        answer = try_out(browser, "article_create")
        events = noted(browser)
        sent = [event["request"] for event in events["Network.requestWillBeSent"]]
        yield Visit(
            base_url=server.base_url,
            shown=[block.get_attribute("id") for block in browser.find_elements(By.CSS_SELECTOR, ".opblock")],
            described=browser.execute_async_script(DESCRIPTION),
            sent=json.loads(sent[-1]["postData"]),
            answer=answer,
            policy=policy_of(events, f"{server.base_url}/docs"),
            requests=[(asked["method"], asked["url"]) for asked in sent],
            console=[entry for entry in log_of(browser, "browser") if entry["level"] not in ("DEBUG", "INFO")],
        )


def test_the_page_shows_each_operation_of_the_description(visit: Visit) -> None:
    items = visit.described["paths"].values()
    described = [operation for item in items for operation in item.values() if isinstance(operation, dict)]
    expected = {f"operations-{operation['tags'][0]}-{operation['operationId']}" for operation in described}
    assert sorted(map(str, visit.shown)) == sorted(expected)
    assert len(expected) > 20


def test_an_operation_tried_out_with_a_token_answers_as_described(visit: Visit) -> None:
    status, *shown = visit.answer
    assert status == "201"
    bodies = [json.loads(text) for text in shown if text.startswith("{")]
    assert [{**body, **visit.sent} for body in bodies] == bodies
    assert [body["author"]["username"] for body in bodies] == [ADMIN_USERNAME]
    assert [text for text in shown if f"/api/v1/articles/{bodies[0]['id']}" in text.split()]


def test_no_outside_host_is_asked(visit: Visit) -> None:
    outside = [url for _, url in visit.requests if not url.startswith((f"{visit.base_url}/", "data:"))]
    assert outside == []
    assert ("GET", f"{visit.base_url}/openapi.json") in visit.requests


def test_the_browser_complains_of_nothing(visit: Visit) -> None:
    assert visit.console == []


def test_the_policy_allows_no_inline_code_and_names_no_host(visit: Visit) -> None:
    assert visit.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in visit.policy
    assert "//" not in visit.policy
