"""``tasks-md run``: one run over the backlog, from here."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tasks_lib.cli.files import UsageError, say
from tasks_lib.errors import TasksMdError

if TYPE_CHECKING:
    from tasks_lib.config import RunConfig

AWAY = """the Prefect server went away and did not come back in time: {error}
The tracking file on the remote is right, it says what is done; the UI's history of this run is incomplete.
The next run goes on from the tracking file."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``run`` takes."""
    add_config(parser)
    parser.add_argument(
        "--retry", action="append", default=[], metavar="ID", help="a failed or blocked item to try once more"
    )
    for word, what in (("approve", "let an item go on"), ("reject", "fail an item")):
        parser.add_argument(
            f"--{word}", action="append", default=[], metavar="ID", help=f"{what} that waits for approval"
        )
    parser.add_argument("--note", default="", help="why it is approved or rejected; kept in the row")


def add_config(parser: ArgumentParser) -> None:
    """Declare ``--config``."""
    parser.add_argument(
        "--config", type=Path, default=Path("tasks-md.toml"), help="the configuration (tasks-md.toml)"
    )


def run(arguments: Namespace) -> int:
    """Run the flow against the configured Prefect server, or an embedded one; see ``run_flow``."""
    config = config_with_remote(arguments.config)
    look_around(config)
    with prefect_server(config.state_dir / "prefect") as address:
        print(f"Prefect UI: {address}", flush=True)
        named = {name: getattr(arguments, name) for name in ("retry", "approve", "reject", "note")}
        return run_flow(config, **named)


def run_flow(config: "RunConfig", **named: object) -> int:
    """Run the backlog in this process; 0 when everything is done or another run is at it, 1 otherwise.

    ``named`` are parameters of the flow besides the configuration.
    """
    return call_flow("run_backlog", config, **named)


def call_flow(name: str, *parameters: object, **named: object) -> int:
    """Run a flow in this process; 0 when it did what it is for or another run does it, 1 otherwise.

    Raise ``TasksMdError`` when the Prefect server went away and did not come back.
    """
    from httpx import TransportError

    # By its import path, as deployments name it: the library does not stand on the flows.
    flow = getattr(import_module(f"flows.{name}"), name)
    try:
        state = flow(*parameters, **named, return_state=True)
    except TransportError as error:
        raise TasksMdError(AWAY.format(error=str(error) or type(error).__name__)) from error
    print(f"\n{state.message}", flush=True)
    return 0 if state.is_completed() else 1


@contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """Give the address of the Prefect server to use: the configured one, or one of our own for this run.

    Raise ``TasksMdError`` when the configured one cannot be used, or ours does not start.
    """
    from tasks_lib.engine.server.embedded import embedded_server

    configured = configured_server()
    if configured:
        yield configured.removesuffix("/api")
        return
    with embedded_server(home, say) as address:
        yield address


def configured_server() -> str:
    """Return the address of the configured Prefect API, empty where none is.

    Raise ``TasksMdError`` when it cannot be used.
    """
    from tasks_lib.engine.server.api import configured_api

    configured = configured_api()
    if configured:
        # By its import path, as the flows: Prefect is loaded only where it is needed.
        import_module("tasks_lib.engine.server.reach").check_api(configured)
    return configured


def config_with_remote(path: Path) -> "RunConfig":
    """Load the configuration; where it names no remote, that of the checkout it stands in is meant.

    Raise ``UsageError`` when there is no such file.
    """
    from tasks_lib.vcs import load_with_remote

    return load_with_remote(existing(path))


def existing(path: Path) -> Path:
    """Return the path of a configuration; raise ``UsageError`` when there is no such file."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; `tasks-md init` writes a commented one")
    return path


def look_around(config: "RunConfig") -> None:
    """Read the tracking file and look for the sandbox, before a server is started in vain.

    Raise ``TasksMdError`` when there is no run to be had here.
    """
    from tasks_lib.bootstrap import check_sandbox, persons_ledger

    check_sandbox(config)
    persons_ledger(config).read()
