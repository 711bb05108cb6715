"""The tests. Their docstrings are the contract."""

import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

from tasks_lib.agents.contract_suite.acts import ITEM, Act
from tasks_lib.agents.contract_suite.stage import ROW, TRACKING_FILE, Make, Stage
from tasks_lib.errors import ItemChanged, TasksMdError
from tasks_lib.ports import ClaimStatus

SOON = 30.0
"""Seconds within which a command has begun, and an agent that is told to stop has stopped."""

SHORT = 8.0
"""Seconds of an attempt that is too short."""

CANARIES = {
    "ANTHROPIC_API_KEY": "canary-key-5d1f",
    "TASKS_MD_HOST_TOKEN": "canary-token-77aa",
    "PREFECT_API_KEY": "canary-prefect-0c3e",
    "SOMEBODYS_PASSWORD": "canary-password-b81c",
}


class AgentContract:
    """What every agent promises. Subclass it and override ``make``."""

    @pytest.fixture
    def make(self) -> Make:
        """Give what makes your agent: a function of an ``Act``, a ``Leash`` and seconds for an attempt.

        The agent has to carry out the act's command in the checkout through its own tools and end with the
        act's words, in which ``{commit}`` stands for the full sha of the commit.
        """
        raise NotImplementedError("override the fixture make")

    @pytest.fixture
    def stage(self, tmp_path: Path, make: Make) -> Stage:
        """Give a checkout for the agent."""
        return Stage(tmp_path / "checkout", make)

    def test_it_has_a_name_for_the_column(self, stage: Stage) -> None:
        """The name fits into one cell of a table."""
        name = stage.agent(Act.SUCCEED).name(ROW, 1)
        assert name.strip() == name != ""
        assert not set(name) & set("|\n`")

    def test_a_probe_finds_it_ready(self, stage: Stage) -> None:
        """Before anything starts the agent can be asked whether it would work; nothing is touched."""
        stage.agent(Act.SUCCEED).probe([ROW], stage.said.append)
        assert stage.git("status", "--porcelain") == ""

    def test_a_success_is_a_commit_and_a_claim_of_it(self, stage: Stage) -> None:
        """The commit is on the branch that was checked out, the claim names it, the tracking file stays."""
        work = stage.play(Act.SUCCEED)
        assert work.stopped == ""
        assert work.claim is not None
        assert (work.claim.item, work.claim.status) == (ITEM, ClaimStatus.SUCCESS)
        assert work.claim.commit == stage.git("rev-parse", "HEAD") != stage.base
        assert stage.git("diff", "--name-only", stage.base, "HEAD") == "hello.txt"
        assert (stage.checkout / TRACKING_FILE).read_text() == "# Tasks\n"

    @pytest.mark.parametrize(
        ("act", "status", "notes"),
        [
            (Act.FAIL, ClaimStatus.FAILED, "cannot be done"),
            (Act.REPORT_A_BLOCKER, ClaimStatus.BLOCKED, "needs an account"),
        ],
    )
    def test_what_went_wrong_is_claimed_with_its_reason(
        self, stage: Stage, act: Act, status: ClaimStatus, notes: str
    ) -> None:
        """An honest failure or blocker reaches the tracking file in the agent's words."""
        work = stage.play(act)
        assert work.claim is not None
        assert (work.claim.status, work.claim.notes) == (status, notes)

    @pytest.mark.parametrize("act", [Act.COMMIT_IN_SILENCE, Act.CLAIM_ANOTHER_ITEM])
    def test_without_a_usable_claim_the_commits_are_left_to_the_gates(self, stage: Stage, act: Act) -> None:
        """No claim, or one of another item: none is made up, why is said, and the work stays."""
        work = stage.play(act)
        assert work.claim is None
        assert work.stopped != ""
        assert stage.git("rev-parse", "HEAD") != stage.base

    def test_usage_is_reported(self, stage: Stage) -> None:
        """What the attempt has used is there to be written into the row."""
        assert stage.play(Act.SUCCEED).usage.used > 0

    def test_a_transcript_tells_what_happened(self, stage: Stage) -> None:
        """One JSON object a line, each with time and event: ``start`` says who, ``end`` what was used."""
        work = stage.play(Act.SUCCEED)
        told = stage.transcript(work)
        assert [told[0]["event"], told[-1]["event"]] == ["start", "end"]
        assert told[0]["agent"] == stage.agent(Act.SUCCEED).name(ROW, 1)
        assert all(datetime.fromisoformat(event["time"]).tzinfo for event in told)
        assert told[-1]["used"] == work.usage.used
        assert stage.said, "nothing was said of the progress"

    def test_two_attempts_have_two_transcripts(self, stage: Stage) -> None:
        """Nothing of an earlier attempt is written over."""
        assert stage.play(Act.FAIL).transcript != stage.play(Act.FAIL).transcript

    def test_no_secret_is_in_reach(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing that the agent runs finds our environment's secrets in its own; no transcript holds one."""
        for name, canary in CANARIES.items():
            monkeypatch.setenv(name, canary)
        work = stage.play(Act.LOOK_AROUND)
        assert work.transcript is not None
        seen = (stage.checkout / "seen.txt").read_text(errors="replace")
        assert "PATH=" in seen
        found = seen + work.transcript.read_text()
        assert [canary for canary in CANARIES.values() if canary in found] == []

    def test_a_stopped_run_ends_it_within_seconds(self, stage: Stage) -> None:
        """``leash.stop`` ends the attempt, by an error or by a word on why; nothing goes on running."""
        ended: list[object] = []

        def work() -> None:
            try:
                ended.append(stage.play(Act.NEVER_END).stopped)
            except TasksMdError as error:
                ended.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        begun = self._wait_for(stage.checkout / "beat")
        stage.leash.stop.set()
        thread.join(SOON)
        assert begun, "the command was not begun"
        assert ended, "the agent went on"
        assert ended[0], "the attempt ended without a reason"
        assert self._is_still(stage.checkout / "beat")

    def test_what_listens_may_end_it(self, stage: Stage) -> None:
        """What ``say`` raises ends the attempt: so a person who removes the row is obeyed."""

        def say(_: str) -> None:
            raise ItemChanged("the row is gone")

        with pytest.raises(ItemChanged):
            stage.play(Act.SUCCEED, say=say)

    def test_the_time_limit_ends_it(self, stage: Stage) -> None:
        """The attempt is over when its time is, and says so; nothing goes on running."""
        work = stage.play(Act.NEVER_END, seconds=SHORT)
        assert work.claim is None
        assert work.stopped != ""
        assert self._is_still(stage.checkout / "beat")

    @staticmethod
    def _wait_for(path: Path) -> bool:
        limit = time.monotonic() + SOON
        while not path.exists() and time.monotonic() < limit:
            time.sleep(0.05)
        return path.exists()

    @staticmethod
    def _is_still(beat: Path) -> bool:
        """Tell whether a file that a command writes every 50 ms is written no more."""
        before = beat.read_text()
        time.sleep(0.4)
        return beat.read_text() == before
