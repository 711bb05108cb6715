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

    def record(self, item: str, *attempts: str) -> None:
        """Replace the recording of an item by one with these attempts."""
        text = "\n".join(f"[[attempts]]\n{attempt}" for attempt in attempts)
        (self.recordings / f"{item}.toml").write_text(f'item = "{item}"\n\n{text}')


def writes(item: str, content: str, notes: str = "added") -> str:
    """Return an attempt that writes a file, commits it and claims success."""
    name = item.lower()
    command = f"mkdir -p src && printf '{content}\\n' > src/{name}.txt && git add -A && git commit -qm 'fix({item}): add {name}' && git rev-parse HEAD"  # noqa: E501 - one shell line
    return TURN.format(text="I add the file.", command=command) + report(item, "success", notes)


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
