"""The one way to call git: an argument list, a scrubbed environment, fixed settings and a time limit."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tasks_lib.errors import ConfigError, LedgerError, WorkspaceError
from tasks_lib.vcs import environment, orphans

if TYPE_CHECKING:
    from git import Git as GitCommand

NEEDED = (2, 38)
_NULL_PROTOCOL = "none"
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")


class GitFailed(LedgerError, WorkspaceError):
    """Git failed on our own clone, where it has no reason to: a full disk, a broken clone, or a defect."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a git process left: exit status, stdout as bytes, stderr as text without passwords."""

    status: int
    out: bytes
    err: str
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether git was content."""
        return self.status == 0

    @property
    def text(self) -> str:
        """Return stdout as text, without the last line's end."""
        return self.out.decode("utf-8", "surrogateescape").rstrip("\n")


@dataclass(frozen=True, slots=True)
class Git:
    """Git for one repository.

    ``directory`` is the git directory itself and never looked for; ``timeout`` is in seconds and for each
    call; ``variables`` and ``settings`` (``name=value``) come on top of the fixed ones; ``protocol`` is the
    only one that calls may talk; ``credentials`` lets them see what reaches the remote.
    """

    directory: Path
    timeout: float
    variables: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    protocol: str = _NULL_PROTOCOL
    credentials: bool = False

    def call(
        self, *arguments: str, variables: Mapping[str, str] | None = None, feed: bytes | None = None
    ) -> Answer:
        """Run git, with ``feed`` as its stdin, and return what it left, whatever its exit status was."""
        given = {
            **environment.FIXED,
            "GIT_ALLOW_PROTOCOL": self.protocol,
            orphans.MARK: orphans.owner(),
            **self.variables,
            **(variables or {}),
        }
        with _stdin(feed) as stdin:
            status, out, err = _gitpython().execute(
                self._command(arguments, given),
                istream=stdin,
                env=given,
                kill_after_timeout=self.timeout,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                # A Ctrl-C in the terminal is for us to handle: it must not cut a push in two.
                start_new_session=True,
            )
        timed_out = status < 0 and err.startswith("Timeout: the command")
        if timed_out:
            err = f"git {_verb(arguments)} did not end within {self.timeout:g} seconds"
        return Answer(status, out, _PASSWORD.sub("***@", err).strip(), timed_out)

    def run(self, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
        """Run git and return its stdout as text; raise ``GitFailed`` when it is not content."""
        answer = self.call(*arguments, variables=variables)
        if not answer.ok:
            raise GitFailed(
                f"git {_verb(arguments)} failed in {self.directory}: {answer.err or answer.status}"
            )
        return answer.text

    def _command(self, arguments: tuple[str, ...], given: Mapping[str, str]) -> list[str]:
        kept = environment.KEPT_FOR_REMOTES if self.credentials else environment.KEPT
        unset = [part for name in environment.unwanted(kept | given.keys()) for part in ("-u", name)]
        settings = (*environment.OVERRIDES, *self.settings)
        overrides = [part for setting in settings for part in ("-c", setting)]
        return ["env", *unset, *_leash(), "git", f"--git-dir={self.directory}", *overrides, *arguments]


@contextmanager
def _stdin(feed: bytes | None) -> Iterator[BinaryIO | None]:
    """Give a file to read from, as a pipe could be cut in the middle; None closes stdin."""
    if feed is None:
        yield None
        return
    with tempfile.TemporaryFile() as file:
        file.write(feed)
        file.seek(0)
        yield file


def _verb(arguments: tuple[str, ...]) -> str:
    """Return which of git's commands it is: the first word that is neither an option nor its value."""
    words = iter(arguments)
    for word in words:
        if word == "-c":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return "(nothing)"


@cache
def _leash() -> tuple[str, ...]:
    """Return the wrapper that ends a git process together with us; empty where util-linux is missing."""
    return ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()


@cache
def _gitpython() -> "GitCommand":
    """Load GitPython once git itself is known to be there and new enough, as its import calls it."""
    if shutil.which("git") is None:
        raise ConfigError("git is not installed; on Debian: apt-get install git")
    from git import Git as GitCommand

    command = GitCommand()
    require_version(str(command.execute(["git", "version"])))
    return command


def require_version(text: str) -> None:
    """Raise ``ConfigError`` when what ``git version`` said is too old for us."""
    found = re.search(r"(\d+)\.(\d+)", text)
    if not found or (int(found[1]), int(found[2])) < NEEDED:
        needed = ".".join(map(str, NEEDED))
        raise ConfigError(f"git {needed} or newer is needed (merge-tree --write-tree), found: {text}")
