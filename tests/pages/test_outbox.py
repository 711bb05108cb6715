"""Pages that wait to be sent."""

from tasks_lib.pages.outbox import PAUSE, Outbox, Page


def page(text: str, key: str = "status") -> Page:
    return Page(key, text, "")


def test_only_the_newest_version_is_sent() -> None:
    """What changed again before it was sent is never sent."""
    outbox = Outbox()
    outbox.put(page("one"))
    outbox.put(page("two"))
    assert outbox.take() == page("two")
    assert not outbox.waiting


def test_what_is_sent_already_is_not_sent_again() -> None:
    """Also when something else was to be sent meanwhile, and then was not."""
    outbox = Outbox()
    outbox.sent(page("one"), now=0)
    outbox.put(page("two"))
    outbox.put(page("one"))
    assert not outbox.waiting


def test_two_versions_of_a_page_keep_their_distance() -> None:
    """Another page need not wait for that."""
    outbox = Outbox()
    outbox.sent(page("x"), now=100)
    outbox.put(page("y"))
    assert outbox.seconds_to_wait(now=100.5) == PAUSE - 0.5
    outbox.put(page("z", key="another"))
    assert outbox.seconds_to_wait(now=100.5) == 0
    assert outbox.take().key == "another"


def test_an_outage_is_met_with_growing_patience() -> None:
    """The server is asked again after 2, 4, 8 ... seconds, once a minute at most, and nothing is lost."""
    outbox, now, waits = Outbox(), 0.0, []
    outbox.put(page("one"))
    for _ in range(7):
        outbox.failed(outbox.take(), now)
        waits.append(outbox.seconds_to_wait(now))
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert outbox.in_outage
    outbox.sent(outbox.take(), now)
    assert not outbox.in_outage


def test_a_page_that_failed_gives_way_to_a_newer_one() -> None:
    """The old version is not put back over what was written meanwhile."""
    outbox = Outbox()
    outbox.put(page("one"))
    old = outbox.take()
    outbox.put(page("two"))
    outbox.failed(old, now=0)
    assert outbox.take() == page("two")
