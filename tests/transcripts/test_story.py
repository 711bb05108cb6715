"""Transcripts, read again and shown."""

import json
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.errors import TasksMdError
from tasks_lib.transcripts import (
    Call,
    Judged,
    Story,
    Turn,
    find_transcript,
    last_turns,
    note_judgement,
    read_transcript,
    story_page,
    story_text,
)
from tasks_lib.transcripts.read import read_story
from tasks_lib.usage import Usage

EVENTS: list[dict[str, object]] = [
    {
        "event": "start",
        "time": "2026-11-22T12:00:00.000+00:00",
        "agent": "claude-opus-5-5",
        "prompt": "Do it",
    },
    {"event": "retry", "error": "Overloaded", "seconds": 2.0},
    {
        "event": "answer",
        "turn": 1,
        "stop_reason": "tool_use",
        "content": [
            {"type": "thinking", "thinking": "Hm."},
            {"type": "text", "text": "A look."},
            {"type": "tool_use", "name": "bash", "input": {"command": "ls"}},
            {"type": "tool_use", "name": "bash", "input": {"command": "cat x", "restart": False}},
        ],
        "used": 1200,
        "cost": 0.25,
        "context": 0.05,
    },
    {"event": "tool", "name": "bash", "text": "a.py", "is_error": False},
    {"event": "tool", "name": "bash", "text": "no such file", "is_error": True},
    {"event": "compaction", "share": 0.61, "summary": "So far."},
    {"event": "answer", "turn": 2, "content": [{"type": "text", "text": "Done."}], "used": 1500, "cost": 0.3},
    {"event": "end", "claim": {"status": "success", "notes": "all well", "commit": ""}, "stopped": ""},
]
BROKEN = "the transcript breaks off: the attempt was killed, or is still at work"
RED = Judged("gate test failed:\n1 failed", "a" * 40, (("lint", True, ""), ("test", False, "1 failed")))


def write(path: Path, *events: dict[str, object], tail: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(event) + "\n" for event in events) + tail)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "MS-SEC-001.attempt-1.20261122T120000Z.jsonl", *EVENTS)


def test_a_transcript_is_read_turn_by_turn(path: Path) -> None:
    """Answers with their calls, each call with its answer, figures, remarks, claim."""
    story = read_transcript(path)
    assert (story.agent, story.prompt, story.claim["status"]) == ("claude-opus-5-5", "Do it", "success")
    assert story.remarks == ("the service failed, waited 2 s: Overloaded",)
    first, second = story.turns
    assert first.calls == (
        Call("bash", {"command": "ls"}, "a.py"),
        Call("bash", {"command": "cat x", "restart": False}, "no such file", is_error=True),
    )
    assert (first.text, first.thinking, first.used, first.context) == ("A look.", "Hm.", 1200, 0.05)
    assert first.remarks == ("compacted at 61% of the window; the summary:\nSo far.",)
    assert (second.text, second.cost) == ("Done.", 0.3)
    assert (story.reason, story.verdict) == ("", "not judged")


def test_an_answer_that_was_told_in_parts_is_one_turn() -> None:
    """Claude Code tells each block of a message by itself."""
    parts = [{**EVENTS[2], "content": [block]} for block in EVENTS[2]["content"]]  # type: ignore[attr-defined]  # a list
    story = read_story(json.dumps(event) for event in [*parts, *EVENTS[3:5]])
    assert story.turns == read_story(json.dumps(event) for event in EVENTS[2:5]).turns


@pytest.mark.parametrize(
    ("events", "tail", "reason"),
    [
        (
            EVENTS[:3],
            '{"event": "to',
            BROKEN,
        ),
        ([*EVENTS[:3], {"event": "error", "kind": "AgentError", "message": "402"}], "", "AgentError: 402"),
        ([*EVENTS[:3], {"event": "end", "claim": None, "stopped": "limit"}], "", "limit"),
        ([], "no json\n[1]\n", BROKEN),
    ],
)
def test_why_an_attempt_ended_is_known(
    tmp_path: Path, events: list[dict[str, object]], tail: str, reason: str
) -> None:
    """Killed, cut off by an error, ended by a limit; lines that cannot be read are left out."""
    story = read_transcript(write(tmp_path / "x.jsonl", *events, tail=tail))
    assert (story.reason, story.verdict) == (reason, "not taken")


def test_what_the_gates_said_is_in_the_transcript(path: Path) -> None:
    """It is written behind the attempt, and shown before it."""
    note_judgement(path, RED)
    story = read_transcript(path)
    assert story.judged == RED
    text = story_text(story)
    order = ["not taken", "Why: gate test failed", "gate test: failed", "The last turns", "The whole attempt"]
    assert sorted(order, key=text.index) == order
    page = story_page(story, "MS-SEC-001")
    assert page.index("Why it was not taken") < page.index("The last turns") < page.index("The whole attempt")


