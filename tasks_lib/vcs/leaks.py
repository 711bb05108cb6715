"""Secrets in what a push would send: looked for in every new object, not only in what differs at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks_lib.errors import WorkRefused
from tasks_lib.review import Secrets, matches
from tasks_lib.review.change import REPOSITORY
from tasks_lib.review.flags import printable
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.objects import Object, look_up, read

_DIRECTORY = "040000"

LARGEST = 100_000_000
"""Bytes of one file above which hosts refuse it."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """Looks for ``secrets`` in what a push would send.

    What only looks like a token is let pass in ``allowed`` paths; values that we hold never are.
    """

    mirror: Mirror
    secrets: Secrets
    allowed: Sequence[str] = ()

    def refuse(self, base: str, commit: str, branch: str) -> None:
        """Raise ``WorkRefused``, naming the place, when a push of the commit would carry a secret.

        Files, their names, messages, authors and the branch's name are looked at, in all commits since the
        base; so is whether a file is larger than hosts take.
        """
        if self.secrets.known_in(branch.encode()):
            raise WorkRefused("The name of the branch holds a secret of the orchestrator.")
        places = _new_objects(self.mirror, base, commit)
        objects = look_up(self.mirror.git, places)
        _refuse_large(objects, places)
        for one, data in read(self.mirror.git, objects):
            what = self._found(one, places[one.sha], data, base)
            if what:
                raise WorkRefused(_advice(_named(one, places), what))

    def _found(self, one: Object, path: str, data: bytes, base: str) -> str:
        """Say what of a secret an object holds; nothing for none, or for what the base holds as well."""
        if self.secrets.known_in(data):
            return "a secret of the orchestrator"
        if one.kind == "tree" or (path and matches(path, self.allowed)):
            return ""
        found = self.secrets.tokens_in(data)
        if found:
            found = {token: what for token, what in found.items() if token not in self._before(base, path)}
        return next(iter(found.values()), "")

    def _before(self, base: str, path: str) -> Mapping[bytes, str]:
        """Return what looks like a token in a file of the base."""
        entry = self.mirror.entry(base, path) if path else None
        if entry is None or entry.mode in {REPOSITORY, _DIRECTORY}:
            return {}
        return self.secrets.tokens_in(self.mirror.blob(entry.sha))


def _new_objects(mirror: Mirror, base: str, commit: str) -> Mapping[str, str]:
    """Return what the remote has not got yet: the objects' shas, and the paths of files and trees."""
    out = mirror.git.run("rev-list", "--objects", commit, f"^{base}", "--not", "--remotes=origin")
    pairs = (line.partition(" ") for line in out.split("\n") if line)
    return {sha: path for sha, _, path in pairs}


def _refuse_large(objects: Sequence[Object], places: Mapping[str, str]) -> None:
    for one in objects:
        if one.size > LARGEST:
            raise WorkRefused(
                f"{_named(one, places)} is {one.size:,} bytes large; no file may have more than {LARGEST:,}, "
                f"not even in an earlier commit. Begin again from the base without it."
            )


def _named(one: Object, places: Mapping[str, str]) -> str:
    path = printable(places[one.sha])
    kinds = {"blob": path, "tree": f"the names in {path or 'the root directory'}"}
    return kinds.get(one.kind, f"the message or the author of {one.kind} {one.sha[:10]}")


def _advice(place: str, what: str) -> str:
    return (
        f"{place} holds {what}. It must not leave this machine, so nothing was pushed. It has to go from "
        f"every commit of yours: `git reset --soft` to the commit that the branch started from, take it out "
        f"and commit."
    )
