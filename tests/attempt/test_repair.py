"""The repair loop against scripted parts that live in this module: no git, no model, no clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tasks_lib.attempt import failures, make_attempt, repair
from tasks_lib.backlog.model import Backlog, Item, ItemId, ItemStatus
from tasks_lib.errors import AgentUnavailable, ApprovalNeeded, BudgetSpent, MergeConflict, WorkRefused
from tasks_lib.ports import (
    Attempt,
    Brief,
    Cause,
    Claim,
    ClaimStatus,
    Ending,
    Harvest,
    Integrated,
    Outcome,
    Say,
    Toolbox,
    Usage,
    Verdict,
    Work,
    Workspace,
)

ITEM = Item(
    ItemId("MS-SEC-001"),
    ItemStatus.IN_PROGRESS,
    "Hash passwords",
    phase=1,
    line=5,
    branch="fix/hash",
    agent="scripted",
)
WORKSPACE = Workspace(Path("checkout"), "fix/hash", "0" * 40)
GREEN = Verdict("lint", passed=True)
RED = Verdict("test", passed=False, output="1 failed, 3 passed")


def claim(status: ClaimStatus, notes: str = "") -> Claim:
    return Claim(ITEM.id, status, notes=notes)


class ScriptedAgent:
    """Says one claim after the other, each for 1,000 output tokens, and keeps the briefs it was given."""

    stopped = ""
    cause: Cause | None = None

    def name(self, item: Item, attempt: int) -> str:
        return f"{item.agent}, attempt {attempt}"

    def probe(self, items: Sequence[Item], say: Say) -> None:
        say(f"scripted agents are always there for {len(items)} items")

    def __init__(self, *claims: Claim | AgentUnavailable | None) -> None:
        self.claims = list(claims)
        self.briefs: list[Brief] = []

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        say(f"{workspace.branch}: attempt {brief.attempt}")
        self.briefs.append(brief)
        claimed = self.claims.pop(0)
        if isinstance(claimed, AgentUnavailable):
            raise claimed
        return Work(claimed, Usage(output=1000, requests=2), stopped=self.stopped, cause=self.cause)


class ScriptedWorkspaces:
    """Takes every commit over, unless told what to raise."""

    def __init__(
        self, refusal: WorkRefused | None = None, conflict: MergeConflict | ApprovalNeeded | None = None
    ) -> None:
        self.refusal, self.conflict = refusal, conflict
        self.published: list[Mapping[str, str]] = []
        self.asked: list[tuple[int, bool]] = []

    @contextmanager
    def open(self, item: Item) -> Iterator[Workspace]:
        yield Workspace(Path(item.id), item.branch, "0" * 40)

    def harvest(
        self, item: Item, workspace: Workspace, attempt: int = 1, *, finished: bool = False
    ) -> Harvest:
        self.asked.append((attempt, finished))
        if self.refusal:
            raise self.refusal
        return Harvest("a" * 40, workspace.branch, (f"{item.id}.py",))

    def publish(self, item: Item, harvest: Harvest, facts: Mapping[str, str]) -> str:
        if self.conflict:
            raise self.conflict
        self.published.append({"Item": item.id, **facts})
        return harvest.commit

    def keep(self, item: Item, harvest: Harvest) -> str:
        raise NotImplementedError

    def kept(self, item: Item, commit: str) -> Harvest | None:
        raise NotImplementedError

    def integrated(self, item: Item) -> Integrated | None:
        return Integrated("a" * 40) if item.done else None


class ScriptedGates:
    """Gives one list of verdicts after the other."""

    def __init__(self, *rounds: Sequence[Verdict]) -> None:
        self.rounds = list(rounds)

    def check_item(self, item: Item, harvest: Harvest) -> Sequence[Verdict]:
        assert item.id in harvest.files[0]
        return self.rounds.pop(0)

    def check_phase(self, number: int, *, last: bool) -> Sequence[Verdict]:
        return [Verdict(f"phase {number}", passed=not last)]


class NoLedger:
    """The repair loop never writes; a run does."""

    def read(self) -> Backlog:
        raise NotImplementedError

    def record(self, edit: object, subject: str, item: ItemId | None = None) -> Backlog:
        raise NotImplementedError


class NoLock:
    """The repair loop never asks whether it may write; whoever pushes does."""

    def exclusive(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    @property
    def token(self) -> str:
        raise NotImplementedError

    def join(self, token: str) -> None:
        raise NotImplementedError

    def check(self) -> None:
        raise NotImplementedError


class NoHost:
    """The repair loop never asks the host; a run does."""

    def issue(self, number: int) -> str:
        raise NotImplementedError

    def open_pull_request(self, branch: str, title: str, body: str) -> str:
        raise NotImplementedError


def tools(
    agent: ScriptedAgent, gates: ScriptedGates, workspaces: ScriptedWorkspaces | None = None
) -> Toolbox:
    return Toolbox(NoLedger(), workspaces or ScriptedWorkspaces(), agent, gates, NoHost(), NoLock())


def rich(_spent: Usage) -> None:
    """Afford everything."""


def run(
    box: Toolbox, attempts: int = 3, afford: Callable[[Usage], None] = rich
) -> tuple[Outcome, list[Attempt]]:
    refused: list[Attempt] = []
    said: list[str] = []

    def refuse(attempt: Attempt) -> Item:
        refused.append(attempt)
        return replace(ITEM, agent=box.agent.name(ITEM, attempt.number + 1))

    outcome = repair(
        Brief(ITEM, 1, attempts),
        lambda brief: make_attempt(box, brief, WORKSPACE, said.append),
        lambda harvest, facts: box.workspaces.publish(ITEM, harvest, facts),
        refuse,
        afford,
    )
    return outcome, refused


def test_green_gates_end_the_item_after_one_attempt() -> None:
    """What passes its gates is published once and done."""
    workspaces = ScriptedWorkspaces()
    box = tools(ScriptedAgent(claim(ClaimStatus.SUCCESS, "hashed")), ScriptedGates([GREEN]), workspaces)

    outcome, refused = run(box)

    assert outcome == Outcome(
        ITEM.id, Ending.DONE, "hashed", "a" * 40, Usage(output=1000, requests=2), attempts=1
    )
    assert refused == []
    assert workspaces.published == [{"Item": "MS-SEC-001", "Agent": "scripted", "Used": "1K", "Attempt": "1"}]


def test_the_words_of_a_red_gate_are_in_the_next_brief() -> None:
    """A second attempt knows what the gate said, and what the first one spent."""
    agent = ScriptedAgent(claim(ClaimStatus.SUCCESS), claim(ClaimStatus.SUCCESS))
    workspaces = ScriptedWorkspaces()

    outcome, refused = run(tools(agent, ScriptedGates([GREEN, RED], [GREEN, GREEN]), workspaces))

    assert outcome.ending is Ending.DONE
    assert [brief.feedback for brief in agent.briefs] == ["", "gate test failed:\n1 failed, 3 passed"]
    assert agent.briefs[1].spent.used == 1000
    assert outcome.usage.used == 2000
    assert workspaces.published[0]["Used"] == "2K"
    assert workspaces.published[0]["Agent"] == "scripted, attempt 2"
    assert [attempt.number for attempt in refused] == [1]


def test_the_last_red_attempt_fails_the_item_with_the_gates_words() -> None:
    """After the last attempt the item is failed, and nothing was published."""
    agent = ScriptedAgent(*[claim(ClaimStatus.SUCCESS)] * 2)
    workspaces = ScriptedWorkspaces()

    outcome, refused = run(tools(agent, ScriptedGates([RED], [RED]), workspaces), attempts=2)

    assert (outcome.ending, outcome.attempts) == (Ending.FAILED, 2)
    assert "1 failed, 3 passed" in outcome.notes
    assert [attempt.number for attempt in refused] == [1]
    assert workspaces.published == []


def test_a_blocker_ends_the_item_at_once() -> None:
    """An agent that reports a blocker is not asked again."""
    agent = ScriptedAgent(claim(ClaimStatus.BLOCKED, "the issuer's address is nowhere"))

    outcome, refused = run(tools(agent, ScriptedGates()))

    assert outcome.ending is Ending.BLOCKED
    assert "the issuer's address is nowhere" in outcome.notes
    assert refused == []


def test_a_claimed_success_without_a_commit_is_refused() -> None:
    """The harvest decides whether there is work, not the claim; its words go to the next attempt."""
    agent = ScriptedAgent(claim(ClaimStatus.SUCCESS), claim(ClaimStatus.SUCCESS))
    workspaces = ScriptedWorkspaces(refusal=WorkRefused("the branch has no new commit"))

    outcome, _ = run(tools(agent, ScriptedGates(), workspaces), attempts=2)

    assert outcome.ending is Ending.FAILED
    assert agent.briefs[1].feedback == "the branch has no new commit"


def test_why_an_agent_was_stopped_is_said_with_what_it_left() -> None:
    """An attempt that ran into a limit without a commit is refused with both reasons."""
    agent = ScriptedAgent(None)
    agent.stopped = "the attempt had used its 80 requests"

    outcome, _ = run(
        tools(agent, ScriptedGates(), ScriptedWorkspaces(refusal=WorkRefused("no commit"))), attempts=1
    )

    assert outcome.notes == "the attempt had used its 80 requests\nno commit"


def test_green_gates_do_not_count_where_the_merge_conflicts() -> None:
    """An item that does not merge is not done."""
    agent = ScriptedAgent(claim(ClaimStatus.SUCCESS))
    workspaces = ScriptedWorkspaces(conflict=MergeConflict("conflicts in api.py"))

    outcome, _ = run(tools(agent, ScriptedGates([GREEN]), workspaces), attempts=1)

    assert (outcome.ending, outcome.notes, outcome.commit) == (Ending.FAILED, "conflicts in api.py", "")


def test_commits_without_a_claim_are_judged_by_the_gates() -> None:
    """Work counts even when the agent forgot to report it."""
    outcome, _ = run(tools(ScriptedAgent(None), ScriptedGates([GREEN])))

    assert outcome.ending is Ending.DONE


def test_what_no_further_attempt_mends_blocks_the_item() -> None:
    """A conversation that outgrew its window would do so again."""
    agent = ScriptedAgent(None)
    agent.stopped, agent.cause = "absolute context limit reached", Cause.CONTEXT

    outcome, refused = run(tools(agent, ScriptedGates([RED])))

    assert (outcome.ending, refused) == (Ending.BLOCKED, [])
    assert outcome.notes.startswith("absolute context limit reached\ngate test failed")


def test_green_gates_count_whatever_stopped_the_agent() -> None:
    """What it had committed by then may be all there is to do."""
    agent = ScriptedAgent(None)
    agent.stopped, agent.cause = "absolute context limit reached", Cause.CONTEXT

    outcome, _ = run(tools(agent, ScriptedGates([GREEN])))

    assert outcome.ending is Ending.DONE


def test_an_unavailable_service_spends_no_attempt() -> None:
    """Infrastructure errors leave the loop: whoever called it tries again."""
    with pytest.raises(AgentUnavailable, match="overloaded"):
        run(tools(ScriptedAgent(AgentUnavailable("overloaded")), ScriptedGates()))


def test_work_that_a_person_has_to_see_waits_unpublished() -> None:
    """Its gates are green, its question is the note, and what it used is known."""
    workspaces = ScriptedWorkspaces(conflict=ApprovalNeeded("changes CI"))

    outcome, refused = run(
        tools(ScriptedAgent(claim(ClaimStatus.SUCCESS)), ScriptedGates([GREEN]), workspaces)
    )

    assert (outcome.ending, outcome.notes, outcome.commit) == (Ending.WAITING, "changes CI", "")
    assert (outcome.usage.used, outcome.attempts) == (1000, 1)
    assert refused == []
    assert workspaces.published == []


def spends(limit: int, error: type[BudgetSpent | ApprovalNeeded]) -> Callable[[Usage], None]:
    """Return a purse that is empty from so many tokens on."""

    def afford(spent: Usage) -> None:
        if spent.used >= limit:
            raise error(f"{spent.used} of {limit} tokens are used")

    return afford


def test_an_item_over_its_budget_gets_no_other_attempt() -> None:
    """It fails with both reasons: the figure, and what was wrong with the last attempt."""
    agent = ScriptedAgent(*[claim(ClaimStatus.SUCCESS)] * 3)

    outcome, refused = run(tools(agent, ScriptedGates([RED], [RED], [RED])), afford=spends(2000, BudgetSpent))

    assert (outcome.ending, outcome.attempts, outcome.usage.used) == (Ending.FAILED, 2, 2000)
    assert outcome.notes.startswith("2000 of 2000 tokens are used")
    assert "1 failed, 3 passed" in outcome.notes
    assert [attempt.number for attempt in refused] == [1]


def test_an_item_over_its_budget_waits_where_a_person_may_allow_more() -> None:
    """The question is the note; no attempt is made meanwhile."""
    agent = ScriptedAgent(claim(ClaimStatus.SUCCESS))

    outcome, _ = run(tools(agent, ScriptedGates([RED])), afford=spends(1000, ApprovalNeeded))

    assert (outcome.ending, outcome.notes) == (Ending.WAITING, "1000 of 1000 tokens are used")


def test_what_is_accepted_is_published_whatever_it_cost() -> None:
    """A budget ends no work that is done."""
    agent = ScriptedAgent(claim(ClaimStatus.SUCCESS))

    outcome, _ = run(tools(agent, ScriptedGates([GREEN])), afford=spends(1, BudgetSpent))

    assert outcome.ending is Ending.DONE


def test_what_gates_said_is_clipped_each_and_in_sum() -> None:
    """A brief that gates fill up leaves no room for work; the end of each, with its verdict, stays."""
    red = [
        Verdict(f"gate {number}", passed=False, output="x" * 30_000 + f"\n[exit code {number}]")
        for number in range(4)
    ]
    assert len(failures(red[:1])) < 10_200
    words = failures([*red, GREEN])
    assert len(words) < 24_500
    assert all(f"[exit code {number}]" in words for number in range(4))


def test_flags_of_gates_join_those_of_the_diff() -> None:
    """A person who is asked about a diff is asked about what its gates let pass as well."""
    flagged = Verdict("test", passed=True, flags=("runs fewer tests: test: a",))
    box = tools(ScriptedAgent(claim(ClaimStatus.SUCCESS)), ScriptedGates([flagged]))
    attempt = make_attempt(box, Brief(ITEM, 1, 1), WORKSPACE, print)
    assert attempt.harvest is not None
    assert attempt.harvest.flags == ("runs fewer tests: test: a",)
    assert attempt.refusal == ""


def test_what_stood_out_is_told_with_a_red_gate() -> None:
    """An agent that forgot a file learns of it from the one that read its change."""
    flagged = replace(RED, flags=("left out, as it was not committed: new.py",))
    box = tools(ScriptedAgent(claim(ClaimStatus.SUCCESS)), ScriptedGates([flagged]))
    attempt = make_attempt(box, Brief(ITEM, 1, 1), WORKSPACE, print)
    assert attempt.refusal.endswith("noted in your change:\n- left out, as it was not committed: new.py")


def test_what_a_cut_off_try_used_counts_for_its_attempt() -> None:
    """The service fails in the middle of an attempt, and the attempt is made again: both are paid for."""
    away = AgentUnavailable("overloaded")
    away.usage = Usage(output=500, requests=1)
    workspaces = ScriptedWorkspaces()
    box = tools(ScriptedAgent(away, claim(ClaimStatus.SUCCESS)), ScriptedGates([GREEN]), workspaces)

    with pytest.raises(AgentUnavailable) as caught:
        run(box)
    outcome, _ = run(box)

    assert caught.value.usage == away.usage == Usage(output=500, requests=1)

    assert outcome.usage == Usage(output=1500, requests=3)
    assert workspaces.published[0]["Used"] == "1.5K"


def test_an_error_carries_what_all_attempts_have_used() -> None:
    """The service fails in the second attempt, for good: nothing that was paid for is lost."""
    away = AgentUnavailable("overloaded")
    away.usage = Usage(output=500, requests=1)

    with pytest.raises(AgentUnavailable) as caught:
        run(tools(ScriptedAgent(claim(ClaimStatus.SUCCESS), away), ScriptedGates([RED])))

    assert caught.value.usage == Usage(output=1500, requests=3)
