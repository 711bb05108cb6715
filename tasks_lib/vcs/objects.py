"""Many objects of our own clone at once: their sizes, and their bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks_lib.vcs.git import Git, GitFailed

_BATCH = 32_000_000  # bytes that are read at once


@dataclass(frozen=True, slots=True)
class Object:
    """An object's sha, its kind (``commit``, ``tree``, ``blob``, ``tag``) and its size in bytes."""

    sha: str
    kind: str
    size: int


def look_up(git: Git, shas: Iterable[str]) -> tuple[Object, ...]:
    """Return the objects of that name, each once; raise ``GitFailed`` for one that is not there."""
    out = _ask(git, "--batch-check", dict.fromkeys(shas)).decode("ascii", "replace")
    found = []
    for line in out.splitlines():
        sha, kind, *size = line.split(" ")
        if not size:
            raise GitFailed(f"object {sha} is {kind}")
        found.append(Object(sha, kind, int(size[0])))
    return tuple(found)


def read(git: Git, objects: Iterable[Object]) -> Iterator[tuple[Object, bytes]]:
    """Give each object with its bytes, never many of them in memory."""
    for batch in _batches(objects):
        data = _ask(git, "--batch", [one.sha for one in batch])
        at = 0
        for one in batch:
            start = data.index(b"\n", at) + 1
            at = start + one.size + 1
            yield one, data[start : at - 1]


def _batches(objects: Iterable[Object]) -> Iterator[list[Object]]:
    batch: list[Object] = []
    room = _BATCH
    for one in objects:
        if batch and one.size > room:
            yield batch
            batch, room = [], _BATCH
        batch.append(one)
        room -= one.size
    if batch:
        yield batch


def _ask(git: Git, how: str, shas: Iterable[str]) -> bytes:
    answer = git.call("cat-file", how, feed="".join(f"{sha}\n" for sha in shas).encode())
    if not answer.ok:
        raise GitFailed(f"git cat-file failed in {git.directory}: {answer.err or answer.status}")
    return answer.out
