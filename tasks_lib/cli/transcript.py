"""``tasks-md transcript``: what an agent did in an attempt, and why it ended so."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from tasks_lib.cli.files import printable, say, write_bytes
from tasks_lib.cli.run import add_config, existing


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``transcript`` takes."""
    parser.add_argument("item", metavar="ITEM", help="the item's id")
    parser.add_argument("--attempt", type=int, metavar="N", help="the attempt (the newest)")
    parser.add_argument(
        "--html",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write one HTML file that needs nothing else; without a name on standard output",
    )
    add_config(parser)


def run(arguments: Namespace) -> int:
    """Show the newest transcript that fits; exit code 1 where there is none."""
    from tasks_lib.config import load_config
    from tasks_lib.transcripts import find_transcript, read_transcript, story_page, story_text

    directory = load_config(existing(arguments.config)).state_dir / "transcripts"
    path = find_transcript(directory, arguments.item, arguments.attempt)
    story = read_transcript(path)
    if arguments.html is None:
        say(story_text(story).rstrip("\n"))
        return 0
    page = printable(story_page(story, path.stem))
    if arguments.html == "-":
        print(page, end="")
    else:
        write_bytes(Path(arguments.html), page.encode("utf-8", errors="replace"))
    return 0
