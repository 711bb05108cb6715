"""What a person does in the Prefect UI, and what they see there."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.site import PATIENCE

_MILLISECONDS = PATIENCE * 1000
_ASKED = re.compile("/(create_flow_run|set_state|resume)$")
"""What the buttons ask the server for."""


@contextmanager
def window(browser: Browser) -> Iterator[Page]:
    """Open a window of a size that a person may have, without anything remembered."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light") as context:
        yield context.new_page()


class Ui:
    """A person in front of the Prefect UI."""

    def __init__(self, page: Page, address: str, pictures: Path | None) -> None:
        self.page = page
        self.page.set_default_timeout(_MILLISECONDS)
        self._address = f"{address}/v2"
        self._pictures = pictures

    def open(self, path: str) -> None:
        """Type an address of the UI."""
        self.page.goto(f"{self._address}/{path}")

    def open_deployment(self, flow: str) -> None:
        """Go to the page of a flow's deployment by way of the list."""
        self.open("deployments")
        self.page.get_by_role("row").filter(has_text=flow).locator("a[href*='/deployment/']").click()
        self.page.wait_for_url("**/deployments/deployment/**")

    def quick_run(self) -> None:
        """Start a run from a deployment's page, again while the server is too busy to take it."""
        while not self._taken(self._choose_quick_run):
            pass

    def open_form(self) -> Locator:
        """Do the same where something is missing: that opens a form, which is returned."""
        self._choose_quick_run()
        return self.page.get_by_role("dialog")

    def _choose_quick_run(self) -> None:
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Quick run").click()

    def send(self, form: Locator, button: str = "^(Run|Submit)$") -> None:
        """Press a form's button, again while the server is too busy to take it."""
        press = form.get_by_role("button", name=re.compile(button)).click
        while not self._taken(press):
            pass

    def _taken(self, action: Callable[[], None]) -> bool:
        with self.page.expect_response(_ASKED) as answer:
            action()
        return answer.value.ok

    def open_run(self, name: str) -> None:
        """Go to the page of the newest flow run of that name by way of the list."""
        self.open("runs")
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_url("**/flow-run/**")

    def choose(self, entry: str) -> Locator:
        """Choose an entry of the page's menu; return what it opens."""
        self.page.get_by_role("button", name="Open menu").first.click()
        self.page.get_by_role("menuitem", name=entry).click()
        return self.page.get_by_role("alertdialog").or_(self.page.get_by_role("dialog"))

    def open_tab(self, name: str) -> None:
        """Choose a tab of the page."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def open_artifact(self, name: str) -> None:
        """Open the newest version of an artifact that the page lists."""
        self.open_tab("Artifacts")
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_url("**/artifacts/key/**")
        self.page.locator("main a[href*='/artifacts/artifact/']").first.click()

    def expect_state(self, name: str) -> None:
        """Wait until the page shows a state's name."""
        badge = self.page.get_by_text(re.compile(f"^{re.escape(name)}$")).first
        expect(badge).to_be_visible(timeout=_MILLISECONDS)

    def keep_picture(self, name: str) -> None:
        """Keep what the page shows, where somebody wants pictures."""
        if self._pictures:
            expect(self.page.locator(".animate-pulse")).to_have_count(0)
            self.page.wait_for_timeout(8_000)  # until the graph has been drawn, for the eye alone
            self.page.screenshot(path=self._pictures / f"{name}.png")
