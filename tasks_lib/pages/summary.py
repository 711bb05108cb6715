"""The session summary of the guide, after each phase and at the end."""

from tasks_lib.pages import keys
from tasks_lib.pages.links import Links
from tasks_lib.pages.markdown import bullets, code, escaped, page, section
from tasks_lib.pages.progress import contents
from tasks_lib.planning.ending import Report, ending
from tasks_lib.planning.report import session_summary


def summary_page(report: Report, links: Links) -> str:
    """Return the summary as the guide writes it, how the run stands, and where to read on."""
    unfinished = [item for item in report.backlog if not item.done and item.notes]
    return page(
        "Session summary",
        contents(links, keys.SUMMARY),
        code(session_summary(report)),
        _said(ending(report)),
        section(
            "Read on",
            bullets(
                f"{links.item(item.id)}: {links.page('why', keys.failure(item.id))}" for item in unfinished
            ),
        ),
    )


def _said(text: str) -> str:
    """Return how the run stands as text that fits any screen: its first line, and the others as a list."""
    first, *others = text.splitlines()
    return "\n\n".join(filter(None, (escaped(first), bullets(map(escaped, others)))))
