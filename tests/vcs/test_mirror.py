"""Our own clone is of no value: whatever happens to it, it is there again."""

import threading

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.errors import RemoteUnavailable
from tasks_lib.vcs import scratch
from tasks_lib.vcs.mirror import Mirror
from tests.vcs.conftest import Remote, git


@pytest.fixture
def mirror(config: RunConfig) -> Mirror:
    made = Mirror(config)
    made.fetch()
    return made


def test_it_follows_the_remote(remote: Remote, mirror: Mirror) -> None:
    """New, moved and deleted branches are seen, and a branch in the place of a directory of branches."""
    moved = remote.commit("main", {"x": "1"})
    made = remote.commit("a/b", {"y": "1"})
    mirror.fetch()
    assert (mirror.tip("main"), mirror.tip("a/b")) == (moved, made)
    git(remote.path, "branch", "-q", "-D", "a/b")
    git(remote.path, "branch", "-q", "a", made)
    mirror.fetch()
    assert (mirror.tip("a/b"), mirror.tip("a")) == (None, made)


def test_locks_of_killed_processes_do_not_block(remote: Remote, mirror: Mirror) -> None:
    """A lock file that nobody holds any more is dropped."""
    moved = remote.commit("main", {"x": "1"})
    (mirror.path / "refs/remotes/origin/main.lock").touch()
    (mirror.path / "packed-refs.lock").touch()
    mirror.fetch()
    assert mirror.tip("main") == moved


@pytest.mark.parametrize("lost", ["objects", "HEAD", "config", "refs/remotes/origin/main", "."])
def test_a_broken_clone_is_made_anew(remote: Remote, mirror: Mirror, lost: str) -> None:
    """Whatever part is missing, the next fetch mends it."""
    path = mirror.path / lost
    if path.is_dir():
        scratch.remove(path)
    else:
        path.unlink()
    mirror.fetch()
    assert mirror.tip("main") == remote.sha("main")


def test_a_damaged_clone_is_made_anew(remote: Remote, mirror: Mirror) -> None:
    """Objects that a crash left empty do not stop us."""
    for path in (mirror.path / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"")
    moved = remote.commit("main", {"x": "1"})
    mirror.fetch()
    assert mirror.tip("main") == moved
    assert mirror.blob(git(remote.path, "rev-parse", "main:x")) == b"1"


@pytest.mark.parametrize("broken", ["packed-refs", "config"])
def test_a_garbled_clone_is_made_anew(remote: Remote, mirror: Mirror, broken: str) -> None:
    """Files of git's own that git can no longer read do not stop us."""
    (mirror.path / broken).write_bytes(b"\x00\x01 nonsense [\n")
    moved = remote.commit("main", {"x": "1"})
    mirror.fetch()
    assert mirror.tip("main") == moved


def test_a_sound_clone_is_kept_when_the_remote_is_at_fault(remote: Remote, mirror: Mirror) -> None:
    """A remote that breaks off in the middle takes nothing away: open checkouts borrow from the clone."""
    begun = mirror.tip("main")
    moved = remote.commit("main", {"x": "1"})
    (remote.path / "objects" / moved[:2] / moved[2:]).rename(remote.path / "kept")
    marker = mirror.path / "marker"
    marker.touch()
    with pytest.raises(RemoteUnavailable, match=r"remote\.git"):
        mirror.fetch()
    assert marker.exists()
    assert mirror.tip("main") == begun
    (remote.path / "kept").rename(remote.path / "objects" / moved[:2] / moved[2:])
    mirror.fetch()
    assert mirror.tip("main") == moved


def test_many_threads_may_fetch(remote: Remote, config: RunConfig) -> None:
    """Instances in many threads make one clone between them and do not get into each other's way."""
    failures: list[RemoteUnavailable] = []

    def one() -> None:
        mirror = Mirror(config)
        try:
            for _ in range(4):
                mirror.fetch()
        except RemoteUnavailable as error:
            failures.append(error)

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for number in range(4):
        remote.commit("main", {"x": str(number)})
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_merge_names_what_conflicts(remote: Remote, mirror: Mirror) -> None:
    """Paths are named as they are, each once, and nothing else is."""
    name = 'ünd "so" weiter.txt'
    start = remote.commit("main", {name: "0\n", "other.txt": "0\n"})
    ours = remote.commit("ours", {name: "1\n", "other.txt": "1\n"}, "main")
    theirs = remote.commit("theirs", {name: "2\n"}, "main")
    mirror.fetch()
    assert mirror.merge(ours, theirs).conflicts == (name,)
    assert mirror.merge(ours, start).tree == git(remote.path, "rev-parse", f"{ours}^{{tree}}")


def test_passwords_stay_in_the_clone(config: RunConfig) -> None:
    """An address with a password is kept where others cannot read it, and not repeated in messages."""
    address = "http://ada:s3cret@127.0.0.1:9/x.git"
    mirror = Mirror(config.model_copy(update={"remote": address}))
    with pytest.raises(RemoteUnavailable) as gone:
        mirror.fetch()
    assert "s3cret" not in str(gone.value)
    assert (mirror.path / "config").stat().st_mode & 0o077 == 0
