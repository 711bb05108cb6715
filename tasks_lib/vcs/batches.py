"""Many commits or files read by one call of git."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks_lib.vcs.git import Git, GitFailed


@dataclass(frozen=True, slots=True)
class Side:
    """A path in one of two commits: its mode as git writes it, and the sha of what is there."""

    mode: str
    sha: str

    @property
    def exists(self) -> bool:
        """Whether there is anything at the path."""
        return self.mode != "000000"

    @property
    def is_blob(self) -> bool:
        """Whether there is a file or a link, and no submodule."""
        return self.exists and self.mode != "160000"


@dataclass(frozen=True, slots=True)
class Difference:
    """A path that differs between a commit and its parent."""

    path: str
    old: Side
    new: Side


def differences(
    git: Git, pairs: Sequence[tuple[str, str]], paths: Sequence[str] = ()
) -> Mapping[str, Sequence[Difference]]:
    """Return what differs between commits and their parents, by commit; a rename is two paths.

    With ``paths`` nothing else is looked at.
    """
    wanted = "".join(f"{commit} {parent}\n" for commit, parent in pairs)
    out = _fed(git, wanted, "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--", *paths)
    found: dict[str, list[Difference]] = {commit: [] for commit, _ in pairs}
    commit = ""
    fields = iter(out.decode("utf-8", "surrogateescape").split("\0")[:-1])
    for field in fields:
        if field.startswith(":"):
            old_mode, mode, old_sha, sha, _status = field[1:].split(" ")
            found[commit].append(Difference(next(fields), Side(old_mode, old_sha), Side(mode, sha)))
        else:
            commit = field
    return found


def read_blobs(git: Git, shas: Iterable[str]) -> Mapping[str, bytes]:
    """Return the bytes of files by their sha."""
    out = _fed(git, "".join(f"{sha}\n" for sha in shas), "cat-file", "--batch")
    blobs: dict[str, bytes] = {}
    start = 0
    while start < len(out):
        end = out.index(b"\n", start)
        sha, kind, *size = out[start:end].decode().split(" ")
        if kind != "blob":
            raise GitFailed(f"cannot read {sha} in {git.directory}: {kind}")
        start = end + 1 + int(size[0])
        blobs[sha] = out[end + 1 : start]
        start += 1
    return blobs


def _fed(git: Git, lines: str, *arguments: str) -> bytes:
    """Run git on lines; none are no call, as git would have nothing to say."""
    if not lines:
        return b""
    answer = git.call(*arguments, feed=lines.encode())
    if not answer.ok:
        raise GitFailed(f"git {arguments[0]} failed in {git.directory}: {answer.err or answer.status}")
    return answer.out
