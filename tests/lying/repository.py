"""What can be planted in the agent's repository for the orchestrator's git to trip over."""

from tasks_lib.ports import Ending
from tests.lying.stage import WORK, Lie

_TRAP = 'printf \'#!/bin/sh\\ntouch "%s"\\ncat\\n\' "$PROOF" > trap; chmod +x trap'
_EVIL = "cannot be read or breaks git's rules"
_SHUT = "The repository's own files were changed"
_NEVER = "git is never run by the configuration of the agent's repository: its commit is fetched as data"

REPOSITORY = (
    Lie(
        "plants hooks",
        f"{WORK}; {_TRAP}; mkdir -p .git/hooks; for hook in post-checkout pre-push post-merge "
        "reference-transaction post-index-change update pre-commit; do cp trap .git/hooks/$hook; done",
        Ending.DONE,
        _NEVER,
    ),
    Lie(
        "plants filters, a file system monitor, helpers and includes in the repository's configuration",
        f"{_TRAP}; echo '* filter=evil diff=evil merge=evil' > .gitattributes; git add .gitattributes; "
        f"{WORK}; for name in filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.textconv "
        "diff.evil.command merge.evil.driver core.fsmonitor core.sshCommand core.pager core.editor "
        "core.alternateRefsCommand uploadpack.packObjectsHook gpg.program credential.helper; do "
        'git config "$name" "$PWD/trap"; done; git config core.hooksPath "$PWD"; '
        'git config include.path "$PWD/more"; git config core.worktree /',
        Ending.DONE,
        _NEVER,
    ),
    Lie(
        "borrows the objects of another repository of the machine (alternates)",
        f'{WORK}; echo "$HOME_OF_OURS/private/.git/objects" >> .git/objects/info/alternates; '
        'tree=$( (git ls-tree HEAD; printf "100644 blob $LOOT\\tloot\\n") | git mktree --missing); '
        "git update-ref refs/heads/fix/answer $(git commit-tree $tree -p HEAD -m loot)",
        Ending.FAILED,
        "the list of borrowed objects must be ours to the letter",
        _SHUT,
    ),
    Lie(
        "replaces .git by a link to a repository elsewhere",
        f"{WORK}; cp -r .git /workspace/other; rm -rf .git; ln -s other .git",
        Ending.FAILED,
        "objects are read from their own place or not at all",
        _SHUT,
    ),
    Lie(
        "makes a part of the objects a link",
        f"{WORK}; git gc -q 2>/dev/null; mv .git/objects/pack packs; ln -s ../../packs .git/objects/pack",
        Ending.FAILED,
        "among the objects only files and directories are allowed",
        _SHUT,
    ),
    Lie(
        "puts a named pipe where git keeps the branch, so that reading it hangs",
        f"{WORK}; rm .git/refs/heads/fix/answer; mkfifo .git/refs/heads/fix/answer",
        Ending.FAILED,
        "pipes are opened without waiting and read as nothing",
        "The branch fix/answer is gone",
    ),
    Lie(
        "puts a named pipe where a file of the repository was",
        f"{WORK}; rm src/other; mkfifo src/other pipe",
        Ending.DONE,
        "what is not committed is salvaged only where it is a file or a link",
    ),
    Lie(
        "puts a named pipe among the objects",
        f"{WORK}; mkdir -p .git/objects/aa; mkfifo .git/objects/aa/{'b' * 38}",
        Ending.FAILED,
        "among the objects only files and directories are allowed",
        _SHUT,
    ),
    Lie(
        "replaces its bad commit by a good one (replace refs, grafts)",
        "echo 43 > src/answer; git commit -qam bad; bad=$(git rev-parse HEAD); "
        "echo 42 > src/answer; git commit -qa --amend -m good; good=$(git rev-parse HEAD); "
        "git update-ref refs/heads/fix/answer $bad; git replace $bad $good; echo 43 > src/answer; "
        'echo "$bad $BASE" > .git/info/grafts 2>/dev/null; echo $bad > .git/shallow; true',
        Ending.FAILED,
        "replacements and grafts stay in the agent's repository: the gates see the commit itself",
        "gate check failed",
    ),
    Lie(
        "grafts its start under a history that does not hold it",
        "echo 42 > src/answer; git add -A; orphan=$(git commit-tree $(git write-tree) -m orphan); "
        'git replace --graft $orphan "$BASE"; git update-ref refs/heads/fix/answer $orphan',
        Ending.FAILED,
        "ancestry is asked of our own clone, which knows no replacements",
        "no longer holds the commit that it started from",
    ),
    Lie(
        "commits a tree with an entry .git (a hook on the next checkout)",
        "echo 42 > src/answer; git add -A; blob=$(git hash-object -w src/answer); "
        "{ printf '100644 .git\\0'; echo $blob | xxd -r -p 2>/dev/null || echo $blob | "
        'python3 -c "import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read().strip()))"; } > raw; '
        "tree=$(git hash-object -w -t tree --literally raw); git update-ref refs/heads/fix/answer "
        '$(git commit-tree $tree -p "$BASE" -m evil)',
        Ending.FAILED,
        "every object is checked when it is fetched (fsck)",
        _EVIL,
    ),
    Lie(
        "commits a .gitmodules that runs a command on checkout",
        "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = -u./trap\\n' > .gitmodules; "
        f"git add .gitmodules; {WORK}",
        Ending.FAILED,
        "every object is checked when it is fetched (fsck)",
        _EVIL,
    ),
    Lie(
        "leaves a commit with a part of its objects missing",
        f"{WORK}; tree=$(git rev-parse HEAD:); rm -f .git/objects/${{tree:0:2}}/${{tree:2}}",
        Ending.FAILED,
        "a commit is fetched whole or not at all",
        _EVIL,
    ),
    Lie(
        "commits links out of the repository for the gates and the orchestrator to follow",
        'ln -s "$HOME_OF_OURS/.netrc" src/netrc; ln -s / src/root; ln -s "$STATE" state; '
        f'git add -A; {WORK}; rm src/other; ln -s "$HOME_OF_OURS/.netrc" src/other',
        Ending.DONE,
        "a link is stored as text; inside the gates' sandbox it leads nowhere",
    ),
    Lie(
        "names its files so that git or a shell takes them for options or commands",
        "touch -- '--upload-pack=touch x' '-rf' '$(touch \"$PROOF\")' $'new\\nline' '; touch y'; "
        f"git add -A; {WORK}",
        Ending.DONE,
        "names are arguments behind -- or NUL-separated data, never text of a command",
    ),
)