def test_taken_work_is_told_in_order(path: Path) -> None:
    """Without a reason nothing is said twice."""
    note_judgement(path, Judged("", "a" * 40, (("lint", True, ""),)))
    text = story_text(read_transcript(path))
    assert "· taken\n" in text
    assert (text.count("A look."), "Why:" in text, "gate lint: passed" in text) == (1, False, True)


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (Usage(output=1500, cost=0.3, requests=2), "used: 1,500 tokens in 2 requests, $0.30"),
        (Usage(claimed=4200), "used: nothing, as nobody could meter it"),
    ],
)
def test_what_is_claimed_stands_beside_what_was_measured(tmp_path: Path, usage: Usage, words: str) -> None:
    """In the terminal and on the page; an agent's own word is never shown as measured."""
    claim = {"status": "success", "commit": "b" * 40, "used": "4.2K"}
    path = write(tmp_path / "x.jsonl", {"event": "end", "claim": claim, "usage": asdict(usage)})
    note_judgement(path, RED)
    story = read_transcript(path)
    told = f"Measured:  status: not taken, commit: {'a' * 40}, {words}"
    assert f"It claims: status: success, commit: {'b' * 40}, used: 4.2K\n{told}" in story_text(story)
    assert told in story_page(story, "x")


def test_long_answers_are_clipped_in_the_terminal_and_whole_on_the_page() -> None:
    """Head and tail of many lines, the beginning of a long one."""
    answer = "\n".join(["first", *["x" * 1000] * 100, "last"])
    story = Story(turns=(Turn(1, calls=(Call("bash", {"command": "ls"}, answer),)),), ended=True)
    text = story_text(story)
    assert "first" in text
    assert "last" in text
    assert "[82 lines left out]" in text
    assert len(text) < 5000
    assert answer in story_page(story, "x")


TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "pre", "details", "summary"}
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "open", "class"}


class Reader(HTMLParser):
    """Counts the tags of a page; every attribute that could call something is a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "h1",
            "h2",
            "p",
            "pre",
            "details",
            "summary",
        }
        assert {name for name, _ in attrs} <= {
            "lang",
            "charset",
            "name",
            "content",
            "http-equiv",
            "open",
            "class",
        }
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


HOSTILE = st.text(alphabet="ab\n<>&\"'/=! -", max_size=40) | st.sampled_from(
    ["</pre><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "<!--", "</title>", "&lt;"]
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_in_a_transcript_becomes_markup(text: str, command: str, answer: str, reason: str) -> None:
    """Texts of a model, of a repository and of gates are shown as they are, and do nothing."""
    calls = (Call(text or "bash", {"command": command, answer: text}, answer, is_error=True),)
    turn = Turn(1, text, reason, calls, remarks=(text,))
    judged = Judged(reason, "", ((text, False, answer),))
    story = Story(text, text, text, (turn,), {text: reason}, reason, judged=judged, remarks=(answer,))
    reader = Reader()
    reader.feed(story_page(story, text))
    reader.close()
    assert reader.open == []
    assert answer.strip() in "".join(reader.texts)


def test_the_newest_transcript_is_found(tmp_path: Path) -> None:
    """By item and attempt; another item whose name begins the same is another one."""
    for name in (
        "A-1.attempt-1.20261122T120000Z",
        "A-1.attempt-2.20261122T110000Z",
        "A-1.attempt-1.20261122T120000Z-2",
        "A-12.attempt-1.20261122T130000Z",
    ):
        write(tmp_path / f"{name}.jsonl")
    assert find_transcript(tmp_path, "A-1").stem == "A-1.attempt-1.20261122T120000Z-2"
    assert find_transcript(tmp_path, "A-1", 2).stem == "A-1.attempt-2.20261122T110000Z"
    with pytest.raises(TasksMdError, match="of A-1 there are attempts 1, 2"):
        find_transcript(tmp_path, "A-1", 3)
    with pytest.raises(TasksMdError, match=r"of \.\./x there is none in"):
        find_transcript(tmp_path / "none", "../x")


def test_the_last_turns_are_had_in_one_call(path: Path, tmp_path: Path) -> None:
    """For the page of a failure; a transcript that is gone is no reason to fail."""
    assert "Done." in last_turns(path)
    assert last_turns(None) == last_turns(tmp_path / "gone.jsonl") == ""
    note_judgement(tmp_path / "gone.jsonl", RED)
    assert not (tmp_path / "gone.jsonl").exists()
