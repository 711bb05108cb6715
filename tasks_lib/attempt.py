"""The repair loop: one attempt after the other until one is taken, with what refused it in the next brief.

The agent is never believed. Its commit is taken over and checked, the gates decide, and only what merges
is done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tasks_lib.backlog import format_tokens
from tasks_lib.backlog.model import Item
from tasks_lib.errors import ApprovalNeeded, BudgetSpent, MergeConflict, TasksMdError, WorkRefused
from tasks_lib.ports import (
    Attempt,
    Brief,
    Cause,
    ClaimStatus,
    Ending,
    Harvest,
    Outcome,
    Say,
    Toolbox,
    Usage,
    Verdict,
    Work,
    Workspace,
    clip,
)

LONGEST_GATE = 10_000
"""Characters of what one gate said, as the next attempt is told."""

LONGEST_FEEDBACK = 24_000
"""Characters of what all gates said."""

TryOnce = Callable[[Brief], Attempt]
Publish = Callable[[Harvest, Mapping[str, str]], str]


def repair(
    brief: Brief,
    try_once: TryOnce,
    publish: Publish,
    refused: Callable[[Attempt], Item],
    afford: Callable[[Usage], None],
) -> Outcome:
    """Make attempts from ``brief.attempt`` to ``brief.attempts`` until one ends the item.

    ``publish`` takes what passed its gates, with the facts to be kept beside it, and returns the pushed
    commit; it may raise ``MergeConflict``, or ``ApprovalNeeded`` where a person has to see the work first.
    Before another attempt ``afford`` is asked, given all that the item has used since it began: it raises
    ``BudgetSpent``, or ``ApprovalNeeded`` where a person may allow more; then ``refused`` is told of the
    attempt that did not count, and returns the item as it begins the next one.

    Whatever is raised carries what the item has used by then.
    """
    while True:
        with _paid(brief.spent):
            attempt = try_once(brief)
        spent = brief.spent + attempt.work.usage
        with _paid(spent):
            try:
                attempt = _published(brief, attempt, publish)
                ending = _ending(attempt, last=brief.attempt >= brief.attempts)
                if ending is not None:
                    return _outcome(brief, attempt, ending, spent)
                afford(spent)
            except ApprovalNeeded as error:
                return _outcome(brief, attempt.refused(str(error)), Ending.WAITING, spent)
            except BudgetSpent as error:
                why = f"{error}\n{attempt.refusal}"
                return _outcome(brief, attempt.refused(why), Ending.FAILED, spent)
            item = refused(attempt)
        brief = replace(brief, item=item, attempt=brief.attempt + 1, feedback=attempt.refusal, spent=spent)


@contextmanager
def _paid(usage: Usage) -> Iterator[None]:
    """Let an error carry this usage as well."""
    try:
        yield
    except TasksMdError as error:
        error.usage += usage
        raise


def _ending(attempt: Attempt, *, last: bool) -> Ending | None:
    """Return how the item ends with this attempt, None when another one is due."""
    if attempt.accepted:
        return Ending.DONE
    if _claimed(attempt.work) is ClaimStatus.BLOCKED or attempt.work.cause is Cause.CONTEXT:
        return Ending.BLOCKED  # what stands in its way will do so in the next attempt, too
    return Ending.FAILED if last else None


def _published(brief: Brief, attempt: Attempt, publish: Publish) -> Attempt:
    if attempt.harvest is None or not attempt.accepted:
        return attempt
    facts = {
        "Agent": brief.item.agent,
        "Used": format_tokens((brief.spent + attempt.work.usage).used),
        "Attempt": str(brief.attempt),
    }
    try:
        commit = publish(attempt.harvest, facts)
    except MergeConflict as error:
        return attempt.refused(str(error))
    return replace(attempt, harvest=replace(attempt.harvest, commit=commit))


def make_attempt(tools: Toolbox, brief: Brief, workspace: Workspace, say: Say) -> Attempt:
    """Let the agent work once, then judge: take its commit over and run the gates on it."""
    work = _work(tools, brief, workspace, say)
    attempt = Attempt(brief.attempt, work)
    if work.claim and work.claim.status is not ClaimStatus.SUCCESS:
        return attempt.refused(f"the agent reports {work.claim.status}: {work.claim.notes or 'no reason'}")
    try:
        with _paid(work.usage):
            attempt = _judge(tools, brief, workspace, attempt, say)
    except WorkRefused as error:
        attempt = attempt.refused(str(error))
    if work.stopped and attempt.refusal:
        return attempt.refused(f"{work.stopped}\n{attempt.refusal}")
    return attempt


def _work(tools: Toolbox, brief: Brief, workspace: Workspace, say: Say) -> Work:
    """Let the agent work; what it used counts for the attempt, however often that has to be tried."""
    try:
        work = tools.agent.work(brief, workspace, say)
    except TasksMdError as error:
        error.usage = tools.spending.add(brief.item.id, brief.attempt, error.usage)
        raise
    return replace(work, usage=tools.spending.add(brief.item.id, brief.attempt, work.usage))


def _judge(tools: Toolbox, brief: Brief, workspace: Workspace, attempt: Attempt, say: Say) -> Attempt:
    finished = _claimed(attempt.work) is ClaimStatus.SUCCESS
    harvest = tools.workspaces.harvest(brief.item, workspace, brief.attempt, finished=finished)
    return check(tools, brief, replace(attempt, harvest=harvest), say)


def check(tools: Toolbox, brief: Brief, attempt: Attempt, say: Say) -> Attempt:
    """Run the gates on the attempt's harvest and return it with their verdicts, refused if one is red."""
    harvest = attempt.harvest
    if harvest is None:
        return attempt
    say(f"{brief.item.id}: gates on {harvest.commit[:10]}")
    verdicts = tuple(tools.gates.check_item(brief.item, harvest))
    flags = (*harvest.flags, *(flag for verdict in verdicts for flag in verdict.flags))
    attempt = replace(attempt, verdicts=verdicts, harvest=replace(harvest, flags=flags))
    red = failures(verdicts)
    return attempt.refused("\n\n".join(filter(None, (red, _noted(flags))))) if red else attempt


def _noted(flags: Sequence[str]) -> str:
    """Return what stood out in a change whose gates are red: a file that was not committed, say."""
    return "noted in your change:\n" + "\n".join(f"- {flag}" for flag in flags) if flags else ""


def failures(verdicts: Sequence[Verdict]) -> str:
    """Return what the red gates said, each under its name; an empty string when all are green.

    Clipped, each and in sum: a brief that is filled by gates leaves no room for work.
    """
    red = [verdict for verdict in verdicts if not verdict.passed]
    room = min(LONGEST_GATE, LONGEST_FEEDBACK // max(1, len(red)))
    return "\n\n".join(f"gate {verdict.gate} failed:\n{clip(verdict.output, room)}" for verdict in red)


def _claimed(work: Work) -> ClaimStatus | None:
    return work.claim.status if work.claim else None


def _outcome(brief: Brief, attempt: Attempt, ending: Ending, usage: Usage) -> Outcome:
    claim = attempt.work.claim
    return Outcome(
        brief.item.id,
        ending,
        notes=attempt.refusal or (claim.notes if claim else ""),
        commit=attempt.harvest.commit if attempt.accepted and attempt.harvest else "",
        usage=usage,
        attempts=brief.attempt,
    )
