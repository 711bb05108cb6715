"""The agent that lets a command of the configuration do an item."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chatter import Chatter
from tasks_lib.agents.contract import BadClaim, claim_from_text
from tasks_lib.agents.equipment import Equipment
from tasks_lib.agents.hearing import Lines
from tasks_lib.agents.ladder import models_of
from tasks_lib.agents.probe import PROBE_SECONDS, check_model
from tasks_lib.agents.prompt import PromptSettings, render
from tasks_lib.agents.proxy import Account, KeyProxy
from tasks_lib.agents.script import script
from tasks_lib.agents.service import DOOR, PLACEHOLDER, Service
from tasks_lib.agents.transcript import Transcript
from tasks_lib.backlog import parse_tokens
from tasks_lib.backlog.model import Item
from tasks_lib.errors import AgentError, ConfigError, TasksMdError
from tasks_lib.ports import Brief, Claim, Finished, Say, Shell, Usage, Work, Workspace


class CommandAgent:
    """Does items with ``agent.command``: one run of it is one attempt.

    The command gets the prompt on stdin, or as a file whose path replaces ``{prompt_file}`` in its arguments.
    The result is the JSON block that its output ends with, or what it writes into ``{result_file}``. With a
    ``service`` it reaches the Messages API through a proxy, which meters it; without one its own figure is
    all there is, and is counted as claimed.

    Raise ``ConfigError`` without a command.
    """

    def __init__(self, equipment: Equipment, service: Service | None = None) -> None:
        self._equipment = equipment
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
        secrets = (self._service.key,) if self._service else ()
        item = brief.item.id
        with (
            Transcript(self._equipment.transcripts, item, brief.attempt, secrets=secrets) as transcript,
            self._doors(account) as doors,
        ):
            try:
                finished = self._run(brief, workspace, doors, transcript, say)
            except TasksMdError as error:
                error.usage += account.usage
                raise
            claim, stopped = _outcome(brief, account, finished)
            usage = account.usage if self._service else Usage(claimed=_figure(claim))
            told = asdict(claim) if claim else None
            transcript.write("end", claim=told, stopped=stopped, used=usage.used, usage=asdict(usage))
            return Work(claim, usage, transcript.path, stopped)

    @contextmanager
    def _doors(self, account: Account) -> Iterator[Mapping[str, Path]]:
        if self._service is None:
            yield {}
            return
        with KeyProxy(self._service, account) as proxy:
            yield {DOOR: proxy.path}

    def _run(
        self,
        brief: Brief,
        workspace: Workspace,
        doors: Mapping[str, Path],
        transcript: Transcript,
        say: Say,
    ) -> Finished:
        sandbox, argv = self._equipment.sandbox, self._config.command
        prompt = render(self._prompt, brief, workspace, sandbox.root or workspace.path)
        transcript.write("start", agent=self.name(brief.item, brief.attempt), command=argv, prompt=prompt)

        chatter = Chatter(transcript, say)
        lines = Lines(chatter.take)
        finished = sandbox.run(
            script(argv, prompt),
            workspace.path,
            shell=Shell(exports=PLACEHOLDER if doors else {}),
            timeout=self._config.timeout,
            shares=workspace.shares,
            doors=doors,
            hear=lines.feed,
            home=workspace.home,
        )
        lines.end()
        chatter.end()
        return finished


def _outcome(brief: Brief, account: Account, finished: Finished) -> tuple[Claim | None, str]:
    """Return the claim, or why there is none; the exit code alone decides nothing."""
    if finished.timed_out:
        return None, account.budget.out_of_time()
    try:
        return claim_from_text(finished.output, brief.item.id), ""
    except BadClaim as bad:
        ended = f"the command ended with exit code {finished.exit_code} and no usable result: {bad}"
        return None, account.exceeded or ended


def _figure(claim: Claim | None) -> int:
    """Return the tokens that a claim says were used; 0 where it says nothing that can be read."""
    try:
        return parse_tokens(claim.used) if claim and claim.used else 0
    except ValueError:
        return 0
