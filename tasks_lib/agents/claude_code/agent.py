"""The agent that lets ``claude`` do an item."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.claude_code.calls import Calls
from tasks_lib.agents.claude_code.judgement import claimed, ended
from tasks_lib.agents.claude_code.minutes import Minutes
from tasks_lib.agents.claude_code.program import Program
from tasks_lib.agents.claude_code.session import session
from tasks_lib.agents.equipment import Equipment
from tasks_lib.agents.hold import Hold
from tasks_lib.agents.ladder import check_asked, check_ladder, model_for, models_of
from tasks_lib.agents.outcome import note_end, outcome
from tasks_lib.agents.persistence import Persistence
from tasks_lib.agents.probe import PROBE_SECONDS, check_model
from tasks_lib.agents.prompt import PromptSettings, render
from tasks_lib.agents.proxy import Account, KeyProxy, until_served
from tasks_lib.agents.retry import Patience
from tasks_lib.agents.script import script
from tasks_lib.agents.service import DOOR, Service
from tasks_lib.agents.transcript import Transcript
from tasks_lib.backlog.model import Item
from tasks_lib.errors import AgentError
from tasks_lib.ports import Brief, Cause, Claim, Finished, Say, Shell, Work, Workspace


class ClaudeCodeAgent:
    """Does items with Claude Code: one call of ``claude`` is one attempt.

    The whole command runs in the sandbox. It has no key and no network: a door leads to a proxy of ours,
    which adds the key, meters what passes, and closes when a limit is reached. A usage limit of the service
    is waited for by all who share ``hold``; then the command goes on with its conversation. So it does when
    it is told that it goes round in circles.

    Raise ``ConfigError`` for a model without prices.
    """

    def __init__(
        self,
        equipment: Equipment,
        service: Service,
        program: Program,
        *,
        hold: Hold | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._equipment = equipment
        self._hold = hold or Hold()
        self._patience = patience or Patience()
        self._config = equipment.config.agent
        self._prompt = PromptSettings.from_config(equipment.config)
        self._service = service
        self._program = program
        check_ladder(self._config)

    def name(self, item: Item, attempt: int) -> str:
        """Return the name of the attempt's model, and that it works through Claude Code."""
        label = f", {self._service.label}" if self._service.label else ""
        return f"{model_for(self._config, item, attempt)} (claude-code{label})"

    def probe(self, items: Sequence[Item], say: Say) -> object:
        """Start the command once in the sandbox, and ask the service for the models; return its version.

        Raise ``AgentError`` when either does not work, ``AgentUnavailable`` when nobody answers,
        ``ConfigError`` for rows that ask for a model which is not configured.
        """
        models = models_of(self._config, items)
        version = self._version()
        for model in models:
            check_model(self._service, model)
        say(f"Claude Code {version}")
        return version

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        """Make one attempt; a limit ends it with ``Work.stopped``.

        Raise ``AgentUnavailable`` where the service fails, ``AgentError`` where it refuses.
        """
        check_asked(self._config, (brief.item,))
        equipment, item = self._equipment, brief.item
        account = Account(Budget(self._config), self._config.models, patience=self._patience)
        prompt = render(self._prompt, brief, workspace, equipment.sandbox.root or workspace.path)
        secrets = (*equipment.secrets, self._service.key)
        with (
            Transcript(equipment.transcripts, item.id, brief.attempt, secrets=secrets) as transcript,
            KeyProxy(self._service, account) as proxy,
            session(prompt, workspace.home) as conversation,
        ):
            transcript.write("start", agent=self.name(item, brief.attempt), prompt=prompt)
            minutes = Minutes(transcript, say, account, self._config.context_window)
            calls = Calls(
                self._program,
                self._config,
                model_for(self._config, item, brief.attempt),
                item.id,
                equipment.sandbox,
                replace(workspace, doors={**workspace.doors, DOOR: proxy.path}),
                conversation,
                minutes,
                account,
            )

            def attempt() -> Claim:
                finished = until_served(calls.run, account, self._persistence(account, minutes))
                return _judged(brief, account, minutes, finished)

            work = outcome(attempt, lambda: account.usage, transcript)
            note_end(transcript, work, reported=minutes.result and asdict(minutes.result))
            return work

    def _persistence(self, account: Account, minutes: Minutes) -> Persistence:
        return Persistence(
            account.budget,
            minutes.say,
            self._equipment.leash.stop,
            self._patience,
            self._hold,
            self._config.limit_patience,
            minutes.transcript.write,
        )

    def _version(self) -> str:
        with TemporaryDirectory() as nowhere:
            finished = self._equipment.sandbox.run(
                script([str(self._program.path), "--version"], ""),
                Path(nowhere),
                shell=Shell(),
                timeout=PROBE_SECONDS,
                shares=self._program.shares,
            )
        if finished.exit_code:
            raise AgentError(f"{self._program.path}: does not run in the sandbox: {finished.output.strip()}")
        return finished.output.strip()


def _judged(brief: Brief, account: Account, minutes: Minutes, finished: Finished) -> Claim:
    """Return the claim; raise ``AttemptEnded`` when there is none, and as the service failed."""
    result = minutes.result
    if result is not None and not result.is_error:
        return claimed(result, brief.item.id)
    if account.exceeded:
        raise AttemptEnded(account.exceeded)
    if result is not None:
        raise ended(result, account.trouble)
    said = "\n".join(minutes.other)
    why = f"claude ended with exit code {finished.exit_code} and without a result\n{said}"
    raise AttemptEnded(why.strip(), Cause.NO_RESULT)
