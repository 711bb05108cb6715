"""A story as one HTML file: no script, nothing from elsewhere, everything escaped, folded. Pure."""

from html import escape

from tasks_lib.transcripts.model import Call, Story, Turn
from tasks_lib.transcripts.text import LAST, claim_text, figures, given, headline

_STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;max-width:60rem;margin:auto;padding:1rem;"
    "background:Canvas;color:CanvasText;color-scheme:light dark}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:color-mix(in srgb,CanvasText 8%,Canvas);"
    "padding:.6rem;border-radius:.4rem;max-height:70vh;overflow:auto;font-size:.85rem}"
    "summary{cursor:pointer;padding:.4rem 0;overflow-wrap:anywhere}.bad{color:#b00020}"
    "details details{margin-left:1rem}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def story_page(story: Story, title: str) -> str:
    """Return a whole HTML document; where the attempt failed, the reason and the last turns come first."""
    last = story.turns[-LAST:] if story.reason else ()
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(headline(story))}</p>",
        _named("Why it was not taken", story.reason),
        *(_gates(story)),
        *(["<h2>The last turns</h2>", *(_turn(turn, is_open=True) for turn in last)] if last else []),
        "<h2>The whole attempt</h2>",
        _folded("The assignment", _pre(story.prompt)),
        *(_pre(remark) for remark in story.remarks),
        *(_turn(turn) for turn in story.turns),
        _named("Claimed and measured", claim_text(story)),
    ]
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    )
    return head + "\n".join(part for part in parts if part) + "</body></html>\n"


def _gates(story: Story) -> list[str]:
    found = story.judged.gates if story.judged else ()
    return [
        _folded(f"gate {name}: {'passed' if passed else 'failed'}", _pre(output), is_open=not passed)
        for name, passed, output in found
    ]


def _turn(turn: Turn, *, is_open: bool = False) -> str:
    parts = [
        _folded("thinking", _pre(turn.thinking)) if turn.thinking else "",
        _pre(turn.text),
        *(_call(call, is_open=is_open) for call in turn.calls),
        *(_pre(remark) for remark in turn.remarks),
    ]
    return _folded(figures(turn), "\n".join(part for part in parts if part), is_open=is_open)


def _call(call: Call, *, is_open: bool) -> str:
    words = given(call)
    line = f"{call.name}: {words.splitlines()[0][:120] if words else ''}"
    body = _pre(words) + _pre("(no answer)" if call.answer is None else call.answer)
    return _folded(line, body, is_open=is_open, is_bad=call.is_error)


def _named(title: str, text: str) -> str:
    return f"<h2>{escape(title)}</h2>{_pre(text)}" if text else ""


def _pre(text: str) -> str:
    return f"<pre>{escape(text)}</pre>" if text.strip() else ""


def _folded(line: str, body: str, *, is_open: bool = False, is_bad: bool = False) -> str:
    if not body:
        return ""
    shown, marked = " open" if is_open else "", ' class="bad"' if is_bad else ""
    return f"<details{shown}><summary{marked}>{escape(line)}</summary>{body}</details>"
