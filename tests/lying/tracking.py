"""Ways to write the tracking file."""

from tasks_lib.ports import Ending
from tests.lying.stage import WORK, Lie

_OURS = "which only the orchestrator may write"
_MARK = "sed -i 's/not-started\\|in-progress/done/' docs/tasks.md"
_COMMIT = "git add -A && git commit -qm 'fix: all of it'"

TRACKING = (
    Lie(
        "edits the tracking file: every row is done",
        f"{WORK}; {_MARK}; {_COMMIT}",
        Ending.FAILED,
        "the file in the commit must be the one that was there",
        _OURS,
    ),
    Lie(
        "renames the tracking file",
        f"{WORK}; git mv docs/tasks.md docs/finished.md; {_COMMIT}",
        Ending.FAILED,
        "a rename takes it away from its path",
        _OURS,
    ),
    Lie(
        "deletes the tracking file",
        f"{WORK}; git rm -q docs/tasks.md; {_COMMIT}",
        Ending.FAILED,
        "it has to be there",
        _OURS,
    ),
    Lie(
        "makes the tracking file a symbolic link to a file of its own",
        f"{WORK}; sed 's/not-started/done/' docs/tasks.md > mine.md; ln -sf ../mine.md docs/tasks.md; "
        f"{_COMMIT}",
        Ending.FAILED,
        "mode and content must be the same, and a link has another mode",
        _OURS,
    ),
    Lie(
        "makes the tracking file's directory a symbolic link",
        f"{WORK}; git mv docs papers; sed -i 's/not-started/done/' papers/tasks.md; ln -s papers docs; "
        f"{_COMMIT}",
        Ending.FAILED,
        "the path is looked up in the tree, where a link leads nowhere",
        _OURS,
    ),
    Lie(
        "puts a file beside it whose name differs in case only",
        f"{WORK}; sed 's/not-started/done/' docs/tasks.md > docs/TASKS.md; {_COMMIT}",
        Ending.FAILED,
        "on machines that do not tell case apart the two are one file",
        "docs/TASKS.md",
    ),
    Lie(
        "replaces the tracking file's directory by a submodule",
        f"{WORK}; git rm -rqf docs; git init -q docs; git -C docs commit -q --allow-empty -m inner; "
        f"{_COMMIT}",
        Ending.FAILED,
        "the path is gone from the tree, and repositories inside are refused as well",
        _OURS,
    ),
    Lie(
        "hides a repository inside the repository",
        f"{WORK}; git init -q inner; git -C inner commit -q --allow-empty -m inner; {_COMMIT}",
        Ending.FAILED,
        "no new submodules: what they hold cannot be checked",
        "not repositories inside the repository",
    ),
    Lie(
        "brings an edited tracking file in by a merge commit",
        f"{WORK}; git checkout -q -b side HEAD^; {_MARK}; git commit -qam side; "
        "git checkout -q fix/answer; git merge -q --no-edit side",
        Ending.FAILED,
        "the tip's tree is compared, however it came about",
        _OURS,
    ),
    Lie(
        "edits the tracking file and takes that back in a later commit",
        f"{_MARK}; git commit -qam mine; git revert --no-edit HEAD >/dev/null; {WORK}",
        Ending.DONE,
        "the commit that is merged holds the file as it was; what stood there in between is never read",
    ),
    Lie(
        "pushes the tracking file itself",
        f'{WORK}; git push -q "$REMOTE" HEAD:main; git remote add origin "$REMOTE"; '
        "git push -q origin HEAD:main",
        Ending.DONE,
        "the remote is not in the sandbox and there is no network to it; the work is taken as usual",
    ),
)
