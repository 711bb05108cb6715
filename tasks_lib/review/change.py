"""One path that differs between two commits."""

from dataclasses import dataclass
from typing import Final

NONE: Final = "000000"
LINK: Final = "120000"
REPOSITORY: Final = "160000"
EXECUTABLE: Final = "100755"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one path; a mode is as git writes it, ``000000`` on the side where it is missing.

    ``size`` is the new file's, in bytes, and ``binary`` tells whether it holds a NUL, as far as somebody
    looked; ``old`` and ``new`` are the texts of a test, empty for everything else and where it is missing.
    """

    path: str
    old_mode: str = "100644"
    mode: str = "100644"
    size: int = 0
    binary: bool = False
    old: str = ""
    new: str = ""

    @property
    def deleted(self) -> bool:
        """Whether the path is gone."""
        return self.mode == NONE
