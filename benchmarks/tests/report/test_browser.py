"""The page in Chromium: nobody else is asked, sorting and sliders work, and it is whole without its script.

Debian: `apt-get install chromium chromium-driver`. Without them the tests are skipped, but in CI they fail.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest
from selenium.common import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from benchmarks.report.mix import mixed
from benchmarks.report.page import to_html
from benchmarks.results import Result

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1280,1000",
)
PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}


def program(name: str) -> str:
    """Where a program of Debian's packages `chromium` and `chromium-driver` is."""
    found = shutil.which(name)
    if found is not None:
        return found
    missing = f"{name} is not installed (apt-get install chromium chromium-driver): the page was not tested"
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
        # Selenium's own way to the driver is no proxy's business.
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        driver = Chrome(options, service)
        yield driver
        driver.quit()


@dataclass(frozen=True)
class Opener:
    """Opens the page of a result, with or without scripts, light or dark, at a desk or on a phone."""

    browser: Chrome
    folder: Path

    def __call__(self, result: Result, *, script: bool = True, dark: bool = False, phone: bool = False) -> Chrome:
        path = self.folder / "page.html"
        path.write_text(to_html(result), encoding="utf-8")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        if phone:
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        for log in ("browser", "performance"):
            self.browser.get_log(log)  # type: ignore[no-untyped-call]  # it has no types
        self.browser.get(path.as_uri())
        return self.browser


@pytest.fixture
def opens(browser: Chrome, tmp_path: Path) -> Opener:
    """Give the means to open pages."""
    return Opener(browser, tmp_path)


def console(browser: Chrome) -> list[str]:
    """What the page's console was told since the page was opened."""
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]  # it has no types
    return [str(entry["message"]) for entry in entries]


def requested(browser: Chrome) -> set[str]:
    """The kinds of addresses that were asked for since the page was opened."""
    entries = browser.get_log("performance")  # type: ignore[no-untyped-call]  # it has no types
    messages = [json.loads(entry["message"])["message"] for entry in entries]
    urls = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    return {url.partition(":")[0] for url in urls}


def texts(found: list[WebElement]) -> list[str]:
    """What elements say, on one line each, whether they can be seen or not."""
    return [" ".join((one.get_attribute("textContent") or "").split()) for one in found]


def cells(browser: Chrome, table: str) -> list[list[str]]:
    """A table's rows as texts."""
    rows = browser.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr")
    return [texts(row.find_elements(By.CSS_SELECTOR, "th, td")) for row in rows]


def set_slider(browser: Chrome, name: str, share: int) -> None:
    """Move a slider as a hand would, whose every move is an `input`."""
    browser.execute_script(
        "const slider = document.getElementById(arguments[0]); slider.value = arguments[1];"
        "slider.dispatchEvent(new Event('input', {bubbles: true}));",
        f"share-{name}",
        share,
    )


def test_the_console_is_silent_and_nobody_else_is_asked(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result)
    assert console(page) == []
    assert requested(page) == {"file"}


