"""Feature flags, read from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "MOSAIC_FLAG_"
KNOWN = ("registration", "tile_search")
DEFAULTS = {"registration": True, "tile_search": False}


@dataclass(frozen=True)
class Flags:
    """Which optional parts of the API are switched on."""

    registration: bool = True
    tile_search: bool = False


def read_flags(environment: Mapping[str, str]) -> Flags:
    """The flags that an environment asks for, such as MOSAIC_FLAG_TILE_SEARCH=true."""
    return Flags(**{name: read_flag(environment, name) for name in KNOWN})


def read_flag(environment: Mapping[str, str], name: str) -> bool:
    """One flag; its default when the environment does not name it."""
    value = environment.get(PREFIX + name.upper())
    if value is None:
        return DEFAULTS[name]
    return bool(value.strip())
