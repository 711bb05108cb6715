"""What an attempt costs: dollars by cache policy, the overhead of a tool call, the memory of 1,000 turns.

    python benchmarks/agent.py                # all three tables
    python benchmarks/agent.py --turns 200    # a shorter long attempt

The real agent and the real SDK work on a recording that this program writes. Tokens are the replay server's
metering: four characters each, a cache as the service's documentation describes it. Times are medians of wall
time within one run; what to look at are the ratios.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tasks_lib.agents.anthropic_api import AnthropicAgent
from tasks_lib.agents.metering import Meter, model_facts
from tasks_lib.agents.prompt import PromptSettings
from tasks_lib.agents.replay import ReplayServer
from tasks_lib.agents.replay.answers import Reply
from tasks_lib.agents.replay.messages import Json, unmarked
from tasks_lib.agents.replay.metering import meter
from tasks_lib.agents.replay.recording import Fault
from tasks_lib.agents.tools.bash import Bash
from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import AgentConfig, RepoConfig
from tasks_lib.ports import Brief, Usage, Workspace
from tasks_lib.sandbox import BubblewrapSandbox, NoSandbox

ITEM = "MS-SEC-001"
MODEL = "claude-opus-5-5"
LINES = 4000
REPORT = json.dumps({"task_id": ITEM, "status": "success", "used": "1K", "commit_sha": "", "notes": "n"})


class Watched(ReplayServer):
    """Keeps the newest requests, as many as asked for, with what they were metered at."""

    def __init__(self, directories: Sequence[Path], keep: int) -> None:
        super().__init__(directories)
        self.kept: deque[tuple[Json, Usage]] = deque(maxlen=keep)

    def answer(self, request: Json, betas: str) -> tuple[Reply, Fault | None]:
        reply, fault = super().answer(request, betas)
        self.kept.append((request, reply.usage))
        return reply, fault


def looks(turns: int, calls: int, lines: int) -> str:
    """Return a recording that looks at a few other lines of a file in every turn, then reports."""
    parts = [f'item = "{ITEM}"\n[[attempts]]']
    for turn in range(turns - 1):
        parts.append(f'[[attempts.turns]]\ntext = "Look {turn}."\nthinking = "{"Where is it? " * 8}"')
        for call in range(calls):
            first = 1 + (turn * calls + call) * lines % (LINES - lines)
            given = f'command = "view", path = "big.txt", view_range = [{first}, {first + lines - 1}]'
            parts.append(
                f'[[attempts.turns.calls]]\nname = "str_replace_based_edit_tool"\ninput = {{ {given} }}'
            )
    parts.append(f"[[attempts.turns]]\ntext = '''\n{REPORT}'''")
    return "\n".join(parts)


def play(home: Path, recording: str, say: Callable[[str], None], keep: int = 0, **config: object) -> Watched:
    """Let the agent work on the recording in a checkout of its own; return the server that watched."""
    checkout = home / "checkout"
    checkout.mkdir(parents=True)
    (checkout / "big.txt").write_text("".join(f"line {number} of the file\n" for number in range(LINES)))
    (home / "recordings").mkdir()
    (home / "recordings" / "item.toml").write_text(recording)
    item = Item(ItemId(ITEM), ItemStatus.NOT_STARTED, "Measure", phase=1, line=1, repo="api")
    with Watched([home / "recordings"], keep) as server:
        agent = AnthropicAgent(
            AgentConfig.model_validate({"model": MODEL, **config}),
            PromptSettings(repos={"api": RepoConfig()}),
            NoSandbox(),
            home / "transcripts",
            api_key="any",
            base_url=server.url,
        )
        work = agent.work(Brief(item, 1, 1), Workspace(checkout, "fix/x", "0" * 40), say)
    assert work.claim is not None, work.stopped
    metered = server.metered[ITEM]
    assert (work.usage.used, work.usage.cache_read) == (metered.used, metered.cache_read)
    return server


def policies(kept: Iterable[tuple[Json, Usage]]) -> Iterator[tuple[str, Usage]]:
    """Yield what the same requests come to with other marks, and with a cache that misses nothing."""
    dollars = Meter(model_facts(MODEL, {})).cost
    totals = {"no caching": Usage(), "system and end only": Usage(), "ours": Usage(), "floor": Usage()}
    before = 0
    for request, ours in kept:
        prompt = sum(meter(request))
        each = {
            "no caching": Usage(input=prompt, output=ours.output),
            "system and end only": Usage(*meter(without_middle(request)), output=ours.output),
            "ours": ours,
            "floor": Usage(cache_write=prompt - before, cache_read=before, output=ours.output),
        }
        before = prompt
        for name, usage in each.items():
            cost = dollars(usage)
            totals[name] += Usage(usage.input, usage.cache_write, usage.cache_read, usage.output, cost, 1)
    yield from totals.items()


def without_middle(request: Json) -> Json:
    """Return the request without the mark where the request before it ended."""
    return {**request, "messages": unmarked(request["messages"])}


def costs(home: Path) -> None:
    print("| 30 turns | policy | used (fresh tokens) | read from the cache | dollars | to the floor |")
    print("|---|---|---|---|---|---|")
    for name, calls, lines in (("one call a turn", 1, 200), ("12 calls a turn", 12, 20)):
        server = play(home / name, looks(30, calls, lines), lambda _: None, 30, max_used=10_000_000)
        found = dict(policies(server.kept))
        for policy, usage in found.items():
            ratio = usage.cost / found["floor"].cost
            tokens = f"{usage.used:,} | {usage.cache_read:,}"
            print(f"| {name} | {policy} | {tokens} | ${usage.cost:.3f} | {ratio:.2f} |")


def overhead(home: Path, rounds: int) -> None:
    """Measure one trivial command: bare, by our tool without a sandbox, by our tool in the sandbox."""
    checkout = home / "overhead"
    checkout.mkdir()
    workspace = Workspace(checkout, "fix/x", "0" * 40)
    tools = {
        "tool, no sandbox": Bash(NoSandbox(), workspace, lambda: 60.0),
        "tool, bubblewrap": Bash(BubblewrapSandbox(), workspace, lambda: 60.0),
    }
    times: dict[str, list[float]] = {"bare subprocess": [], **{name: [] for name in tools}}
    command = ["bash", "-c", "true"]
    for _ in range(rounds):
        times["bare subprocess"].append(
            timed(lambda: subprocess.run(command, cwd=checkout, check=True, capture_output=True))
        )
        for name, tool in tools.items():
            times[name].append(timed(lambda tool=tool: tool.call({"command": "true"})))
    floor = statistics.median(times["bare subprocess"])
    print("\n| a call of `true` | median, ms | ratio |\n|---|---|---|")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"| {name} | {median * 1000:.1f} | {median / floor:.1f} |")


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def memory(home: Path, turns: int) -> None:
    """Print what Python holds after every tenth of a long attempt that is compacted again and again."""
    held: list[tuple[int, int]] = []
    said = 0

    def say(line: str) -> None:
        nonlocal said
        if line.startswith("Look"):
            said += 1
            if said % (turns // 10) == 0:
                held.append((said, tracemalloc.get_traced_memory()[0]))

    recording = looks(turns, 1, 20)
    tracemalloc.start()
    play(
        home / "long",
        recording,
        say,
        max_turns=turns + 1,
        max_used=10**9,
        max_cost=10_000,
        context_window=20_000,
    )
    tracemalloc.stop()
    print(f"\n| turns of {turns:,} | Python holds, MB |\n|---|---|")
    for turn, size in held:
        print(f"| {turn:,} | {size / 1e6:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--turns", type=int, default=1000, help="turns of the long attempt")
    parser.add_argument("--rounds", type=int, default=40, help="calls of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        costs(Path(home))
        overhead(Path(home), arguments.rounds)
        memory(Path(home), arguments.turns)


if __name__ == "__main__":
    sys.exit(main())
