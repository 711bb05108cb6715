"""A clone of ours that lost objects, or holds garbled ones, mends itself where somebody notices."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.errors import RemoteUnavailable, TrackingFileLost
from tasks_lib.vcs import GitLedger, GitWorkspaces, make_lock, open_commit
from tasks_lib.vcs.git import GitFailed
from tasks_lib.vcs.mirror import Mirror
from tests.vcs.conftest import Remote, git, item, work, write

FILE = "main:docs/tasks.md"


@pytest.fixture
def mirror(config: RunConfig) -> Mirror:
    made = Mirror(config)
    made.fetch()
    return made


def loose(mirror: Mirror, sha: str) -> Path:
    """Return where an object is, unpacked where it was in a pack."""
    for pack in (mirror.path / "objects" / "pack").glob("*.pack"):
        aside = pack.rename(mirror.path / pack.name)
        with aside.open("rb") as data:
            subprocess.run(["git", "-C", str(mirror.path), "unpack-objects", "-q"], stdin=data, check=True)
    return mirror.path / "objects" / sha[:2] / sha[2:]


def lose(path: Path) -> None:
    path.unlink()


def garble(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"nonsense")


@pytest.mark.parametrize("damage", [lose, garble])
@pytest.mark.parametrize("what", ["main", "main^{tree}", FILE])
def test_the_tracking_file_is_read_all_the_same(
    remote: Remote, config: RunConfig, mirror: Mirror, damage: Callable[[Path], None], what: str
) -> None:
    """Commit, tree or blob: the clone is made anew, and nobody is told of a lost file."""
    damage(loose(mirror, remote.sha(what)))
    assert len(GitLedger(config, run_id="run-7").read()) == 2
    mirror.check_sound()


def test_an_entry_is_written_all_the_same(remote: Remote, config: RunConfig, mirror: Mirror) -> None:
    """Once, and by the same run: a commit that it has seen and that got lost is no rewritten history."""
    ledger = GitLedger(config, run_id="run-7")
    ledger.read()
    seen = remote.sha("main")
    remote.commit("main", {"more.txt": "x\n"})
    lose(loose(mirror, seen))
    ledger.record(lambda backlog: {each.id: {"notes": "n"} for each in backlog}, "Note")
    assert git(remote.path, "log", "--format=%s", "main").splitlines()[0] == "Note"
    assert git(remote.path, "rev-list", "--count", "main") == "3"


def test_a_history_that_was_rewritten_is_told_all_the_same(remote: Remote, config: RunConfig) -> None:
    """A clone that is sound is believed."""
    ledger = GitLedger(config, run_id="run-7")
    remote.commit("main", {"more.txt": "x\n"})
    ledger.read()
    git(remote.path, "update-ref", "refs/heads/main", "main^")
    with pytest.raises(TrackingFileLost, match="rewritten"):
        ledger.read()


@pytest.mark.parametrize("leave", [work, write], ids=["committed", "salvaged"])
def test_work_goes_on(
    remote: Remote,
    config: RunConfig,
    mirror: Mirror,
    workspaces: GitWorkspaces,
    leave: Callable[[Path, dict[str, str | None]], object],
) -> None:
    """Whatever step meets the damage: what an agent did before it is checked and published."""
    lost = remote.sha("main:apps/web/b.py")
    lose(loose(mirror, lost))
    with workspaces.open(item()) as workspace:
        leave(workspace.path, {"apps/api/a.py": "one = 2\n"})
        harvest = workspaces.harvest(item(), workspace)
    lose(loose(mirror, lost))
    with open_commit(config, harvest.commit) as files:
        assert (files / "apps/web/b.py").read_text() == "two = 2\n"
    lose(loose(mirror, remote.sha("main^{tree}")))
    workspaces.publish(item(), harvest, {})
    assert remote.sha("fix/auth") == harvest.commit


def test_what_cannot_be_had_anew_is_kept(remote: Remote, mirror: Mirror) -> None:
    """While the remote is away a damaged clone stays; the error is one that is worth a retry."""
    sha = remote.sha(FILE)
    lose(loose(mirror, sha))
    elsewhere = remote.path.with_name("elsewhere")
    remote.path.rename(elsewhere)
    with pytest.raises(RemoteUnavailable, match=r"remote\.git"):
        mirror.mended(lambda: mirror.blob(sha))
    assert mirror.tip("main") is not None
    elsewhere.rename(remote.path)
    assert mirror.mended(lambda: mirror.blob(sha)).startswith(b"# Tasks")


def test_a_sound_clone_is_not_made_anew(config: RunConfig, mirror: Mirror) -> None:
    """What never was there is no damage, and neither is what a lock left in it."""
    with make_lock(config, "next").exclusive():
        GitLedger(config).read()
    marker = mirror.path / "marker"
    marker.touch()
    with pytest.raises(GitFailed, match="0000"):
        mirror.mended(lambda: mirror.blob("0" * 40))
    assert marker.exists()


def test_what_killed_processes_left_is_dropped(config: RunConfig, mirror: Mirror) -> None:
    """At the start of a run; a file that may be a living process's stays."""
    objects = mirror.path / "objects"
    old = [objects / "pack/tmp_pack_1", objects / "pack/pack-1.keep", objects / "a1/tmp_obj_1"]
    locks = [mirror.path / "packed-refs.new", objects / "info/commit-graph.lock"]
    young = objects / "a1/tmp_obj_2"
    (objects / "a1").mkdir(exist_ok=True)
    for path in (*old, *locks, young):
        path.touch()
    half = mirror.path.with_suffix(".new")
    half.mkdir()
    for path in old:
        os.utime(path, (0, 0))
    with make_lock(config, "next").exclusive():
        assert [path for path in (*old, *locks) if path.exists()] == []
        assert young.exists()
        assert not half.exists()


def test_the_clone_does_not_grow_without_bounds(
    remote: Remote, config: RunConfig, mirror: Mirror, tmp_path: Path
) -> None:
    """Signs of life leave an object each: with too many of them, the old ones go at the start of a run."""
    signs = 3000
    for number in range(signs):
        (tmp_path / f"{number}.txt").write_text(f"{number}\n")
    names = [f"{tmp_path}/{number}.txt" for number in range(signs)]
    git(mirror.path, "-c", "core.fsync=none", "hash-object", "-w", "--", *names)
    found = [path for path in (mirror.path / "objects").glob("??/*") if path.is_file()]
    assert len(found) >= signs
    for path in found[: signs // 2]:
        os.utime(path, (0, 0))
    with make_lock(config, "next").exclusive():
        left = [path for path in (mirror.path / "objects").glob("??/*") if path.is_file()]
    assert len(left) < signs / 2 + 100
    mirror.check_sound()
    assert mirror.tip("main") == remote.sha("main")
