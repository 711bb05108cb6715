"""The agent that works through the Anthropic Messages API."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import anthropic

from tasks_lib.agents.budget import Budget
from tasks_lib.agents.chances import AttemptEnded, Chances
from tasks_lib.agents.client import check_key, make_client
from tasks_lib.agents.compaction import Compactor
from tasks_lib.agents.hold import Hold
from tasks_lib.agents.ladder import check_asked, check_ladder, model_for, models_of
from tasks_lib.agents.loop import ToolLoop
from tasks_lib.agents.metering import Meter, model_facts
from tasks_lib.agents.persistence import Note, Persistence, note_nothing
from tasks_lib.agents.prompt import SYSTEM_PROMPT, PromptSettings, render
from tasks_lib.agents.retry import Patience
from tasks_lib.agents.tools.bash import Bash
from tasks_lib.agents.tools.checkout import Checkout
from tasks_lib.agents.tools.editor import Editor
from tasks_lib.agents.tools.report import Report
from tasks_lib.agents.tools.workbench import Workbench
from tasks_lib.agents.transcript import Transcript
from tasks_lib.agents.turn import Exchange
from tasks_lib.backlog.model import Item, ItemId
from tasks_lib.config import AgentConfig
from tasks_lib.errors import AgentUnavailable, TasksMdError
from tasks_lib.ports import Brief, Sandbox, Say, Work, Workspace

PROBE_SECONDS = 60.0
"""Wall time for asking after the model, without waits between tries."""


class AnthropicAgent:
    """Does items through the Messages API, with tools of ours in a sandbox.

    ``transcripts`` is the directory that gets one file per attempt. ``label`` is shown behind the model's
    name wherever the agent is named. Setting ``stop`` ends waiting and answers in progress. Agents that
    share ``hold`` wait together while a usage limit resets. ``secrets`` are masked in transcripts.

    Raise ``AgentError`` without a key, ``ConfigError`` for a model without prices.
    """

    def __init__(  # noqa: PLR0913  the rooms beside this one come in through it
        self,
        config: AgentConfig,
        prompt: PromptSettings,
        sandbox: Sandbox,
        transcripts: Path,
        *,
        api_key: str,
        base_url: str = "",
        label: str = "",
        patience: Patience | None = None,
        stop: threading.Event | None = None,
        hold: Hold | None = None,
        secrets: tuple[str, ...] = (),
    ) -> None:
        check_key(api_key)
        self._config = config
        self._prompt = prompt
        self._sandbox = sandbox
        self._transcripts = transcripts
        self._api_key = api_key
        self._base_url = base_url or config.base_url
        self._label = label
        self._patience = patience or Patience()
        self._stop = stop or threading.Event()
        self._hold = hold or Hold()
        self._secrets = (*secrets, api_key)
        self._windows: dict[str, int] = {}
        check_ladder(config)

    def name(self, item: Item, attempt: int) -> str:
        """Return the name of the attempt's model, with the label behind it."""
        model = model_for(self._config, item, attempt)
        return f"{model} ({self._label})" if self._label else model

    def probe(self, items: Sequence[Item], say: Say) -> Mapping[str, int]:
        """Ask the service for every model that these items may need, once for each.

        Return how many tokens a conversation with it may fill. Raise ``AgentError`` when the key or a model
        is not accepted, ``AgentUnavailable`` when nobody answers, ``ConfigError`` for rows that ask for a
        model which is not configured.
        """
        return {model: self._window(model, say) for model in models_of(self._config, items)}

    def _window(self, model: str, say: Say) -> int:
        if model not in self._windows:
            known = model_facts(model, self._config.models).window
            served = self._served_window(model, say)
            self._windows[model] = min(served or known, self._config.context_window)
        return self._windows[model]

    def work(self, brief: Brief, workspace: Workspace, say: Say) -> Work:
        """Make one attempt; a limit or a refusal ends it with ``Work.stopped``.

        Raise ``AgentUnavailable`` where the service fails, ``AgentError`` where it refuses the request.
        """
        check_asked(self._config, (brief.item,))
        model = model_for(self._config, brief.item, brief.attempt)
        window = self._window(model, say)
        prompt = render(self._prompt, brief, workspace, self._sandbox.root or workspace.path)
        budget = Budget(self._config)
        item = brief.item.id
        with (
            Transcript(self._transcripts, item, brief.attempt, secrets=self._secrets) as transcript,
            self._client(budget) as client,
        ):
            transcript.write(
                "start", agent=self.name(brief.item, brief.attempt), system=SYSTEM_PROMPT, prompt=prompt
            )
            exchange = self._exchange(model, client, budget, transcript, say)
            chances = Chances()
            loop = ToolLoop(
                item=item,
                budget=budget,
                exchange=exchange,
                workbench=self._workbench(item, workspace, budget, chances),
                compactor=Compactor(exchange, prompt, window, self._config.compact_at, transcript, say),
                chances=chances,
                transcript=transcript,
                say=say,
            )
            work = replace(_outcome(loop, prompt), transcript=transcript.path)
            told = asdict(work.claim) if work.claim else None
            usage = work.usage
            transcript.write("end", claim=told, stopped=work.stopped, used=usage.used, usage=asdict(usage))
            return work

    def _client(self, budget: Budget) -> anthropic.Anthropic:
        return make_client(
            self._api_key, self._base_url, lambda: self._stop.is_set() or not budget.seconds_left
        )

    def _served_window(self, model: str, say: Say) -> int | None:
        budget = Budget(self._config.model_copy(update={"timeout": PROBE_SECONDS}))
        persistence = self._persistence(budget, say)
        with self._client(budget) as client:
            try:
                return persistence.run(lambda: self._ask_window(client, model))
            except AttemptEnded as late:
                raise AgentUnavailable(f"Messages API: no answer in {PROBE_SECONDS:.0f} s") from late

    def _ask_window(self, client: anthropic.Anthropic, model: str) -> int | None:
        """Return the model's own window; a gateway of somebody else's may not know."""
        try:
            return client.models.retrieve(model).max_input_tokens
        except anthropic.NotFoundError:
            if not self._base_url:
                raise
            return None

    def _exchange(
        self, model: str, client: anthropic.Anthropic, budget: Budget, transcript: Transcript, say: Say
    ) -> Exchange:
        return Exchange(
            client=client,
            model=model,
            max_tokens=self._config.max_output_tokens,
            meter=Meter(model_facts(model, self._config.models)),
            persistence=self._persistence(budget, say, transcript.write),
        )

    def _persistence(self, budget: Budget, say: Say, note: Note = note_nothing) -> Persistence:
        return Persistence(
            budget, say, self._stop, self._patience, self._hold, self._config.limit_patience, note
        )

    def _workbench(self, item: ItemId, workspace: Workspace, budget: Budget, chances: Chances) -> Workbench:
        def timeout() -> float:
            return max(1.0, min(self._config.command_timeout, budget.seconds_left))

        protected = frozenset({self._prompt.tracking_file})
        return Workbench(
            bash=Bash(self._sandbox, workspace, timeout),
            editor=Editor(Checkout(workspace.path, self._sandbox.root, protected)),
            report=Report(item, chances),
        )


def _outcome(loop: ToolLoop, prompt: str) -> Work:
    """Return what came of the conversation; an error that cuts it off carries what it has used."""
    exchange = loop.exchange
    try:
        return Work(loop.run(prompt), exchange.usage)
    except AttemptEnded as ended:
        return Work(None, exchange.usage, stopped=str(ended), cause=ended.cause)
    except TasksMdError as error:
        error.usage += exchange.usage
        raise
