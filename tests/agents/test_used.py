"""``used`` is what the server metered, to the token, whatever happens on the way."""

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_lib.agents.replay import ReplayServer
from tasks_lib.agents.replay.answers import Reply
from tasks_lib.agents.replay.messages import Json
from tasks_lib.agents.replay.recording import Fault
from tasks_lib.errors import AgentError
from tasks_lib.ports import Usage, Workspace
from tests.agents.conftest import ITEM, Stage, make_brief, recording, says

FAULTS = st.sampled_from(
    [
        "status = 429",
        "status = 429, retry_after = 0.06",
        "status = 500",
        "status = 529",
        "status = 400",
        'event = "overloaded_error"',
        'cut = "chunked"',
        'cut = "silent"',
        "html = true",
    ]
)
ENDINGS = st.sampled_from(["max_tokens", "pause_turn", "refusal"]).map("stop_reason = '{}'".format)


def turn(number: int, lines: int, faults: list[str], ending: str) -> str:
    view = f'command = "view", path = "long.txt", view_range = [{number}, {number + lines}]'
    call = f'[[attempts.turns.calls]]\nname = "str_replace_based_edit_tool"\ninput = {{ {view} }}'
    given_faults = ", ".join(f"{{ {fault} }}" for fault in faults)
    head = f"text = {json.dumps(f'Next. {number}')}\nthinking = 'Hm.'\nfaults = [{given_faults}]"
    return "\n".join([head, ending, "" if ending else call])


TURNS = st.lists(
    st.tuples(st.integers(1, 400), st.lists(FAULTS, max_size=2), st.just("") | ENDINGS), max_size=7
)


def metered_and_used(directory: Path, toml: str) -> tuple[Usage, Usage]:
    """Play a recording; return what the server metered, and what the agent or its error says."""
    (directory / "checkout").mkdir()
    (directory / "checkout" / "long.txt").write_text("".join(f"line {number}\n" for number in range(500)))
    with ExitStack() as closing:
        stage = Stage(directory, Workspace(directory / "checkout", "fix/x", "0" * 40), closing)
        server = stage.serve(toml)
        agent = stage.agent(server.url, {"context_window": 6000, "compact_at": 0.5})
        try:
            used = agent.work(make_brief(), stage.workspace, stage.said.append).usage
        except AgentError as error:
            used = error.usage
        return server.metered.get(ITEM, Usage()), used


@settings(max_examples=10, deadline=None)
@given(TURNS, st.sampled_from(["served", "refused"]))
def test_used_is_what_the_server_metered(turns: list[tuple[int, list[str], str]], compaction: str) -> None:
    """Over turns of any kind, faults, compactions of both kinds, and ends of all kinds."""
    told = [turn(number, lines, faults, ending) for number, (lines, faults, ending) in enumerate(turns, 1)]
    with TemporaryDirectory() as directory:
        toml = recording(*told, says(), head=f'compaction = "{compaction}"')
        metered, used = metered_and_used(Path(directory), toml)
    assert Usage(used.input, used.cache_write, used.cache_read, used.output, 0.0, used.requests) == metered
    assert used.cost >= 0


class Sizing(ReplayServer):
    """Notes how much each request carries."""

    sizes: list[int]

    def answer(self, request: Json, betas: str) -> tuple[Reply, Fault | None]:
        self.sizes.append(len(json.dumps(request)))
        return super().answer(request, betas)


def test_a_long_attempt_does_not_grow(tmp_path: Path) -> None:
    """What a conversation holds late is what it held early: compaction lets the past go."""
    turns = 45
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "long.txt").write_text("".join(f"line {number}\n" for number in range(500)))
    told = [turn(number, 60, [], "") for number in range(1, turns)]
    with ExitStack() as closing:
        stage = Stage(tmp_path, Workspace(tmp_path / "checkout", "fix/x", "0" * 40), closing)
        server = Sizing([stage.record(recording(*told, says()))])
        server.sizes = []
        config = {"context_window": 4000, "max_turns": 2 * turns, "max_used": 10**7}
        agent = stage.agent(closing.enter_context(server).url, config)
        assert agent.work(make_brief(), stage.workspace, stage.said.append).claim is not None
    third = len(server.sizes) // 3
    assert third > turns // 3
    assert max(server.sizes[-third:]) < 1.1 * max(server.sizes[:third])
