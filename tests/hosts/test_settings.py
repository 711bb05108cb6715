"""What is refused before a host is asked, and how long we wait for one."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tasks_lib.config import HostConfig
from tasks_lib.errors import ConfigError
from tasks_lib.hosts import RestHost, make_host
from tasks_lib.hosts.waiting import wait_before_retry


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKS_MD_HOST_TOKEN", "token-canary")


def config(**settings: str) -> HostConfig:
    values = {"kind": "gitea", "url": "https://git.example.org", "repository": "team/mosaic", **settings}
    return HostConfig.model_validate(values)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("", "https://api.github.com"),
        ("https://github.com", "https://api.github.com"),
        ("https://github.com/", "https://api.github.com"),
        ("https://team.ghe.com", "https://api.team.ghe.com"),
        ("https://git.example.org/", "https://git.example.org/api/v3"),
    ],
)
def test_githubs_api_is_found_from_its_web_address(url: str, address: str) -> None:
    """The public site, GHE.com and a server of one's own keep their API at different places."""
    host = make_host(config(kind="github", url=url), "main")
    assert isinstance(host, RestHost)
    assert host.api.address == address


def test_giteas_api_is_below_its_web_address() -> None:
    """Gitea may live below a path of its site."""
    host = make_host(config(url="https://example.org/git/"), "main")
    assert isinstance(host, RestHost)
    assert host.api.address == "https://example.org/git/api/v1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "git.example.org",
        "ftp://git.example.org",
        "https://user:secret@git.example.org",
        "https://git.example.org?x=1",
        "https://git.example.org:port",
        "http://[",
    ],
)
def test_an_unusable_address_is_refused(url: str) -> None:
    """What is no address of a web page, or holds a password, is named."""
    with pytest.raises(ConfigError, match=r"host\.url"):
        make_host(config(url=url), "main")


@pytest.mark.parametrize("repository", ["", "mosaic", "a/b/c", "a b/c", "../x?y"])
def test_an_unusable_repository_is_refused(repository: str) -> None:
    """A repository is owner/name."""
    with pytest.raises(ConfigError, match=r"host\.repository"):
        make_host(config(repository=repository), "main")


@pytest.mark.parametrize("token", ["", "  ", "two\nlines", "gr\u00fcn"])
def test_an_unusable_token_is_refused_by_the_name_of_its_variable(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named, what it holds is not."""
    monkeypatch.setenv("MY_TOKEN", token)
    with pytest.raises(ConfigError, match=r"^MY_TOKEN: set it to a token"):
        make_host(config(token_variable="MY_TOKEN"), "main")


def test_waits_double_where_the_host_says_nothing() -> None:
    """1, 2 and 4 seconds."""
    assert [wait_before_retry(number) for number in (1, 2, 3)] == [1, 2, 4]


def test_a_date_in_retry_after_is_a_wait_until_then() -> None:
    """Retry-After may be a date; one that is past means now, one far away is too long."""
    now = datetime.now(UTC)
    soon, past, far = (now + timedelta(seconds=seconds) for seconds in (30, -30, 3600))
    waits = [wait_before_retry(1, {"retry-after": format_datetime(moment)}) for moment in (soon, past, far)]
    assert waits[0] is not None
    assert 25 < waits[0] <= 30
    assert waits[1:] == [0, None]


def test_a_spent_rate_limit_says_when_it_is_reset() -> None:
    """GitHub gives the moment of the reset where it gives no Retry-After."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 20)}
    wait = wait_before_retry(1, headers)
    assert wait is not None
    assert 15 < wait <= 20
    assert wait_before_retry(1, headers | {"x-ratelimit-remaining": "5"}) == 1


def test_nonsense_in_retry_after_is_passed_over() -> None:
    """What is neither a number nor a date counts as nothing said."""
    assert wait_before_retry(2, {"retry-after": "soon"}) == 2
