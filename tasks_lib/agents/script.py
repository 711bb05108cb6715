"""The shell script that runs a program of somebody else's on a prompt. Pure.

The prompt is part of the script, so that nothing has to be shared with the sandbox and no limit on arguments
applies. Files are made inside; nothing of them is ever read from outside, where they could be links to
anything.
"""

import shlex
from collections.abc import Sequence
from hashlib import sha256

PROMPT_FILE = "{prompt_file}"
RESULT_FILE = "{result_file}"
_NAMES = {PROMPT_FILE: '"$prompt_file"', RESULT_FILE: '"$result_file"'}


def script(argv: Sequence[str], prompt: str, *, errors_apart: bool = False) -> str:
    """Return the script: prompt on stdin, stdout as it comes, and then the result file if it was written.

    ``{prompt_file}`` and ``{result_file}`` in the arguments become paths; who is given the prompt as a file
    finds stdin empty. With ``errors_apart`` the end of stderr comes after everything else.
    """
    prompt = _plain(prompt)
    as_file = any(PROMPT_FILE in argument for argument in argv)
    given = "/dev/null" if as_file else '"$prompt_file"'
    errors = '2> "$errors_file"' if errors_apart else "2>&1"
    mark = _mark(prompt)
    return f"""\
prompt_file=$(mktemp) && result_file=$(mktemp) && errors_file=$(mktemp) || exit 1
cat > "$prompt_file" <<'{mark}'
{prompt}
{mark}
{" ".join(map(_argument, argv))} < {given} {errors}
code=$?
echo
tail -c 5000 "$errors_file"
cat "$result_file"
rm -f "$prompt_file" "$result_file" "$errors_file"
exit $code
"""


def _mark(prompt: str) -> str:
    """Return a line that ends the prompt: made from all of it, it cannot stand in it."""
    return f"END-{sha256(prompt.encode()).hexdigest()[:32]}"


def _plain(text: str) -> str:
    """Return the text without what no shell can read: what others wrote may hold anything."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode(errors="replace").decode()


def _argument(text: str) -> str:
    """Return an argument as the shell has to read it, with the paths of its files put in."""
    for name, variable in _NAMES.items():
        if name in text:
            before, _, after = text.partition(name)
            return f"{_quoted(before)}{variable}{_quoted(after)}"
    return shlex.quote(text)


def _quoted(text: str) -> str:
    return shlex.quote(text) if text else ""
