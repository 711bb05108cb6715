"""Global concurrency limits of a real server, which people make there."""

import pytest

from tasks_lib.errors import RunStopped

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]


def stop(words: str) -> None:
    raise RunStopped(words)


def test_a_limit_bounds_attempts_and_its_absence_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds no slot waits, and can be told to stop waiting; without a limit nobody waits."""
    from prefect.client.orchestration import get_client

    from tasks_lib.engine import limits

    monkeypatch.setattr(limits, "LOOK", 1.0)
    names = ("tasks-md.repo.narrow", "tasks-md.agent.nobody-made-this-one")
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(names[0], 1)
    with limits.within(names, stop):
        with (
            pytest.raises(RunStopped, match=r"Waits for a slot of tasks-md\.repo\.narrow$"),
            limits.within(names, stop),
        ):
            pytest.fail("there was no slot left")
        with limits.within(names[1:], stop):
            pass
    with limits.within(names, stop):
        pass