def test_a_click_on_a_title_sorts_and_another_one_turns_it_round(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result)
    assert [row[0].split()[0] for row in cells(page, "capacity-ping")] == ["FastAPI", "Tornado", "Flask", "Django"]
    heading = page.find_elements(By.CSS_SELECTOR, "#capacity-ping thead th")[1]
    heading.find_element(By.TAG_NAME, "button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert [row[0].split()[0] for row in cells(page, "capacity-ping")] == ["Django", "Flask", "Tornado", "FastAPI"]
    heading.find_element(By.TAG_NAME, "button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert [row[0].split()[0] for row in cells(page, "capacity-ping")] == ["FastAPI", "Tornado", "Flask", "Django"]


def test_a_row_without_figures_stays_last_however_it_is_sorted(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result)
    button = page.find_elements(By.CSS_SELECTOR, "#capacity-create_article thead button")[1]
    for _ in range(2):
        button.click()
        assert cells(page, "capacity-create_article")[-1][1] == "invalid: CPU taken"


def test_the_script_ranks_the_usual_mix_as_the_report_does(opens: Opener, rich_result: Result) -> None:
    by_report = cells(opens(rich_result, script=False), "mix-table")
    page = opens(rich_result)
    assert page.find_element(By.ID, "mixer").is_displayed()
    assert cells(page, "mix-table") == by_report
    assert len(by_report) == 4


def test_the_script_shows_a_ratios_own_interval_and_ties_by_all_pairs_as_the_report_does(
    opens: Opener, rich_result: Result
) -> None:
    """Flask and Tornado are tied with FastAPI by all pairs, though their own intervals leave 1 out."""
    values = {
        "fastapi": (100, 101, 99, 100, 100),
        "flask": (92, 98, 93, 99, 94),
        "tornado": (96, 90, 97, 91, 98),
        "django": (50, 51, 50, 49, 50),
    }
    rates = {name: {"ping": dict(enumerate(of_rounds, start=1))} for name, of_rounds in values.items()}
    page = opens(rich_result)
    script = (
        "const data = JSON.parse(document.getElementById('mix-data').textContent);"
        "return rankMix({...data, rates: arguments[0]}, {ping: 1});"
    )
    ranked = page.execute_script(script, rates)
    expected = mixed(rates, {"ping": 1})
    assert [(one["name"], one["rank"], one["tied"]) for one in ranked] == [
        (one.variant, one.standing.rank, bool(one.standing.tied)) for one in expected
    ]
    assert [one["rank"] for one in ranked] == [1, 1, 1, 4]
    assert ranked[0]["ratio"] is None
    assert [one["ratio"] for one in ranked[1:]] == [pytest.approx(asdict(one.standing.ratio)) for one in expected[1:]]
    assert all(one["ratio"]["high"] < 1 for one in ranked[1:])


def test_a_slider_ranks_anew_at_once_and_the_button_goes_back(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result)
    usual = cells(page, "mix-table")
    for name, share in {"ping": 100, "article": 0, "page": 0, "create_article": 0}.items():
        set_slider(page, name, share)
    alone = cells(page, "mix-table")
    assert [row[0] for row in alone] == ["FastAPI", "Tornado", "Flask", "Django REST framework"]
    pings = {row[0].rsplit(" ", 1)[0]: row[1].split()[0] for row in cells(page, "capacity-ping")}
    assert {row[0]: row[1] for row in alone} == pings
    assert texts(page.find_elements(By.CSS_SELECTOR, "#of-ping, #mix-shares")) == ["100 %", "Ping 100 %"]
    page.find_element(By.CSS_SELECTOR, "#mixer button").click()
    # The sliders go back after the event of the click, and the table after them.
    wait = WebDriverWait(page, 10, ignored_exceptions=(StaleElementReferenceException,))
    wait.until(lambda _: cells(page, "mix-table") == usual)


def test_a_mix_of_nothing_says_so(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result)
    for name in ("ping", "article", "page", "create_article"):
        set_slider(page, name, 0)
    assert {row[1] for row in cells(page, "mix-table")} == {"nothing is asked for"}
    assert console(page) == []


def test_without_a_script_every_table_is_there_and_no_slider(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result, script=False)
    tables = page.find_elements(By.CSS_SELECTOR, "table")
    assert len(tables) > 20
    assert all(table.is_displayed() for table in tables)
    assert page.find_elements(By.CSS_SELECTOR, "thead button") == []
    assert not page.find_element(By.ID, "mixer").is_displayed()


def test_a_result_is_stale_once_it_is_older_than_ninety_days(opens: Opener, rich_result: Result) -> None:
    old = opens(replace(rich_result, started_at="2020-01-01T00:00:00+00:00")).find_element(By.ID, "stale")
    assert "more than 90" in old.text
    fresh = opens(replace(rich_result, started_at="2999-01-01T00:00:00+00:00")).find_element(By.ID, "stale")
    assert not fresh.is_displayed()


def test_dark_mode_has_light_words_on_a_dark_page(opens: Opener, rich_result: Result) -> None:
    def brightness(element: WebElement, what: str) -> float:
        red, green, blue = element.value_of_css_property(what).partition("(")[2].rstrip(")").split(",")[:3]
        return (float(red) + float(green) + float(blue)) / 3

    for dark in (False, True):
        body = opens(rich_result, dark=dark).find_element(By.TAG_NAME, "body")
        assert (brightness(body, "color") > 200) == dark
        assert (brightness(body, "background-color") < 60) == dark


def test_on_a_phone_tables_scroll_in_their_box_and_the_page_does_not(opens: Opener, rich_result: Result) -> None:
    page = opens(rich_result, phone=True)
    page_width = page.execute_script("return document.documentElement.scrollWidth")
    assert page_width == PHONE["width"]
    wider = page.execute_script(
        "return [...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth).length"
    )
    assert wider > 0


def test_every_word_has_contrast_enough(opens: Opener, rich_result: Result) -> None:
    for dark in (False, True):
        assert opens(rich_result, dark=dark).execute_script(TOO_FAINT) == []


# WCAG 2.2, 1.4.3: 4.5 to 1 for words, by the relative luminance of the words and of what is painted behind them.
TOO_FAINT = """
const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
const behind = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = parse(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const faint = [];
for (const element of document.querySelectorAll("body *")) {
  const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!words || element.matches("script, style, title, desc, svg .inside")) continue;
  const style = getComputedStyle(element);
  const colour = parse(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
  const [light, dark] = [luminance(colour), luminance(behind(element))].sort((one, other) => other - one);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < 4.5) faint.push(`${element.className.baseVal ?? element.className} ${contrast.toFixed(2)}`);
}
return [...new Set(faint)];
"""
