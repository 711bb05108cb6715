"""Any history of sound runs and of people who do what they like keeps every invariant."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.errors import CellConflict, ItemChanged
from tasks_lib.planning import entries
from tasks_lib.planning.frontier import next_items, open_phase
from tasks_lib.ports import Edits, Ending, Outcome, Usage
from tests.planning.history import History

ENDINGS = (Ending.DONE, Ending.DONE, Ending.DONE, Ending.FAILED, Ending.BLOCKED)


@dataclass
class Run:
    """A run as it should be: it judges on the newest version, and knows what it wrote itself."""

    history: History
    name: str = "run-0"
    mine: dict[ItemId, Item] = field(default_factory=dict)

    def die(self, _: int) -> None:
        """Leave everything as it is; another run takes over."""
        self.name, self.mine = f"run-{int(self.name[4:]) + 1}", {}

    def begin(self, number: int) -> None:
        backlog = self.history.backlog
        phase = open_phase(backlog, [each.number for each in backlog.phases])
        if phase is None:
            return
        again = [item.id for item in backlog] if number % 2 else []
        ready = next_items(backlog, running=self.mine, open_phase=phase, tried=(), limit=4, again=again)
        if ready:
            item = ready[number % len(ready)]
            edits = entries.started(backlog, item, agent="claude", now=self.history.now)
            self.history.write(edits, self.name)
            self.mine[item.id] = self.history.backlog[item.id]

    def refuse(self, number: int) -> None:
        self._write(
            number, lambda item: entries.refused(self.history.backlog, item, attempt=1, attempts=3, why="red")
        )

    def end(self, number: int) -> None:
        ending, now = ENDINGS[number % len(ENDINGS)], self.history.now
        usage = Usage(output=1_000 * number)
        item = self._write(
            number,
            lambda item: entries.ended(
                self.history.backlog, item, Outcome(item.id, ending, usage=usage), now=now
            ),
        )
        self.mine.pop(item or ItemId(""), None)

    def _write(self, number: int, entry: Callable[[Item], Edits]) -> ItemId | None:
        """Write an entry of an item at work; an item that a person changed is given up."""
        if not self.mine:
            return None
        item = list(self.mine)[number % len(self.mine)]
        try:
            edits = entry(self.mine[item])
        except (CellConflict, ItemChanged):
            del self.mine[item]
            return None
        self.history.write(edits, self.name)
        self.mine[item] = replace(self.mine[item], notes=self.history.backlog[item].notes)
        return item


@dataclass
class Person:
    """Somebody who edits whatever they like, as long as the file can be read."""

    history: History

    def set_status(self, number: int) -> None:
        statuses = list(ItemStatus)
        self._set(number, status=statuses[number % len(statuses)])

    def note(self, number: int) -> None:
        self._set(number, notes=f"seen {number}")

    def correct(self, number: int) -> None:
        self._set(number, used=f"{number}K", completed_at="2020-01-01", started_at="2030-01-01")

    def describe(self, number: int) -> None:
        self._set(number, description=f"Do {number} | more")

    def untie(self, _: int) -> None:
        for item in self.history.backlog:
            self.history.set(item.id, depends_on="", blocks="")

    def add(self, number: int) -> None:
        first = ("A-1", "B-1")[number % 2]
        name = f"{first[0]}-{10 + len(self.history.backlog)}"
        self.history.person(f"| {first} |", f"| {name} | not-started | New |  |\n| {first} |")

    def write_prose(self, number: int) -> None:
        self.history.person("# Work", f"# Work\n\n{number} words")

    def _set(self, number: int, **cells: str) -> None:
        items = self.history.backlog.items
        self.history.set(items[number % len(items)].id, **cells)


RUN = ("begin", "begin", "refuse", "end", "end", "die")
PERSON = ("set_status", "note", "correct", "describe", "untie", "add", "write_prose")


@given(st.lists(st.tuples(st.sampled_from((*RUN, *RUN, *PERSON)), st.integers(0, 30)), max_size=40))
def test_sound_runs_break_nothing(steps: list[tuple[str, int]]) -> None:
    """Runs that die and are taken over, items that fail and are tried again, people in between."""
    history = History()
    run, person = Run(history), Person(history)
    for name, number in steps:
        getattr(run if name in RUN else person, name)(number)
    assert history.broken(lambda _: "") == []
