"""Running without a sandbox is chosen on purpose and never hidden."""

import pytest

from tasks_lib.bootstrap import label
from tasks_lib.config import AgentConfig, RunConfig, SandboxConfig


@pytest.mark.parametrize(
    ("agent", "sandbox", "words"),
    [
        ("anthropic", "bubblewrap", ""),
        ("replay", "bubblewrap", "replay"),
        ("replay-claude-code", "bubblewrap", "replay"),
        ("anthropic", "none", "run without sandbox"),
        ("replay", "none", "replay, run without sandbox"),
    ],
)
def test_every_report_says_that_there_was_no_sandbox(agent: str, sandbox: str, words: str) -> None:
    """As every report says that a model was replayed."""
    config = RunConfig(
        agent=AgentConfig.model_validate({"kind": agent}),
        sandbox=SandboxConfig.model_validate({"kind": sandbox}),
    )
    assert label(config) == words


def test_the_sandbox_is_there_unless_it_is_switched_off() -> None:
    """Nothing is to be configured for it."""
    assert RunConfig().sandbox.kind == "bubblewrap"
