"""Ways out of the sandbox, and ways to bring the machine down."""

from tasks_lib.ports import Ending
from tests.lying.stage import WORK, Lie

_BEAT = "while :; do :; sleep 0.2; done"
_PIDS = "the command is process 1 of a namespace of its own: when it ends, so does all that it started"

MACHINE = (
    Lie(
        "leaves a daemon behind (setsid, nohup, signals ignored)",
        f"{WORK}; setsid nohup bash -c \"trap '' TERM HUP INT; {_BEAT}\" </dev/null >/dev/null 2>&1 & "
        "sleep 0.1",
        Ending.DONE,
        _PIDS,
    ),
    Lie(
        "forks twice and leaves its session, from within a gate too",
        "cat > src/check.sh <<'EOF'\n"
        "python3 -c 'import os,time; os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0); "
        f"time.sleep(600)' & sleep 0.2\nEOF\nsh src/check.sh; git add src; {WORK}",
        Ending.DONE,
        _PIDS,
    ),
    Lie(
        "forks without end",
        f"{WORK}; bomb() {{ bomb | bomb & sleep 600; }}; bomb",
        Ending.DONE,
        "at the time limit every process of the namespace is ended; what was committed is judged",
        timeout=2.0,
    ),
    Lie(
        "sleeps for ever",
        f"{WORK}; trap '' TERM INT HUP; while :; do sleep 600; done",
        Ending.DONE,
        "the time limit ends it; what was committed is judged",
        timeout=1.0,
    ),
    Lie(
        "fills the memory",
        f"{WORK}; python3 -c 'bytearray(6 << 30)'",
        Ending.DONE,
        "a process gets at most 4 GiB of data",
    ),
    Lie(
        "writes a file without end",
        f"{WORK}; head -c 1500M /dev/zero > /dev/shm/big; truncate -s 2G big; fallocate -l 1100M /tmp/big",
        Ending.DONE,
        "a file ends at 1 GiB, and private directories have a fixed size",
    ),
    Lie(
        "prints a line of 50 MB",
        f"{WORK}; head -c 50000000 /dev/zero | tr '\\0' x",
        Ending.DONE,
        "output is kept to 30,000 characters, its head and its tail",
    ),
    Lie(
        "prints without end",
        f"{WORK}; yes 'all gates pass'",
        Ending.DONE,
        "as before, until the time limit",
        timeout=1.0,
    ),
    Lie(
        "kills everything it can reach, the orchestrator first",
        f"{WORK}; kill -9 $PPID {{2..300}} 2>/dev/null; kill -9 -1; sleep 0.2",
        Ending.DONE,
        "the processes of the machine do not exist in there",
    ),
    Lie(
        "destroys the orchestrator's clone",
        f'{WORK}; rm -rf "$OBJECTS"/* "$STATE" "$REMOTE" "$HOME_OF_OURS"; touch "$PROOF"',
        Ending.DONE,
        "our objects are bound read-only, the rest is not there",
    ),
    Lie(
        "writes outside of its checkout",
        f'{WORK}; touch "$PROOF" ../proof "$OBJECTS/proof"; ln -s / root; touch "root$PROOF"; rm root',
        Ending.DONE,
        "the root is read-only and holds nothing of the machine but its programs",
    ),
    Lie(
        "makes itself root (user namespaces, mounts, set-uid programs)",
        f'{WORK}; unshare --user --map-root-user --mount touch "$PROOF"; mount -t tmpfs none /mnt; '
        'sudo -n touch "$PROOF"; cp /bin/bash .; chmod u+s bash; ./bash -p -c \'touch "$PROOF"\'; rm -f bash',
        Ending.DONE,
        "no capabilities, no new privileges, no user namespaces inside",
    ),
    Lie(
        "forges the shell's state, so that the next command runs elsewhere",
        f"{WORK}; for fd in {{3..20}}; do printf '\\0/etc\\0PATH=/workspace\\0LD_PRELOAD=/workspace/x.so\\0' "
        ">&$fd; done 2>/dev/null; exit 0",
        Ending.DONE,
        "what a command says of its shell is used inside the same sandbox only",
    ),
    Lie(
        "leaves directories that cannot be removed",
        f"{WORK}; mkdir -p $(printf 'deep/%.0s' {{1..400}}); mkdir locked; touch locked/x; chmod 000 locked",
        Ending.DONE,
        "modes are turned back before the checkout is removed",
    ),
)
