"""The agent that lets a command of the configuration do an item."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chances import AttemptEnded
from tasks_lib.agents.chatter import Chatter
from tasks_lib.agents.contract import BadClaim, claim_from_text
from tasks_lib.agents.equipment import Equipment
from tasks_lib.agents.hearing import Lines
from tasks_lib.agents.hold import Hold
from tasks_lib.agents.ladder import model_for, models_of
from tasks_lib.agents.outcome import note_end, outcome
from tasks_lib.agents.persistence import Persistence
from tasks_lib.agents.probe import PROBE_SECONDS, check_model
from tasks_lib.agents.prompt import PromptSettings, render
from tasks_lib.agents.proxy import Account, KeyProxy, until_served
from tasks_lib.agents.script import script
from tasks_lib.agents.service import DOOR, PLACEHOLDER, Service
from tasks_lib.agents.transcript import Transcript
from tasks_lib.backlog import parse_tokens
from tasks_lib.backlog.model import Item
from tasks_lib.errors import AgentError, ConfigError
from tasks_lib.ports import Brief, Cause, Claim, Finished, Say, Shell, Usage, Work, Workspace

MODEL = "{model}"


class CommandAgent:
    """Does items with ``agent.command``: one run of it is one attempt.

    The command gets the prompt on stdin, or as a file whose path replaces ``{prompt_file}`` in its arguments;
    ``{model}`` in them is the model that the configuration has for the attempt.
    The result is the JSON block that its output ends with, or what it writes into ``{result_file}``. With a
    ``service`` it reaches the Messages API through a proxy, which meters it; without one its own figure is
    all there is, and is counted as claimed.

    Raise ``ConfigError`` without a command.
    """

    def __init__(
        self, equipment: Equipment, service: Service | None = None, *, hold: Hold | None = None
    ) -> None:
        self._equipment = equipment
        self._hold = hold or Hold()
        self._config = equipment.config.agent
        self._prompt = PromptSettings.from_config(equipment.config)
        self._service = service
        if not self._config.command:
            raise ConfigError('agent.command: empty; kind "command" needs a program and its arguments')

    def name(self, item: Item, attempt: int) -> str:  # noqa: ARG002  one program does them all
        """Return the program's name, and that it is a command."""
        return f"{PurePath(self._config.command[0]).name} (command)"

    def probe(self, items: Sequence[Item], say: Say) -> object:
        """Look for the program in the sandbox, and ask the service for the models where there is one.

        Raise ``AgentError`` when there is no such program, and as the Messages API does.
        """
        program = self._config.command[0]
        with TemporaryDirectory() as nowhere:
            finished = self._equipment.sandbox.run(
                f"command -v -- {shlex.quote(program)}", Path(nowhere), shell=Shell(), timeout=PROBE_SECONDS
            )
        if finished.exit_code and not program.startswith("."):  # that one would be in the checkout
            raise AgentError(
                f"agent.command: there is no program {program} in the sandbox: install it for everybody, or "
                "name its directory in sandbox.path"
            )
        if self._service:
            for model in models_of(self._config, items):
                check_model(self._service, model)
        say(f"agent: {shlex.join(self._config.command)}")
        return finished.output.strip()

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        """Make one attempt; a limit ends it with ``Work.stopped``."""
        account = Account(Budget(self._config), self._config.models)
        item, keys = brief.item.id, (self._service.key,) if self._service else ()
        secrets = (*self._equipment.secrets, *keys)
        with (
            Transcript(self._equipment.transcripts, item, brief.attempt, secrets=secrets) as transcript,
            self._doors(account) as doors,
        ):

            def attempt() -> Claim:
                finished = until_served(
                    lambda seconds: self._run(brief, workspace, doors, transcript, say, seconds),
                    account,
                    self._persistence(account, transcript, say),
                )
                return _judged(brief, account, finished)

            work = outcome(attempt, lambda: account.usage, transcript)
            if self._service is None:
                work = replace(work, usage=Usage(claimed=_figure(work.claim)))
            note_end(transcript, work)
            return work

    def _persistence(self, account: Account, transcript: Transcript, say: Say) -> Persistence:
        stop, patience = self._equipment.leash.stop, self._config.limit_patience
        return Persistence(
            account.budget, say, stop, hold=self._hold, longest_hold=patience, note=transcript.write
        )

    @contextmanager
    def _doors(self, account: Account) -> Iterator[Mapping[str, Path]]:
        if self._service is None:
            yield {}
            return
        with KeyProxy(self._service, account) as proxy:
            yield {DOOR: proxy.path}

    def _run(  # noqa: PLR0913, PLR0917  what one run needs of the attempt that it belongs to
        self,
        brief: Brief,
        workspace: Workspace,
        doors: Mapping[str, Path],
        transcript: Transcript,
        say: Say,
        seconds: float,
    ) -> Finished:
        sandbox, model = self._equipment.sandbox, model_for(self._config, brief.item, brief.attempt)
        argv = [argument.replace(MODEL, model) for argument in self._config.command]
        prompt = render(self._prompt, brief, workspace, sandbox.root or workspace.path)
        transcript.write("start", agent=self.name(brief.item, brief.attempt), command=argv, prompt=prompt)

        chatter = Chatter(transcript, say)
        lines = Lines(chatter.take)
        finished = sandbox.run(
            script(argv, prompt),
            workspace.path,
            shell=Shell(exports=PLACEHOLDER if doors else {}),
            timeout=seconds,
            shares=workspace.shares,
            doors={**workspace.doors, **doors},
            hear=lines.feed,
            home=workspace.home,
        )
        lines.end()
        chatter.end()
        return finished


def _judged(brief: Brief, account: Account, finished: Finished) -> Claim:
    """Return the claim; raise ``AttemptEnded`` when there is none. The exit code alone decides nothing."""
    if finished.timed_out:
        raise AttemptEnded(account.budget.out_of_time())
    try:
        return claim_from_text(finished.output, brief.item.id)
    except BadClaim as bad:
        if account.exceeded:
            raise AttemptEnded(account.exceeded) from bad
        why = f"the command ended with exit code {finished.exit_code} and no usable result: {bad}"
        raise AttemptEnded(why, Cause.NO_RESULT) from bad


def _figure(claim: Claim | None) -> int:
    """Return the tokens that a claim says were used; 0 where it says nothing that can be read."""
    try:
        return parse_tokens(claim.used) if claim and claim.used else 0
    except ValueError:
        return 0
