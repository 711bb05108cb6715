"""Pages on their way to a server that may be away. No server is needed here."""

import threading

import httpx

from tasks_lib.engine.publishing.publisher import Publisher
from tasks_lib.pages.outbox import Page


class Server:
    """Takes pages, or refuses them with ``error``."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.taken: list[str] = []
        self.asked = threading.Event()

    def send(self, page: Page) -> None:
        self.asked.set()
        if self.error:
            raise self.error
        self.taken.append(page.text)


def refusal(status: int) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", "http://server/api/artifacts/")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(status, request=request))


def page(text: str, key: str = "status") -> Page:
    return Page(key, text, "")


def test_pages_arrive_and_flushing_waits_for_them() -> None:
    """The last version is there when a run ends, however short the time since the one before."""
    server, said = Server(), list[str]()
    publisher = Publisher(server.send, said.append)
    for text in ("one", "two"):
        publisher.put(page(text))
        assert publisher.flush(20)
    assert (server.taken, said) == (["one", "two"], [])


def test_an_outage_is_told_once_and_ends_by_itself() -> None:
    """Nobody is held up while the server is away; what is newest arrives when it is back."""
    server, said = Server(httpx.ConnectError("refused")), list[str]()
    publisher = Publisher(server.send, said.append)
    publisher.put(page("one"))
    assert server.asked.wait(20)
    publisher.put(page("two"))
    publisher.put(page("three", key="other"))
    assert not publisher.flush(0)
    server.error = None
    assert publisher.flush(20)
    assert set(server.taken) == {"two", "three"}
    assert len(said) == 2
    assert "follow later: ConnectError: refused" in said[0]
    assert said[1] == "Pages are written again"


def test_a_server_error_passes_and_a_refusal_does_not() -> None:
    """A locked database answers 503 and is asked again; a page that is refused is left out, and said so."""
    server, said = Server(refusal(503)), list[str]()
    publisher = Publisher(server.send, said.append)
    publisher.put(page("one"))
    assert server.asked.wait(20)
    server.error = None
    assert publisher.flush(20)
    server.error = refusal(422)
    publisher.put(page("much too large"))
    assert publisher.flush(20)
    assert server.taken == ["one"]
    assert "status is left out, the server refuses it" in said[-1]
