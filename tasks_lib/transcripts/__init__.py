"""Transcripts, read again: what an attempt did, turn by turn, for the person who asks why it ended so."""

from tasks_lib.transcripts.files import find_transcript, last_turns, note_judgement, read_transcript
from tasks_lib.transcripts.model import Call, Judged, Story, Turn
from tasks_lib.transcripts.page import story_page
from tasks_lib.transcripts.text import story_text

__all__ = [
    "Call",
    "Judged",
    "Story",
    "Turn",
    "find_transcript",
    "last_turns",
    "note_judgement",
    "read_transcript",
    "story_page",
    "story_text",
]
