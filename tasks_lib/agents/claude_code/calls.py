"""The calls of ``claude`` that one conversation takes: mostly one, more where it was cut off."""

from dataclasses import dataclass

from tasks_lib.agents.claude_code.command import arguments, environment
from tasks_lib.agents.claude_code.minutes import Minutes
from tasks_lib.agents.claude_code.program import Program
from tasks_lib.agents.claude_code.session import Session
from tasks_lib.agents.hearing import Lines
from tasks_lib.agents.proxy import Account
from tasks_lib.agents.script import script
from tasks_lib.backlog.model import ItemId
from tasks_lib.config import AgentConfig
from tasks_lib.ports import Finished, Sandbox, Shell, Workspace


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls the command in the sandbox, on one item's checkout; what it says goes into ``minutes``."""

    program: Program
    config: AgentConfig
    model: str
    item: ItemId
    sandbox: Sandbox
    workspace: Workspace
    session: Session
    minutes: Minutes
    account: Account

    def run(self, seconds: float) -> Finished:
        """Let the conversation go on, for so many seconds; what interrupts it is said in it.

        Return how the last call ended; a usage limit of the service is then in the account.
        """
        finished = self._call(seconds)
        while self._is_interrupted():
            self.session.say(self.account.taken_up())
            finished = self._call(self.account.budget.seconds_left)
        return finished

    def _is_interrupted(self) -> bool:
        account, result = self.account, self.minutes.result
        has_claim = result is not None and not result.is_error
        return bool(account.interruption) and not (has_claim or account.limit or account.exceeded)

    def _call(self, seconds: float) -> Finished:
        said, conversation = self.session.begin()
        argv = arguments(str(self.program.path), self.config, self.model, self.item, conversation)
        self.minutes.begin(argv, said)
        own = (self.sandbox.home or self.session.home) / ".claude"
        lines = Lines(self.minutes.take)
        finished = self.sandbox.run(
            script(argv, said, errors_apart=True),
            self.workspace.path,
            shell=Shell(exports=environment(self.config, self.model, own)),
            timeout=seconds,
            shares=(*self.workspace.shares, *self.program.shares),
            doors=self.workspace.doors,
            hear=lines.feed,
            home=self.session.home,
        )
        lines.end()
        return finished
