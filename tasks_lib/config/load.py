"""Read the configuration file."""

import tomllib
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tasks_lib.config.run import RunConfig
from tasks_lib.errors import ConfigError


def load_config(path: Path) -> RunConfig:
    """Read a configuration file; paths in it are relative to it.

    Raise ``ConfigError`` with every mistake in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_explain(path, error)) from error
    return _anchored(config, path.resolve().parent)


def _explain(path: Path, error: ValidationError) -> str:
    return "\n".join(
        f"{path}: {'.'.join(str(part) for part in problem['loc']) or 'the file'}: {_words(problem)}"
        for problem in error.errors()
    )


def _words(problem: ErrorDetails) -> str:
    if problem["type"] != "extra_forbidden":
        return problem["msg"]
    schema = RunConfig.model_json_schema()
    tables = (schema, *schema["$defs"].values())
    known = {name for table in tables for name in table.get("properties", ())}
    near = get_close_matches(str(problem["loc"][-1]), known, n=1)
    return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _anchored(config: RunConfig, root: Path) -> RunConfig:
    """Make relative paths absolute, so that a config means the same in every process of a run."""
    agent = config.agent
    recordings = tuple(root / directory for directory in agent.recordings)
    prompt = root / agent.prompt if agent.prompt else None
    return config.model_copy(
        update={
            "state_dir": root / config.state_dir.expanduser(),
            "agent": agent.model_copy(update={"recordings": recordings, "prompt": prompt}),
            "remote": _anchored_remote(config.remote, root),
        }
    )


def _anchored_remote(remote: str, root: Path) -> str:
    """Make a remote that begins with a dot a path; anything else is git's to understand."""
    return str((root / remote).resolve()) if remote.startswith(".") else remote
