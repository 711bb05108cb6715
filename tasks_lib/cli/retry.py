"""``tasks-md retry``: try one failed or blocked item once more, and then what waits for it."""

from argparse import ArgumentParser, Namespace

from tasks_lib.cli.run import add_config, call_flow, config_with_remote, look_around, prefect_server


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``retry`` takes."""
    parser.add_argument("item", metavar="ID", help="the failed or blocked item")
    parser.add_argument("--note", default="", help="what the agent should know this time")
    add_config(parser)


def run(arguments: Namespace) -> int:
    """Do it here, or hand it over to the run that is at work; 0 unless it failed again."""
    config = config_with_remote(arguments.config)
    look_around(config)
    with prefect_server(config.state_dir / "prefect") as address:
        print(f"Prefect UI: {address}", flush=True)
        return call_flow("retry_item", arguments.item, config, arguments.note)
