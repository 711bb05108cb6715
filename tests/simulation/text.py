"""Tracking files to begin with, and what people make of them."""

from functools import lru_cache
from random import Random

from tasks_lib.backlog import edit_backlog, parse_backlog
from tasks_lib.backlog.model import Backlog, Item, ItemStatus
from tasks_lib.errors import BacklogError

_COLUMNS = (
    *("id", "status", "description", "branch", "depends_on"),
    *("agent", "started_at", "completed_at", "used", "notes", "colour"),
)
_END = "The end."


def first_text(random: Random) -> bytes:
    """Return a file of two or three phases of one to three items."""
    lines, names = ["# Work", "", "Prose of people | with a bar.", ""], list[str]()
    for phase in range(1, random.randint(2, 3) + 1):
        lines += [f"## Phase {phase} - Part {phase}", "", _row(_COLUMNS), _row(["---"] * len(_COLUMNS))]
        for _ in range(random.randint(1, 3)):
            lines.append(new_row(random, f"A-{len(names) + 1}", names))
            names.append(f"A-{len(names) + 1}")
        lines.append("")
    return "\n".join([*lines, _END, ""]).encode()


def new_row(random: Random, name: str, earlier: list[str]) -> str:
    """Return the row of an item that may depend on earlier ones, and share its branch with others."""
    depends_on = ", ".join(other for other in earlier if random.random() < 0.3)
    branch = random.choice(("", "", "fix/one", "fix/two"))
    return _row([name, "not-started", f"Do {name}", branch, depends_on, *[""] * 6])


def _row(cells: object) -> str:
    return f"| {' | '.join(cells)} |"  # type: ignore[arg-type]  # any iterable of texts


@lru_cache(maxsize=512)
def _parsed(text: bytes) -> Backlog | BacklogError:
    try:
        return parse_backlog(text)
    except BacklogError as error:
        return error


def read(text: bytes) -> Backlog:
    """Parse as the product does, each text once."""
    found = _parsed(text)
    if isinstance(found, BacklogError):
        raise BacklogError(found.problems)
    return found


def soundly(text: bytes | None) -> Backlog | None:
    """Return the backlog, None where there is none or it cannot be read."""
    found = _parsed(text) if text is not None else None
    return found if isinstance(found, Backlog) else None


class Hand:
    """The edits that a person makes; each is a function of the newest text and a mark that is its own."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def write_prose(self, text: bytes, mark: str) -> bytes:
        return text.replace(_END.encode(), f"Of {mark} more soon.\n{_END}".encode())

    def colour(self, text: bytes, mark: str) -> bytes:
        return self._set(text, colour=mark)

    def describe(self, text: bytes, mark: str) -> bytes:
        return self._set(text, description=f"Do it with {mark}")

    def note(self, text: bytes, mark: str) -> bytes:
        return self._set(text, notes=f"seen by a person, {mark.strip(chr(126))}")

    def correct(self, text: bytes, _: str) -> bytes:
        return self._set(text, used="7K", started_at="2026-02-05T13:00:00Z")

    def set_status(self, text: bytes, _: str) -> bytes:
        return self._set(text, status=self._random.choice(list(ItemStatus)).value)

    def untie(self, text: bytes, _: str) -> bytes:
        return self._set(text, depends_on="")

    def tie(self, text: bytes, _: str) -> bytes:
        """Let an item depend on an earlier one."""
        items = _items(text)
        if len(items) < 2:
            return text
        place = self._random.randrange(1, len(items))
        other = self._random.choice(items[:place])
        return edit_backlog(text, {items[place].id: {"depends_on": other.id}})

    def reopen(self, text: bytes, _: str) -> bytes:
        """Set back what others depend on."""
        done = [item for item in _items(text) if item.done]
        if not done:
            return text
        return edit_backlog(text, {self._random.choice(done).id: {"status": "not-started"}})

    def reopen_all(self, text: bytes) -> bytes:
        """Set back everything that failed or is blocked."""
        stuck = {ItemStatus.FAILED, ItemStatus.BLOCKED}
        return edit_backlog(
            text, {item.id: {"status": "not-started"} for item in _items(text) if item.status in stuck}
        )

    def add(self, text: bytes, mark: str) -> bytes:
        """Add a row below another one."""
        items = _items(text)
        if not items:
            return text
        above = self._random.choice(items)
        name = f"B-{int(mark.strip('~'))}"
        row = new_row(self._random, name, [item.id for item in items if item.line <= above.line])
        lines = text.decode().split("\n")
        return "\n".join([*lines[: above.line], row, *lines[above.line :]]).encode()

    def delete(self, text: bytes, _: str) -> bytes:
        """Delete a row that no other one needs."""
        items = _items(text)
        needed = {other for item in items for other in item.depends_on}
        free = [item for item in items if item.id not in needed]
        if len(items) < 3 or not free:
            return text
        gone = self._random.choice(free)
        if sum(item.phase == gone.phase for item in items) < 2:
            return text
        lines = text.decode().split("\n")
        return "\n".join([*lines[: gone.line - 1], *lines[gone.line :]]).encode()

    def _set(self, text: bytes, **cells: str) -> bytes:
        """Write cells of a row, of one at work rather than of another: that is where it hurts."""
        items = _items(text)
        if not items:
            return text
        at_work = [item for item in items if item.status is ItemStatus.IN_PROGRESS]
        chosen = at_work if at_work and self._random.random() < 0.7 else items
        return edit_backlog(text, {self._random.choice(chosen).id: cells})


def _items(text: bytes) -> tuple[Item, ...]:
    backlog = soundly(text)
    return backlog.items if backlog else ()
