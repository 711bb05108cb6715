"""What keeps a run from going on, and whether that may pass."""

import time

from tasks_lib.errors import BacklogError, RemoteUnavailable, TasksMdError


class Trouble:
    """The last error of the run itself; false while there is none.

    A remote that is away and a tracking file that somebody broke may be mended: they are waited for, for
    ``patience`` seconds from the first sign, with ``pause`` seconds between two looks. Everything else stays.
    """

    def __init__(self, patience: float, pause: float) -> None:
        self._patience = patience
        self.pause = pause
        self._error: TasksMdError | None = None
        self._since = 0.0

    def __bool__(self) -> bool:
        return self._error is not None

    @property
    def words(self) -> str:
        """What is wrong; empty while nothing is."""
        return str(self._error) if self._error else ""

    def meet(self, error: TasksMdError) -> None:
        """Remember an error; one that stays is not replaced by one that may pass."""
        if self._error is None:
            self._since = time.monotonic()
        if self._error is None or self._may_pass():
            self._error = error

    def pass_over(self) -> None:
        """Forget an error that may pass, because the tracking file could be read."""
        if self._may_pass():
            self._error = None

    def worth_waiting(self) -> bool:
        """Tell whether the error may still pass in time."""
        return self._may_pass() and time.monotonic() - self._since + self.pause < self._patience

    def _may_pass(self) -> bool:
        return isinstance(self._error, RemoteUnavailable | BacklogError)
