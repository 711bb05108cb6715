"""Backlogs to plan: small ones by hand, any by hypothesis."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus, Phase


def item(name: str, *depends_on: str, phase: int = 1, **more: object) -> Item:
    """Return a row that is not started; ``more`` are fields of ``Item``."""
    row = Item(
        ItemId(name),
        ItemStatus.NOT_STARTED,
        f"Do {name}",
        phase,
        line=0,
        depends_on=tuple(ItemId(other) for other in depends_on),
    )
    return replace(row, **more)  # type: ignore[arg-type]  # fields by name, checked by the tests themselves


def backlog_of(*items: Item) -> Backlog:
    """Return the items as a backlog with the phases that they name."""
    numbers = range(1, max((each.phase for each in items), default=0) + 1)
    phases = (Phase(number, f"Title {number}", _ids(items, number)) for number in numbers)
    return Backlog(items, tuple(phases))


def with_status(backlog: Backlog, name: str, status: ItemStatus) -> Backlog:
    """Return the backlog with another status in one row."""
    items = tuple(replace(each, status=status) if each.id == name else each for each in backlog)
    return Backlog(items, backlog.phases)


def _ids(items: Sequence[Item], number: int) -> tuple[ItemId, ...]:
    return tuple(each.id for each in items if each.phase == number)


@st.composite
def backlogs(draw: st.DrawFn, *, sound: bool = False, size: int = 12) -> Backlog:
    """Any backlog; a ``sound`` one has only dependencies that can be met."""
    count = draw(st.integers(0, size))
    names = [f"MS-{number:03}" for number in range(1, count + 1)]
    order = draw(st.permutations(names))
    phases = sorted(draw(st.lists(st.integers(1, 3), min_size=count, max_size=count)))
    rows = {}
    for position, (name, phase) in enumerate(zip(order, phases, strict=True)):
        others = order[:position] if sound else [*names, "MS-999"]
        depends_on = draw(st.lists(st.sampled_from(others), max_size=3, unique=True)) if others else []
        rows[name] = item(
            name,
            *depends_on,
            phase=phase,
            status=draw(st.sampled_from(ItemStatus)),
            branch=draw(st.sampled_from(["", "fix/a", "fix/b"])),
            estimate=draw(st.none() | st.integers(1, 50_000)),
        )
    return backlog_of(*(rows[name] for name in names))
