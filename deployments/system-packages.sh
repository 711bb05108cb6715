#!/bin/sh
# Makes sure of what a run needs from the system: git, bubblewrap, and Python 3.11 or newer with venv; and of
# the programs that are named as arguments, whose Debian packages have the same names.
set -eu

python=${PYTHON:-python3}
missing=""
command -v git >/dev/null || missing="$missing git"
command -v bwrap >/dev/null || missing="$missing bubblewrap"
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
for program in "$@"; do
    command -v "$program" >/dev/null || missing="$missing $program"
done

if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the Debian packages$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # the names are separate arguments
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif [ -n "$missing" ]; then
    echo "These Debian packages are missing:$missing" >&2
    echo "Install them, then try again:  sudo apt-get install$missing" >&2
    exit 1
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$python is missing or too old: Python 3.11 or newer is needed." >&2
    echo "Name another one, for instance:  make PYTHON=python3.12 demo" >&2
    exit 1
fi
