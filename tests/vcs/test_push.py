"""The four outcomes of a push, as real remotes word them."""

from pathlib import Path

import pytest

from tasks_lib.config import RunConfig
from tasks_lib.vcs.git import Answer
from tasks_lib.vcs.mirror import Mirror
from tasks_lib.vcs.push import PushOutcome, PushState, read_push
from tests.vcs.conftest import Remote


@pytest.fixture
def mirror(config: RunConfig) -> Mirror:
    made = Mirror(config)
    made.fetch()
    return made


def child(mirror: Mirror, parent: str) -> str:
    return mirror.commit(f"{parent}^{{tree}}", (parent,), "Child\n")


def push_to_main(mirror: Mirror, commit: str) -> PushOutcome:
    return mirror.push({"main": commit})


def test_accepted(remote: Remote, mirror: Mirror) -> None:
    """What was pushed is there; the same again is accepted too."""
    commit = child(mirror, remote.sha("main"))
    assert push_to_main(mirror, commit).state is PushState.ACCEPTED
    assert push_to_main(mirror, commit).state is PushState.ACCEPTED
    assert remote.sha("main") == commit


def test_lost_to_an_earlier_push(remote: Remote, mirror: Mirror) -> None:
    """Somebody was first, whether or not we know their commit."""
    ours = child(mirror, remote.sha("main"))
    theirs = remote.commit("main", {"x": "x"})
    assert push_to_main(mirror, ours).state is PushState.LOST
    mirror.fetch()
    assert push_to_main(mirror, ours).state is PushState.LOST
    assert remote.sha("main") == theirs


def test_lost_to_a_push_in_the_same_moment(remote: Remote, mirror: Mirror) -> None:
    """Another push holds the lock of the branch."""
    (remote.path / "refs/heads/main.lock").touch()
    ours = child(mirror, remote.sha("main"))
    assert push_to_main(mirror, ours).state is PushState.LOST
    assert mirror.push({"main": ours, "new": ours}).state is PushState.LOST


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_refused_by_a_hook(remote: Remote, mirror: Mirror, hook: str) -> None:
    """The hook's own words are kept, and all branches of one push share the fate."""
    remote.hook(hook, "test $# = 0 -o \"$1\" = refs/heads/main || exit 0; echo 'frozen today' >&2; exit 1")
    ours = child(mirror, remote.sha("main"))
    outcome = mirror.push({"main": ours, "new": ours})
    assert outcome.state is PushState.REFUSED
    assert "frozen today" in outcome.words
    assert remote.branches() == {"main"}


def test_refused_as_a_protected_setting(remote: Remote, mirror: Mirror) -> None:
    """A rule of the remote's configuration is policy as well."""
    mirror.fetch()
    with (remote.path / "config").open("a") as settings:
        settings.write("[transfer]\n\thideRefs = refs/heads/main\n")
    outcome = push_to_main(mirror, child(mirror, remote.sha("main")))
    assert outcome.state is PushState.REFUSED


@pytest.mark.parametrize(
    "words",
    [
        "fatal: Authentication failed for 'https://git.example.org/a/'",
        "git@example.org: Permission denied (publickey).",
        "fatal: could not read Username for 'https://git.example.org': terminal prompts disabled",
        "fatal: unable to access 'https://x/': The requested URL returned error: 403",
        "fatal: the receiving end does not support --atomic push",
    ],
)
def test_refused_at_the_door(words: str) -> None:
    """Credentials are a person's matter: trying again does not help."""
    assert read_push(Answer(128, b"", words)) == PushOutcome(PushState.REFUSED, words)


def test_unknown_when_the_line_breaks(remote: Remote, mirror: Mirror) -> None:
    """A remote that dies in the middle may have taken the push or not."""
    remote.hook("pre-receive", "kill -9 $PPID")
    assert push_to_main(mirror, child(mirror, remote.sha("main"))).state is PushState.UNKNOWN


def test_unknown_when_it_takes_too_long(remote: Remote, config: RunConfig, tmp_path: Path) -> None:
    """A push that is cut off by its time limit may have landed."""
    mirror = Mirror(config.model_copy(update={"git_timeout": 1.5}))
    mirror.fetch()
    remote.hook("post-receive", f"touch {tmp_path}/landed; sleep 30")
    commit = child(mirror, remote.sha("main"))
    assert push_to_main(mirror, commit).state is PushState.UNKNOWN
    assert remote.sha("main") == commit


def test_unknown_when_the_remote_is_gone(remote: Remote, mirror: Mirror) -> None:
    """No answer says nothing about an earlier push of the same commit."""
    remote.path.rename(remote.path.with_name("elsewhere"))
    assert push_to_main(mirror, "0" * 39 + "1").state is PushState.UNKNOWN
