"""Settings: the defaults below, and a TOML file that overrides some of them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Values = Mapping[str, Any]

DEFAULTS: Values = {
    "oidc": {"issuer": "", "client_id": "mosaic", "client_secret": ""},
    "webhooks": {"secret": "", "keep": 100},
    "rate": {"limit": 60, "window": 60.0},
    "banner": "Welcome to Mosaic",
}


class SettingsError(ValueError):
    """The settings file names something that does not exist."""


def load(path: Path, defaults: Values = DEFAULTS) -> dict[str, Any]:
    """The settings of this installation."""
    return merge(defaults, tomllib.loads(path.read_text(encoding="utf-8")))


def merge(defaults: Values, overrides: Values) -> dict[str, Any]:
    """`defaults`, with the values that `overrides` names; tables are merged key by key."""
    unknown = sorted(overrides.keys() - defaults.keys())
    if unknown:
        raise SettingsError(f"unknown settings: {', '.join(unknown)}")
    return {name: _merged(value, overrides.get(name)) for name, value in defaults.items()}


def _merged(default: Any, override: Any) -> Any:
    if isinstance(default, Mapping):
        return merge(default, override or {})
    return override or default
