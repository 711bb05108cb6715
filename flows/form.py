"""What the forms of all flows share: where the configuration is, and a few settings over it."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from tasks_lib.config import Overrides, RunConfig
from tasks_lib.vcs import load_with_remote


def _read(value: object) -> object:
    if isinstance(value, str | Path):
        return load_with_remote(Path(value).expanduser())
    return value


Configuration = Annotated[
    RunConfig,
    BeforeValidator(_read),
    WithJsonSchema({"type": "string", "title": "Configuration", "minLength": 1}),
]
"""In a form the path of a ``tasks-md.toml`` on the machine that runs the flow; in code also the model itself.

It is read when the flow begins, so that no deployment holds an old one, and no server holds any.
"""

NO_OVERRIDES = Overrides()
"""Everything as in the configuration."""
