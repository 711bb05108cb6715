#!/bin/sh
# Makes sure that git, bubblewrap and Python's venv module are there: the Debian packages a run needs.
set -eu

missing=""
command -v git >/dev/null || missing="$missing git"
command -v bwrap >/dev/null || missing="$missing bubblewrap"
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the Debian packages$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # the names are separate arguments
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
    exit 0
fi

echo "These Debian packages are missing:$missing" >&2
echo "Install them, then try again:  sudo apt-get install$missing" >&2
exit 1
