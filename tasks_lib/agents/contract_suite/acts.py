"""What an agent is made to do in a test of the contract: a shell command, and its last words. Pure."""

import json
from enum import Enum
from typing import Final

ITEM: Final = "MS-SEC-001"
COMMIT: Final = "{commit}"
"""Stands in the last words for the full sha of the commit that the command made."""

_MAKE: Final = (
    "echo hello > hello.txt && git add -A && git commit -q -m 'fix: say hello' && git rev-parse HEAD"
)
_BEAT: Final = "while :; do date +%s%N > beat; sleep 0.05; done"


def _block(status: str, *, item: str = ITEM, notes: str = "as told") -> str:
    claim = {"task_id": item, "status": status, "used": "1.5K", "commit_sha": COMMIT, "notes": notes}
    return f"Done.\n\n```json\n{json.dumps(claim)}\n```\n"


class Act(Enum):
    """One thing that an agent can do: run ``command`` in the root of its checkout, then say ``words``."""

    SUCCEED = (_MAKE, _block("success"))
    FAIL = ("false", _block("failed", notes="cannot be done"))
    REPORT_A_BLOCKER = ("true", _block("blocked", notes="needs an account"))
    COMMIT_IN_SILENCE = (_MAKE, "I am done.")
    CLAIM_ANOTHER_ITEM = (_MAKE, _block("success", item="MS-SEC-999"))
    NEVER_END = (_BEAT, _block("success"))
    LOOK_AROUND = (
        "env > seen.txt; cat /proc/self/environ /proc/1/environ >> seen.txt; true",
        _block("failed"),
    )

    def __init__(self, command: str, words: str) -> None:
        self.command = command
        self.words = words
