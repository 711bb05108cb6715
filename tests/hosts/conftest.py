"""A git host on this machine that answers as the documents of Gitea and GitHub say."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tasks_lib.config import HostConfig
from tasks_lib.hosts import RestHost, make_host

TOKEN = "token-canary-19"
HOME = "team/mosaic"


@dataclass(frozen=True)
class Request:
    """What was asked; ``query`` has one value a name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What is answered; bytes are sent as they are, anything else as JSON."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Host:
    """The host's state: issues and pull requests; ``replies`` are given first, whatever is asked."""

    kind: str
    url: str = ""
    issues: dict[int, dict[str, object]] = field(default_factory=dict)
    pulls: list[dict[str, object]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def root(self) -> str:
        return "/api/v1" if self.kind == "gitea" else "/api/v3"

    @property
    def exists(self) -> int:
        """The status that says that there is such a pull request."""
        return 409 if self.kind == "gitea" else 422

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.replies:
            return self.replies.pop(0)
        scheme = "token" if self.kind == "gitea" else "Bearer"
        if request.headers.get("authorization") != f"{scheme} {TOKEN}":
            return Reply(401, {"message": "Bad credentials"})
        place = request.path.removeprefix(f"{self.root}/repos/{HOME}/").split("/")
        match request.method, *place:
            case "GET", "issues", number if int(number) in self.issues:
                return Reply(200, self.issues[int(number)])
            case "GET", "pulls":
                return self._listed(request.query)
            case "POST", "pulls":
                return self._opened(request.body)
        return Reply(404, {"message": "Not Found"})

    def _opened(self, wish: dict[str, str]) -> Reply:
        if wish["head"] == "nothing-new":
            words = "Invalid PullRequest: There are no changes between the head and the base"
            return Reply(422, {"message": words})
        if any(self._is_open(pull, wish["head"], wish["base"]) for pull in self.pulls):
            errors = [
                {"code": "custom", "message": f"A pull request already exists for team:{wish['head']}."}
            ]
            return Reply(self.exists, {"message": "Validation Failed", "errors": errors})
        return Reply(201, self.add(wish["head"], wish["base"], title=wish["title"], body=wish["body"]))

    def _listed(self, query: dict[str, str]) -> Reply:
        found = [pull for pull in self.pulls if pull["state"] == query["state"]]
        if self.kind == "gitea":
            size = min(int(query["limit"]), 50)
            begin = (int(query["page"]) - 1) * size
            return Reply(200, found[begin : begin + size])
        owner, _, head = query["head"].partition(":")
        assert owner == "team"
        return Reply(200, [pull for pull in found if self._is_open(pull, head, query["base"])])

    def _is_open(self, pull: dict[str, object], head: str, base: str) -> bool:
        return (pull["state"], pull["head"], pull["base"]) == ("open", _side(head, HOME), _side(base, HOME))

    def add(
        self, head: str, base: str = "main", *, state: str = "open", home: str = HOME, **more: str
    ) -> dict[str, object]:
        """Put a pull request there, as if a person had."""
        pull: dict[str, object] = {
            "number": len(self.pulls) + 1,
            "state": state,
            "head": _side(head, home),
            "base": _side(base, HOME),
            "html_url": f"{self.url}/{HOME}/pulls/{len(self.pulls) + 1}",
            **more,
        }
        self.pulls.append(pull)
        return pull


def _side(ref: str, home: str) -> dict[str, object]:
    return {"ref": ref, "repo": {"full_name": home}}


@contextmanager
def served(kind: str) -> Iterator[Host]:
    """Serve a host on a free port of this machine."""
    host = Host(kind)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(host))
    host.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def _answer(self, body: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            assert self.command is not None
            reply = host.answer(Request(self.command, parts.path, query, headers, body))
            content = reply.content()
            self.send_response(reply.status)
            for name, value in {"Content-Length": f"{len(content)}", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: the test knows what it asks."""

    return Handler


@pytest.fixture(params=["gitea", "github"])
def remote(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Serve a host of each kind."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TASKS_MD_HOST_TOKEN", TOKEN)
    with served(request.param) as host:
        yield host


@pytest.fixture
def waits() -> list[float]:
    """Collect the pauses that were asked for, in seconds; nobody sits through them."""
    return []


@pytest.fixture
def client(remote: Host, waits: list[float]) -> RestHost:
    """Give our side of the host."""
    made = make_host(HostConfig(kind=remote.kind, url=remote.url, repository=HOME), "main")
    assert isinstance(made, RestHost)
    return replace(made, api=replace(made.api, pause=waits.append))
