"""The transcript: on the disk as it happens, without secrets."""

import base64
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks_lib.agents.transcript import MASK, Transcript


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_event_is_there_at_once(tmp_path: Path) -> None:
    """A killed run leaves what happened so far."""
    with Transcript(tmp_path / "new", "MS-SEC-001", 2) as transcript:
        transcript.write("answer", text="näive\nline")
        (event,) = read(transcript.path)
    assert (event["event"], event["text"]) == ("answer", "näive\nline")
    assert transcript.path.name.startswith("MS-SEC-001.attempt-2.")


@pytest.mark.parametrize("secret", ["sk-canary-123", 'with "quotes" and \\', "zwölf"])
def test_secrets_are_masked(tmp_path: Path, secret: str) -> None:
    """Wherever they stand, however JSON writes them."""
    with Transcript(tmp_path, "A-1", 1, secrets=(secret, "")) as transcript:
        transcript.write("tool", text=f"key={secret}.", nested={"deep": [secret]})
    (event,) = read(transcript.path)
    assert event["text"] == "key=[secret]."
    assert event["nested"] == {"deep": ["[secret]"]}


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=8, max_size=40))
def test_secrets_are_masked_in_disguise(secret: str) -> None:
    """Whatever costs an agent one line: base64 of a longer text, hex, percent-encoding, backwards."""
    raw = secret.encode()
    disguised = [
        base64.b64encode(b"key=" + raw + b"!").decode(),
        raw.hex(),
        quote(secret, safe=""),
        raw[::-1].decode(errors="replace"),
    ]
    with TemporaryDirectory() as directory:
        with Transcript(Path(directory), "A-1", 1, secrets=(secret,)) as transcript:
            transcript.write("tool", text=disguised)
        (event,) = read(transcript.path)
    assert isinstance(event["text"], list)
    assert all(MASK in text for text in event["text"])


def test_two_attempts_at_once_do_not_share_a_file(tmp_path: Path) -> None:
    """Even in the same second."""
    with Transcript(tmp_path, "A-1", 1) as one, Transcript(tmp_path, "A-1", 1) as two:
        assert one.path != two.path


def test_an_error_is_the_last_event(tmp_path: Path) -> None:
    """What ended the attempt stands in its transcript."""
    transcript = Transcript(tmp_path, "A-1", 1)
    with pytest.raises(ValueError, match="boom"), transcript:
        raise ValueError("boom")
    assert [(event["kind"], event["message"]) for event in read(transcript.path)] == [("ValueError", "boom")]


def test_halves_of_characters_do_not_break_it(tmp_path: Path) -> None:
    """A model can send any string."""
    with Transcript(tmp_path, "A-1", 1) as transcript:
        transcript.write("tool", text="\ud800")
    assert len(transcript.path.read_text().splitlines()) == 1
