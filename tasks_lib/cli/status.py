"""``tasks-md status``: how far it is, what it took, what is still to come."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict

from tasks_lib.backlog import Backlog, Item, ItemStatus, format_tokens
from tasks_lib.cli.files import add_json, add_path, load_backlog, say, say_json
from tasks_lib.planning.forecast import Forecast, Range, make_forecast
from tasks_lib.planning.plan import make_plan
from tasks_lib.planning.report import Report, ending, status_rows
from tasks_lib.planning.words import clipped, phase_title

_BAR = 24
_MINUTE, _HOUR = 60, 3600


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``status`` takes."""
    add_path(parser)
    add_json(parser)
    parser.add_argument(
        "--parallel", type=_agents, default=4, help="agents at work together, for the forecast (4)"
    )


def run(arguments: Namespace) -> int:
    """Print the status; always 0 for a file that can be read."""
    backlog = load_backlog(arguments)
    forecast = make_forecast(backlog, make_plan(backlog), parallel=arguments.parallel)
    if arguments.json:
        say_json(_as_json(backlog, forecast))
    else:
        say("\n".join(_lines(backlog, forecast)))
    return 0


def _agents(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of agents, 1 or more")
    return int(text)


def _lines(backlog: Backlog, forecast: Forecast) -> Iterator[str]:
    titles = [phase_title(phase.number, phase.title) for phase in backlog.phases]
    categories = _categories(backlog)
    names = [items[0].id.category_name for items in categories.values()]
    width = max(map(len, (*titles, *names, "All")))
    for phase, title in zip(backlog.phases, titles, strict=True):
        yield _progress(title.ljust(width), backlog.phase(phase.number))
    yield _progress("All".ljust(width), backlog.items)
    yield ""
    for name, items in zip(names, categories.values(), strict=True):
        yield _progress(name.ljust(width), items)
    if categories:
        yield ""
    yield from _attention(backlog)
    yield from _figures(backlog, forecast)
    report = Report(backlog)
    ready = len(report.ready)
    yield f"Ready to start: {ready}" if ready else ending(report)


def _categories(backlog: Backlog) -> dict[str, tuple[Item, ...]]:
    """Return the items by the category in their ids, in file order; those without one are in none."""
    found: dict[str, list[Item]] = {}
    for item in backlog:
        if category := item.id.category:
            found.setdefault(category, []).append(item)
    return {category: tuple(items) for category, items in found.items()}


def _progress(title: str, items: tuple[Item, ...]) -> str:
    """Return one bar; a full one means that really everything is done."""
    done = sum(item.done for item in items)
    filled = _BAR * done // len(items) if items else _BAR
    return f"{title}  {'█' * filled}{'░' * (_BAR - filled)}  {done}/{len(items)}"


def _attention(backlog: Backlog) -> Iterator[str]:
    """Yield what is neither done nor waiting its turn."""
    for item in backlog:
        if item.status in (ItemStatus.IN_PROGRESS, ItemStatus.FAILED, ItemStatus.BLOCKED):
            words = ": ".join(part for part in (item.agent, clipped(item.notes, 90)) if part)
            yield f"{item.id}  {item.status}" + (f"  {words}" if words else "")


def _figures(backlog: Backlog, forecast: Forecast) -> Iterator[str]:
    estimate = sum(item.estimate or 0 for item in backlog if item.done and item.used)
    used = sum(item.used or 0 for item in backlog if item.done)
    if used:
        times = f", {forecast.ratio:.2f} times the estimate of {format_tokens(estimate)}" if estimate else ""
        yield f"Used for what is done: {format_tokens(used)} tokens{times}"
    if forecast.tokens and forecast.tokens.likely:
        basis = f"after {forecast.sample} finished" if forecast.sample else "by the estimates alone"
        yield f"Still needed: {_span(forecast.tokens, _tokens)} tokens, {basis}"
    if forecast.seconds and forecast.seconds.likely:
        yield f"Time with {forecast.parallel} agents: {_span(forecast.seconds, _time)}"


def _span(span: Range, write: Callable[[float], str]) -> str:
    likely = f"about {write(span.likely)}"
    if span.low is None or span.high is None or write(span.low) == write(span.high):
        return likely
    return f"{likely} ({write(span.low)} to {write(span.high)})"


def _tokens(figure: float) -> str:
    return format_tokens(round(figure))


def _time(seconds: float) -> str:
    if seconds < _HOUR:
        return f"{max(1, round(seconds / _MINUTE))} min"
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    return f"{hours} h {minutes:02} min"


def _as_json(backlog: Backlog, forecast: Forecast) -> dict[str, object]:
    return {
        "phases": [
            {
                "number": phase.number,
                "title": phase.title,
                "statuses": Counter(item.status.value for item in backlog.phase(phase.number)),
            }
            for phase in backlog.phases
        ],
        "categories": [
            {
                "category": category,
                "name": items[0].id.category_name,
                "statuses": Counter(item.status.value for item in items),
            }
            for category, items in _categories(backlog).items()
        ],
        "statuses": Counter(item.status.value for item in backlog),
        "estimate": sum(item.estimate or 0 for item in backlog),
        "used": sum(item.used or 0 for item in backlog),
        "forecast": asdict(forecast),
        "items": status_rows(backlog),
    }
