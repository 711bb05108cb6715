"""The replay's HTTP server on the loopback interface."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks_lib.agents.replay.answers import Reply, reply_to
from tasks_lib.agents.replay.handler import LoopbackServer
from tasks_lib.agents.replay.messages import Json, place_of
from tasks_lib.agents.replay.recording import Fault, NotRecorded, load_recordings
from tasks_lib.agents.replay.rules import problem_with
from tasks_lib.ports import Usage


class ReplayServer:
    """Serves recorded turns over the Messages API at ``url``; a context manager.

    ``api_key``: the only key that is accepted; empty: any. Raise ``ConfigError`` for bad recordings.
    """

    def __init__(self, directories: Sequence[Path], *, api_key: str = "") -> None:
        self._recordings = load_recordings(directories)
        self._api_key = api_key
        self._lock = threading.Lock()
        self._metered: dict[str, Usage] = defaultdict(Usage)
        self._failed: dict[str, int] = defaultdict(int)
        self._http = LoopbackServer(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where the API is served."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def metered(self) -> dict[str, Usage]:
        """What was metered so far, by item; without cost."""
        with self._lock:
            return dict(self._metered)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def accepts(self, api_key: str) -> bool:
        """Tell whether requests with this key are served."""
        return api_key == self._api_key if self._api_key else bool(api_key)

    def answer(self, request: Json, betas: str) -> tuple[Reply, Fault | None]:
        """Return the answer, or how it fails this time.

        Raise ``NotRecorded`` with what is wrong with the request, or with the recordings for it.
        """
        if problem := problem_with(request, betas):
            raise NotRecorded(problem)
        place = place_of(request)
        if place is None:
            raise NotRecorded(
                'messages: no line "## Task Assignment: ID" was found in the first user message'
            )
        recording = self._recordings.get(place.item)
        if recording is None:
            known = ", ".join(sorted(self._recordings)) or "none"
            raise NotRecorded(f"there is no recording of {place.item}; recorded are: {known}")
        reply = reply_to(request, place, recording)
        fault = self._next_fault(reply)
        self._meter(place.item, reply, fault)
        return reply, fault

    def _next_fault(self, reply: Reply) -> Fault | None:
        with self._lock:
            failed = self._failed[reply.id]
            if failed >= len(reply.faults):
                return None
            self._failed[reply.id] += 1
            return reply.faults[failed]

    def _meter(self, item: str, reply: Reply, fault: Fault | None) -> None:
        """Count what is told: an answer that breaks off has told its prompt and one token."""
        if fault and not (fault.cut or fault.event or fault.endless):
            return
        told = replace(reply.usage, output=1) if fault else reply.usage
        with self._lock:
            self._metered[item] += told
