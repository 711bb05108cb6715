"""Where a run stands. No server is needed here."""

from tasks_lib.backlog.model import Backlog, ItemId
from tasks_lib.engine.progress import Progress
from tasks_lib.ports import Ending, Outcome

ONE, TWO, THREE = ItemId("A-1"), ItemId("A-2"), ItemId("A-3")


def test_a_signal_between_any_two_steps_loses_no_item() -> None:
    """One was to be submitted, one is at work, one is taken out of what runs and not yet noted as done."""
    at = Progress(Backlog((), ()), attempted=[ONE, TWO, THREE, ItemId("A-4")], running={ONE: "", TWO: ""})
    at.outcomes[ItemId("A-4")] = Outcome(ItemId("A-4"), Ending.DONE)

    assert list(at.unfinished) == [ONE, TWO, THREE]

    at.forget(ONE)
    assert list(at.unfinished) == [TWO, THREE]
    assert list(at.running) == [TWO]
