"""Addresses of what a page speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tasks_lib.backlog.model import ItemId
from tasks_lib.pages.keys import key
from tasks_lib.pages.markdown import Markup, code_span, escaped, link


@dataclass(frozen=True, slots=True)
class Links:
    """Where things are: every address may be empty, and then a name stands without a link.

    ``backlog`` is the name that all keys begin with; ``ui`` is where the Prefect UI's own paths begin;
    ``branches`` is what the page of a branch begins with
    on the git host; ``runs`` maps an item to the id of its Prefect task run; ``retries`` maps an item to the
    address of the form that tries it once more.
    """

    backlog: str = ""
    ui: str = ""
    branches: str = ""
    runs: Mapping[ItemId, str] = field(default_factory=dict)
    retries: Mapping[ItemId, str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the key of a page; see ``keys``."""
        return key(self.backlog, name)

    def page(self, text: str, name: str) -> Markup:
        """Return a link to the newest version of a page."""
        return link(text, f"{self.ui}/artifacts/key/{self.key(name)}" if self.ui else "")

    def item(self, item: ItemId) -> Markup:
        """Return the item's id as a link to its task run, where this run has one."""
        run = self.runs.get(item, "")
        return link(item, f"{self.ui}/runs/task-run/{run}" if self.ui and run else "")

    def retry(self, item: ItemId) -> Markup:
        """Return a link to the form that tries an item once more; nothing where there is none."""
        address = self.retries.get(item, "")
        return link("retry", address) if address else Markup("")

    def branch(self, name: str) -> Markup:
        """Return a branch's name as a link to its page on the git host."""
        if not self.branches or not name:
            return code_span(name) if name else Markup("")
        return link(name, f"{self.branches}{quote(name)}")


def pull_request(address: str) -> Markup:
    """Return a link ``#12`` to a pull request; nothing without an address of the web."""
    if not address.startswith(("https://", "http://")):
        return Markup(escaped(address))
    number = address.rstrip("/").rpartition("/")[2]
    return link(f"#{number}" if number.isdecimal() else "pull request", address)
