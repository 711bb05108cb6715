#!/bin/sh
# Makes the first backlog's remote and configuration in the directory that is named.
set -eu
here=$(dirname "$0")
rm -rf "$1"
mkdir -p "$1"
cp -r "$here/recordings" "$here/tasks-md.toml" "$1"
git init -q --bare -b main "$1/first.git"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/repository/." "$work"
git -C "$work" init -q -b main
git -C "$work" add -A
git -C "$work" -c user.name=tasks-md -c user.email=tasks-md@localhost commit -q -m "Begin"
git -C "$work" push -q "$(cd "$1/first.git" && pwd)" main
echo "Ready. Next:  .venv/bin/tasks-md serve --config $1/tasks-md.toml"
