"""The page of a report in a browser: nothing is requested, everything is seen and can be read.

Chromium is Debian's, driven by playwright, which is in the extra `test-browser` with axe-core.
"""

from __future__ import annotations

import os
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import report
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

STYLED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
BARE = "default-src 'none'"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
IS_REQUIRED = "SMOOTHL1_REQUIRE_BROWSER" in os.environ

if not IS_REQUIRED:
    pytest.importorskip("playwright.sync_api", reason="the extra test-browser is not installed")
    if BROWSER is None:
        pytest.skip("chromium is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def page_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    rng = np.random.default_rng(6)
    target = rng.gamma(2.0, size=20_000)
    pred = target + rng.standard_t(3, 20_000) * np.linspace(0.2, 0.6, 20_000) + 0.05
    kind = rng.choice(["car", "bus", "a name that is longer than its column", "<b>"], 20_000)
    path = tmp_path_factory.mktemp("report") / "run.parquet"
    save(path, y=target, y_hat=pred, kind=kind)
    return report(path, pred="y_hat", target="y", betas=0.5, by="kind").to_html()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


class Seen:
    """A page as a browser with a policy and a width shows it, and what it said and asked for."""

    def __init__(self, browser: Browser, text: str, policy: str, width: int, scheme: Any) -> None:
        self.messages: list[str] = []
        self.requests: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.route(
            "**/*",
            lambda route: route.fulfill(
                body=text,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": policy},
            ),
        )
        self.page.goto("http://report.test/")


@pytest.mark.parametrize(
    ("policy", "width", "scheme"),
    [
        (STYLED, 1280, "light"),
        (STYLED, 400, "dark"),
        (BARE, 1280, "dark"),
        (BARE, 400, "light"),
    ],
)
def test_every_figure_is_seen_and_can_be_read_by_everyone(
    browser: Browser, page_text: str, policy: str, width: int, scheme: str
) -> None:
    seen = Seen(browser, page_text, policy, width, scheme)
    assert seen.requests == ["http://report.test/"]
    notes = [text for text in seen.messages if "inline style" not in text]
    assert notes == []
    assert policy == BARE or seen.messages == []
    drawings = seen.page.locator("svg")
    assert drawings.count() == page_text.count("<svg") >= 6
    for i in range(drawings.count()):
        box = drawings.nth(i).bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert box["height"] > 100
        assert box["x"] + box["width"] <= width
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert policy == BARE or wide <= width
    assert violations(seen.page) == []


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """The rules of axe that the page breaks, with all tables open: of each, the first rows."""
    source = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("document.querySelectorAll('tr:nth-child(n+4)').forEach(r => r.remove())")
    found = page.evaluate("axe.run()")
    return [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found["violations"]]


def test_a_table_that_is_cut_scrolls_in_its_frame_and_its_edge_tells_it(
    browser: Browser, page_text: str
) -> None:
    seen = Seen(browser, page_text, STYLED, 400, "light")
    frame = seen.page.locator("section[aria-labelledby=worst] .numbers")
    width, content, edges = frame.evaluate(
        "e => [e.clientWidth, e.scrollWidth, getComputedStyle(e).backgroundAttachment]"
    )
    assert width < 400 < content
    assert sorted(edges.split(", ")) == ["local"] * 4 + ["scroll"] * 5
