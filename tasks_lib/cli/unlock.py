"""``tasks-md unlock``: release the lock of a run that died on another machine."""

from argparse import ArgumentParser, Namespace

from tasks_lib.cli.files import say
from tasks_lib.cli.run import add_config, config_with_remote


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what ``unlock`` takes."""
    add_config(parser)
    parser.add_argument(
        "--force", action="store_true", help="take the lock away even from a run that is alive"
    )


def run(arguments: Namespace) -> int:
    """Show who holds the lock and release it; 0 when nobody holds it afterwards."""
    from tasks_lib.vcs import unlock

    unlock(config_with_remote(arguments.config), force=arguments.force, say=say)
    return 0
