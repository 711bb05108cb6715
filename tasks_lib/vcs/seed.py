"""A new bare remote from a directory: how the example becomes a repository that can be run on."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tasks_lib.config import Identity
from tasks_lib.vcs.git import Git

_SECONDS = 60.0


def seed_remote(source: Path, remote: Path, identity: Identity, subject: str = "Begin") -> None:
    """Make a bare repository whose ``main`` holds the directory's files, those that it ignores left out.

    It appears whole or not at all.
    """
    remote.parent.mkdir(parents=True, exist_ok=True)
    variables = {
        "GIT_AUTHOR_NAME": identity.name,
        "GIT_AUTHOR_EMAIL": identity.email,
        "GIT_COMMITTER_NAME": identity.name,
        "GIT_COMMITTER_EMAIL": identity.email,
    }
    with TemporaryDirectory(prefix=f"{remote.name}-", dir=remote.parent) as directory:
        made = Path(directory) / remote.name
        git = Git(made, _SECONDS, variables=variables)
        git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
        git.run(f"--work-tree={source.resolve()}", "add", "--all", ".")
        commit = git.run("commit-tree", git.run("write-tree"), "-m", subject)
        git.run("update-ref", "refs/heads/main", commit)
        (made / "index").unlink()
        made.rename(remote)
