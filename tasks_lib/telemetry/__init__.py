"""OpenTelemetry: spans and figures of a run, through the API package alone.

Without an SDK that somebody installs and sets up, every call here does nothing: there is nothing to switch
off. No text of a row, a model or a command goes into a span: ids, names and numbers only.
"""

from tasks_lib.telemetry.figures import count_attempt, count_item
from tasks_lib.telemetry.spans import span, traced

__all__ = ["count_attempt", "count_item", "span", "traced"]
