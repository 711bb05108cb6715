"""Who does the items, and what models cost."""

from pathlib import Path
from typing import Any

from pydantic import Field

from tasks_lib.config.section import Seconds, Section, Tokens


class ModelConfig(Section):
    """What a model costs, in US dollars per million tokens, and how much it can read."""

    input: float = Field(ge=0, description="Fresh tokens of the prompt")
    cache_write: float = Field(ge=0, description="Tokens of the prompt that are kept for five minutes")
    cache_read: float = Field(ge=0, description="Tokens of the prompt that were kept")
    output: float = Field(ge=0, description="Tokens of the answer")
    window: Tokens = Field(200_000, description="Tokens of prompt and answer together")
    long_prompt: Tokens | None = Field(None, description="A prompt above so many tokens costs more")
    long_factor: float = Field(1.0, ge=1, description="So many times as much")


class Rung(Section):
    """A step of the ladder: another model from some attempt on, for all items or for some."""

    model: str = Field(
        min_length=1, description="Model of the attempts that fit; the last rung that fits counts"
    )
    from_attempt: int = Field(1, ge=1, description="The first attempt that it is for")
    categories: tuple[str, ...] = Field((), description="Only for items of these categories, e.g. SEC")
    items: tuple[str, ...] = Field((), description="Only for these items, besides those of the categories")


class AgentConfig(Section):
    """Who does the items, with which limits for one attempt."""

    kind: str = Field(
        "anthropic",
        min_length=1,
        description="anthropic: the Messages API; claude-code: the command claude; command: any command; "
        "replay, replay-claude-code: the first two on recorded model answers, no key needed; "
        "or a kind that a package of yours registers",
        examples=["anthropic", "claude-code", "command", "replay", "replay-claude-code"],
    )
    model: str = Field("claude-opus-5-5", description="Model of the Messages API")
    ladder: tuple[Rung, ...] = Field((), description="Other models for later attempts or some items")
    base_url: str = Field("", description="Another address of the Messages API; empty: the official one")
    api_key_variable: str = Field("ANTHROPIC_API_KEY", description="Environment variable that holds the key")
    command: tuple[str, ...] = Field(
        (),
        description="For the kind command: program and arguments. The prompt comes on stdin, or as the file "
        "{prompt_file}; the result is the JSON block at the end of the output, or the file {result_file}; "
        "{model} is the model of the attempt",
    )
    messages_api: bool = Field(
        default=False,
        description="For the kind command: let it reach the Messages API, at ANTHROPIC_BASE_URL; "
        "the key is added outside",
    )
    recordings: tuple[Path, ...] = Field(
        (), description="For the replay: directories of recordings, the first that has an item wins"
    )
    models: dict[str, ModelConfig] = Field(
        default_factory=dict, description="Prices and windows by model, over those of the shipped table"
    )
    prompt: Path | None = Field(None, description="A prompt template of your own; none: the shipped one")
    max_turns: int = Field(80, gt=0, description="Requests of one attempt")
    max_output_tokens: Tokens = Field(32_000, description="Tokens of one answer")
    max_used: Tokens = Field(400_000, description="Fresh tokens of one attempt")
    max_cost: float = Field(20.0, gt=0, description="US dollars of one attempt")
    timeout: Seconds = Field(3600, description="Wall time of one attempt in seconds")
    limit_patience: Seconds = Field(
        86_400, description="Seconds to wait for a usage limit to reset; one that takes longer ends the run"
    )
    command_timeout: Seconds = Field(300, description="Wall time of one command of the agent in seconds")
    context_window: Tokens = Field(
        200_000, description="Tokens; the model's own window where that is smaller"
    )
    compact_at: float = Field(0.6, gt=0, lt=1, description="Share of the window at which to compact")
    options: dict[str, Any] = Field(
        default_factory=dict, description="For a kind that a package of yours registers: its own settings"
    )
