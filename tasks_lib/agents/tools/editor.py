"""``text_editor_20250728``: view, create, str_replace, insert, inside the checkout only."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks_lib.agents.tools import inputs, lines
from tasks_lib.agents.tools.answer import ANSWER_LIMIT, Answer, ToolError
from tasks_lib.agents.tools.checkout import Checkout

AROUND = 4
"""Lines shown before and after an edit."""

DEPTH = 2
"""Levels of a directory that are listed."""

LISTED = 1000
"""Entries of a directory that are listed."""

_NOT_LISTED = {"node_modules", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Editor:
    """Carries out the commands of the text editor tool."""

    checkout: Checkout

    def call(self, given: inputs.Inputs) -> Answer:
        """Carry out one command; raise ``ToolError`` with the way to mend it."""
        path = inputs.text(given, "path")
        try:
            return self._carry_out(inputs.text(given, "command"), path, given)
        except OSError as error:
            raise ToolError(f"{path}: {error.strerror}") from error

    def _carry_out(self, command: str, path: str, given: inputs.Inputs) -> Answer:
        match command:
            case "view":
                return self._view(path, inputs.line_range(given, "view_range"))
            case "create":
                return self._create(path, inputs.text(given, "file_text"))
            case "str_replace":
                return self._replace(path, inputs.text(given, "old_str"), inputs.text(given, "new_str", ""))
            case "insert":
                return self._insert(
                    path, inputs.number(given, "insert_line"), inputs.text(given, "insert_text")
                )
        raise ToolError(f"`command` must be view, create, str_replace or insert, not {command!r}")

    def _view(self, path: str, bounds: tuple[int, int] | None) -> Answer:
        real = self.checkout.locate(path)
        if real.is_dir():
            return Answer("\n".join([path, *_listing(real)]))
        return Answer(_numbered(self.checkout.read(path), bounds))

    def _create(self, path: str, text: str) -> Answer:
        existed = self.checkout.locate(path).is_file()
        self.checkout.write(path, text.encode("utf-8", errors="surrogatepass"))
        return Answer(f"{path} was {'overwritten' if existed else 'created'}")

    def _replace(self, path: str, old: str, new: str) -> Answer:
        try:
            data, line = lines.replaced(self.checkout.read(path), old, new)
        except ToolError as error:
            raise ToolError(f"{path}: {error}") from error
        self.checkout.write(path, data)
        return Answer(_edited(path, data, line, new))

    def _insert(self, path: str, after: int, text: str) -> Answer:
        data = lines.inserted(self.checkout.read(path), after, text)
        self.checkout.write(path, data)
        return Answer(_edited(path, data, after + 1, text))


def _edited(path: str, data: bytes, line: int, new: str) -> str:
    last = min(line + new.count("\n") + AROUND, len(lines.split(data)))
    shown = _numbered(data, (max(1, line - AROUND), last)) if last else "(the file is empty now)"
    return f"{path} was edited:\n{shown}"


def _numbered(data: bytes, bounds: tuple[int, int] | None) -> str:
    every = lines.split(data)
    if not every:
        return "(the file is empty)"
    first, last = _checked(bounds, len(every)) if bounds else (1, len(every))
    shown = (
        f"{number:6}\t{line.decode('utf-8', errors='replace').rstrip(chr(13) + chr(10))}"
        for number, line in enumerate(every[first - 1 : last], start=first)
    )
    return _clipped(shown)


def _checked(bounds: tuple[int, int], count: int) -> tuple[int, int]:
    first, last = bounds
    last = count if last == -1 else last
    if not 1 <= first <= count or last < first:
        raise ToolError(f"`view_range` must lie within lines 1 to {count}, not {list(bounds)}")
    return first, min(last, count)


def _clipped(shown: Iterator[str]) -> str:
    """Return whole lines as long as they fit; one overlong line is cut."""
    taken: list[str] = []
    room = ANSWER_LIMIT
    for line in shown:
        if len(line) > room:
            taken += [line[:room]] if not taken else []
            return "\n".join([*taken, "[cut here; use `view_range` to see what follows]"])
        taken.append(line)
        room -= len(line) + 1
    return "\n".join(taken)


def _listing(directory: Path) -> list[str]:
    entries = [
        str(entry.relative_to(directory)) + ("/" if entry.is_dir() else "") for entry in _walk(directory)
    ]
    more = [f"[and {len(entries) - LISTED} more]"] if len(entries) > LISTED else []
    return entries[:LISTED] + more


def _walk(directory: Path, depth: int = DEPTH) -> Iterator[Path]:
    """Yield what is below, without hidden entries and without following links."""
    for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name in _NOT_LISTED:
            continue
        yield Path(entry.path)
        if depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), depth - 1)
