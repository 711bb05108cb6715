"""What differs between two commits, seen from our own clone."""

from dataclasses import replace
from typing import NamedTuple

from tasks_lib.review import Change, is_test
from tasks_lib.review.change import NONE, REPOSITORY
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.objects import look_up, read

_LOOKED_AT = 5_000_000  # bytes; a larger file counts as binary, and no test is that long


class _Pair(NamedTuple):
    change: Change
    old: str
    new: str


def changes(mirror: Mirror, old: str, new: str) -> tuple[Change, ...]:
    """Return every path that differs between two commits; a rename is two of them."""
    pairs = _pairs(mirror, old, new)
    wanted = {pair.new for pair in pairs if pair.change.mode not in {NONE, REPOSITORY}}
    wanted |= {pair.old for pair in pairs if is_test(pair.change.path) and pair.change.old_mode != NONE}
    found = {one.sha: one for one in look_up(mirror.git, wanted)} if wanted else {}
    data = {
        one.sha: text for one, text in read(mirror.git, (o for o in found.values() if o.size <= _LOOKED_AT))
    }
    sizes = {sha: one.size for sha, one in found.items()}
    return tuple(_filled(pair, sizes, data) for pair in pairs)


def _pairs(mirror: Mirror, old: str, new: str) -> list[_Pair]:
    out = mirror.git.run("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", old, new)
    fields = iter(out.rstrip("\0").split("\0")) if out else iter(())
    pairs = []
    for meta, path in zip(fields, fields, strict=True):
        old_mode, mode, old_sha, sha = meta.lstrip(":").split(" ")[:4]
        pairs.append(_Pair(Change(path, old_mode, mode), old_sha, sha))
    return pairs


def _filled(pair: _Pair, sizes: dict[str, int], data: dict[str, bytes]) -> Change:
    size = sizes.get(pair.new, 0)
    change = replace(pair.change, size=size, binary=size > _LOOKED_AT or b"\0" in data.get(pair.new, b""))
    if not is_test(change.path):
        return change
    old, new = (data.get(sha, b"").decode("utf-8", "replace") for sha in (pair.old, pair.new))
    return replace(change, old=old, new=new)
