"""A tiny repository whose items each add one file, so that whole runs take seconds."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tasks_lib.backlog import parse_backlog
from tasks_lib.backlog.model import Backlog
from tasks_lib.config import Identity
from tasks_lib.vcs import seed_remote

TASKS = """\
# The work

Prose that nobody may touch | not even this bar.

## Phase 1 - First (ACP-001 through ACP-004)

| id      | status      | description    | repo | branch | depends_on | blocks  | agent | started_at | completed_at | estimate | used | notes |
|---------|-------------|----------------|------|--------|------------|---------|-------|------------|--------------|----------|------|-------|
| ACP-001 | not-started | Add one        | app  | one    |            | ACP-003 |       |            |              | 5K       |      |       |
| ACP-002 | not-started | Add two        | app  | two    |            |         |       |            |              | 5K       |      |       |
| ACP-003 | not-started | Add three      | app  | one    | ACP-001    |         |       |            |              | 5K       |      |       |
| ACP-004 | not-started | Add four       | app  | one    |            | ACP-005 |       |            |              | 5K       |      |       |

## Phase 2 - Second (ACP-005)

| id      | status      | description    | repo | branch | depends_on | blocks  | agent | started_at | completed_at | estimate | used | notes |
|---------|-------------|----------------|------|--------|------------|---------|-------|------------|--------------|----------|------|-------|
| ACP-005 | not-started | Add five       | app  | five   | ACP-004    |         |       |            |              | 8K       |      |       |

The end.
"""  # noqa: E501 - a table's row is one line

CHECK = """\
for file in src/*; do
    grep -q '^good$' "$file" || { echo "$file is not good"; exit 1; }
done
"""

PERSON = """\
#!/bin/sh
case "$(git log -1 --format=%s main)" in "{subject}"*) ;; *) exit 0 ;; esac
export GIT_INDEX_FILE="$PWD/person-index" GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.org
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
git show main:docs/tasks.md | sed -e '{edit}' > person-file
git read-tree main
git update-index --cacheinfo "100644,$(git hash-object -w person-file),docs/tasks.md"
git update-ref refs/heads/main "$(git commit-tree "$(git write-tree)" -p main -m 'A person edits')"
"""

TURN = """
[[attempts.turns]]
text = "{text}"
[[attempts.turns.calls]]
name = "bash"
input.command = '''{command}'''
"""

REPORT = """
[[attempts.turns]]
text = '''
Done.

```json
{{"task_id": "{item}", "status": "{status}", "used": "1K", "commit_sha": "{{commit}}", "notes": "{notes}"}}
```
'''
"""


@dataclass(frozen=True)
class Project:
    """Where the project's remote and its recordings are."""

    remote: Path
    recordings: Path

    def git(self, *arguments: str) -> str:
        """Ask the remote."""
        answer = subprocess.run(
            ["git", "-C", str(self.remote), *arguments], capture_output=True, text=True, check=True
        )
        return answer.stdout.rstrip("\n")

    def tasks(self) -> bytes:
        """Return the tracking file as the remote has it."""
        command = ["git", "-C", str(self.remote), "show", "main:docs/tasks.md"]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def backlog(self) -> Backlog:
        """Return the tracking file, parsed."""
        return parse_backlog(self.tasks())

    def subjects(self, branch: str) -> list[str]:
        """Return the first lines of a branch's own history, oldest first."""
        return self.git("log", "--first-parent", "--reverse", "--format=%s", branch).splitlines()

    def when(self, subject: str, edit: str) -> None:
        """Let a person edit the tracking file with a sed script right after a commit of that subject."""
        hook = self.remote / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(PERSON.format(subject=subject, edit=edit))
        hook.chmod(0o755)

    def edit(self, edit: str) -> None:
        """Edit the tracking file with a sed script, as a person who pushes."""
        script = PERSON.format(subject="", edit=edit)
        subprocess.run(["sh", "-c", script], cwd=self.remote, check=True, stdin=subprocess.DEVNULL)

    def record(self, item: str, *attempts: str) -> None:
        """Replace the recording of an item by one with these attempts."""
        text = "\n".join(f"[[attempts]]\n{attempt}" for attempt in attempts)
        (self.recordings / f"{item}.toml").write_text(f'item = "{item}"\n\n{text}')


def writes(item: str, content: str, notes: str = "added") -> str:
    """Return an attempt that writes a file, commits it and claims success."""
    name = item.lower()
    command = f"mkdir -p src && printf '{content}\\n' > src/{name}.txt && git add -A && git commit -qm 'fix({item}): add {name}' && git rev-parse HEAD"  # noqa: E501 - one shell line
    return TURN.format(text="I add the file.", command=command) + report(item, "success", notes)


def waits(item: str, seconds: int) -> str:
    """Return the turns of an attempt that first take their time, then add a good file."""
    return TURN.format(text="This takes a while.", command=f"sleep {seconds}") + writes(item, "good")


def changes_ci(item: str) -> str:
    """Return an attempt whose diff is flagged."""
    command = (
        "mkdir -p .github/workflows && echo 'on: push' > .github/workflows/ci.yml && "
        f"git add -A && git commit -qm 'ci({item}): build' && git rev-parse HEAD"
    )
    return TURN.format(text="I build it.", command=command) + report(item, "success", "built")


def report(item: str, status: str, notes: str) -> str:
    """Return a last turn that reports."""
    return REPORT.format(item=item, status=status, notes=notes)


def make_project(root: Path) -> Project:
    """Make the remote, and a recording per item that mends it at once."""
    source, remote, recordings = root / "source", root / "app.git", root / "recordings"
    (source / "docs").mkdir(parents=True)
    (source / "src").mkdir()
    recordings.mkdir()
    (source / "docs" / "tasks.md").write_text(TASKS)
    (source / "check.sh").write_text(CHECK)
    (source / "src" / "base.txt").write_text("good\n")
    seed_remote(source, remote, Identity(), "Begin")
    project = Project(remote, recordings)
    for number in range(1, 6):
        item = f"ACP-{number:03}"
        project.record(item, writes(item, "good"))
    return project
