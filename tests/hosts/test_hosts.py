"""What both git hosts do for a run: read issues, open pull requests once, and give up in time."""

import gzip
import json
from dataclasses import replace

import pytest

from tasks_lib.config import HostConfig
from tasks_lib.errors import HostError
from tasks_lib.hosts import NoHost, RestHost, api, make_host
from tasks_lib.hosts.rest import ISSUE_LIMIT
from tests.hosts.conftest import TOKEN, Host, Reply, served


def test_an_issue_is_its_title_and_text(client: RestHost, remote: Host) -> None:
    """Title and text come as Markdown, with plain line ends."""
    remote.issues[7] = {"title": "Login fails", "body": "Steps:\r\n1. log in"}
    assert client.issue(7) == "# Login fails\n\nSteps:\n1. log in"


def test_an_issue_without_text_is_its_title(client: RestHost, remote: Host) -> None:
    """Both hosts say null where nothing was written."""
    remote.issues[7] = {"title": "Login fails", "body": None}
    assert client.issue(7) == "# Login fails"


def test_an_endless_issue_is_cut(client: RestHost, remote: Host) -> None:
    """A model pays for each character: a very long text ends with a word that there is more."""
    remote.issues[7] = {"title": "Log", "body": "x" * 200_000}
    text = client.issue(7)
    assert len(text) < ISSUE_LIMIT + 100
    assert text.endswith("[... cut here: the issue is longer ...]")


def test_a_missing_issue_is_said(client: RestHost) -> None:
    """An issue that does not exist is an error with address, status and the host's words."""
    with pytest.raises(HostError, match=r"/repos/team/mosaic/issues/404: status 404: Not Found"):
        client.issue(404)


def test_a_pull_request_is_opened(client: RestHost, remote: Host) -> None:
    """It goes from the branch into the base branch, with title and text; its page comes back."""
    page = client.open_pull_request("feature/login", "Mend the login", "Closes #7")
    assert page == f"{remote.url}/team/mosaic/pulls/1"
    assert remote.requests[-1].body == {
        "title": "Mend the login",
        "head": "feature/login",
        "base": "main",
        "body": "Closes #7",
    }


def test_a_pull_request_is_opened_once(client: RestHost, remote: Host) -> None:
    """The second time the open one is found again."""
    first = client.open_pull_request("feature/login", "Mend the login", "")
    assert client.open_pull_request("feature/login", "Mend the login", "") == first
    assert len(remote.pulls) == 1


def test_the_open_one_is_found_among_many(client: RestHost, remote: Host) -> None:
    """Closed ones, other bases, forks' branches of the same name and other branches are passed over."""
    remote.add("feature/login", state="closed")
    remote.add("feature/login", "release")
    remote.add("feature/login", home="someone/mosaic")
    for number in range(130):
        remote.add(f"other/{number}")
    ours = remote.add("feature/login")
    assert client.open_pull_request("feature/login", "Mend the login", "") == ours["html_url"]


def test_a_closed_one_is_not_found_again(client: RestHost, remote: Host) -> None:
    """When the former pull request was closed a new one is opened."""
    remote.add("feature/login", state="closed")
    assert client.open_pull_request("feature/login", "Again", "").endswith("/pulls/2")


def test_a_refused_pull_request_says_why(client: RestHost) -> None:
    """Nothing to merge is an error in the host's words."""
    with pytest.raises(HostError, match="There are no changes between the head and the base"):
        client.open_pull_request("nothing-new", "Nothing", "")


def test_a_wrong_token_is_said_without_the_token(client: RestHost, remote: Host) -> None:
    """The host's refusal is passed on; the token is in no message and no representation."""
    remote.replies = [Reply(401, {"message": "Bad credentials"})]
    with pytest.raises(HostError, match="status 401: Bad credentials") as caught:
        client.issue(7)
    assert TOKEN not in f"{caught.value!r} {client!r}"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_tried_again(
    status: int, client: RestHost, remote: Host, waits: list[float]
) -> None:
    """A fault that passes is waited out, longer every time."""
    remote.issues[7] = {"title": "Login fails", "body": ""}
    remote.replies = [Reply(status), Reply(status, b"<html>busy</html>")]
    assert client.issue(7) == "# Login fails"
    assert [1 <= waits[0] <= 1.2, 2 <= waits[1] <= 2.4, len(waits)] == [True, True, 2]


def test_a_pull_request_is_not_doubled_by_trying_again(client: RestHost, remote: Host) -> None:
    """When the answer to the first request is lost, the second one finds what that one opened."""
    opened = remote.add("feature/login")
    remote.replies = [Reply(502)]
    assert client.open_pull_request("feature/login", "Mend", "") == opened["html_url"]
    assert len(remote.pulls) == 1


def test_patience_has_an_end(client: RestHost, remote: Host, waits: list[float]) -> None:
    """After four tries the fault is an error."""
    remote.replies = [Reply(503)] * 9
    with pytest.raises(HostError, match="status 503, given up after 4 tries"):
        client.issue(7)
    assert (len(remote.requests), len(waits)) == (4, 3)


def test_the_hosts_own_wait_is_kept(client: RestHost, remote: Host, waits: list[float]) -> None:
    """Retry-After is waited for, also where a rate limit comes as 403."""
    remote.issues[7] = {"title": "Login fails", "body": ""}
    remote.replies = [Reply(429, headers={"Retry-After": "17"}), Reply(403, headers={"Retry-After": "5"})]
    client.issue(7)
    assert [17 <= waits[0] <= 20.4, 5 <= waits[1] <= 6] == [True, True]


def test_a_very_long_wait_is_not_made(client: RestHost, remote: Host, waits: list[float]) -> None:
    """A host that asks for an hour is not asked again, neither now nor early."""
    remote.replies = [Reply(429, headers={"Retry-After": "3600"})]
    with pytest.raises(HostError, match="status 429, given up after one try; it asks to wait longer"):
        client.issue(7)
    assert (len(remote.requests), waits) == (1, [])


def test_a_forbidden_request_is_not_repeated(client: RestHost, remote: Host) -> None:
    """403 without a word on rate limits is a refusal."""
    remote.replies = [Reply(403, {"message": "Resource not accessible"})]
    with pytest.raises(HostError, match="status 403: Resource not accessible"):
        client.issue(7)
    assert len(remote.requests) == 1


def test_a_host_that_is_not_there_is_said(client: RestHost, waits: list[float]) -> None:
    """No connection is tried again and then an error with the address."""
    gone = replace(client, api=replace(client.api, address="http://127.0.0.1:9/api"))
    with pytest.raises(HostError, match=r"GET http://127\.0\.0\.1:9/api/repos/.*given up after 4 tries"):
        gone.issue(7)
    assert len(waits) == 3


def test_an_answer_that_is_not_json_is_said(client: RestHost, remote: Host) -> None:
    """A login page with status 200 is no answer."""
    remote.replies = [Reply(200, b"<html>Sign in</html>")]
    with pytest.raises(HostError, match=r"not JSON; is host\.url the address of a git host"):
        client.issue(7)


@pytest.mark.parametrize("body", [[], {}, {"title": 7}, None, "text"])
def test_an_answer_of_another_form_is_said(body: object, client: RestHost, remote: Host) -> None:
    """JSON that is no issue is an error of the host, not of ours."""
    remote.replies = [Reply(200, body)]
    with pytest.raises(HostError, match="the answer is no issue"):
        client.issue(7)


def test_a_pull_request_without_a_page_is_said(client: RestHost, remote: Host) -> None:
    """An address that is none of the web is not passed on."""
    remote.replies = [Reply(201, {"html_url": "javascript:alert(1)"})]
    with pytest.raises(HostError, match="no html_url"):
        client.open_pull_request("feature/login", "Mend", "")


def test_a_token_is_not_carried_elsewhere(client: RestHost, remote: Host) -> None:
    """A redirect is not followed: its target is named for a person to judge."""
    with served("gitea") as other:
        remote.replies = [Reply(301, headers={"Location": f"{other.url}/new"})]
        with pytest.raises(HostError, match=f"moved to {other.url}/new; mend"):
            client.issue(7)
        assert other.requests == []


def test_an_endless_answer_is_not_read(
    client: RestHost, remote: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer over the limit is refused, also where it arrives compressed."""
    monkeypatch.setattr(api, "MAX_ANSWER", 10_000)
    remote.replies = [Reply(200, gzip.compress(b" " * 1_000_000), {"Content-Encoding": "gzip"})]
    with pytest.raises(HostError, match="larger than 10000 bytes"):
        client.issue(7)


def test_a_compressed_answer_is_read(client: RestHost, remote: Host) -> None:
    """Servers compress; the text is the same."""
    content = gzip.compress(json.dumps({"title": "Login fails", "body": "now"}).encode())
    remote.replies = [Reply(200, content, {"Content-Encoding": "gzip"})]
    assert client.issue(7) == "# Login fails\n\nnow"


def test_without_a_host_there_is_nothing() -> None:
    """No host: no text, no pull request, no error and no token needed."""
    host = make_host(HostConfig(), "main")
    assert host == NoHost()
    assert (host.issue(7), host.open_pull_request("feature", "Title", "")) == ("", "")
