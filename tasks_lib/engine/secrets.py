"""Keys from the Prefect server, where the environment does not have them."""

import os

from prefect.exceptions import ObjectNotFound

from tasks_lib.config import RunConfig
from tasks_lib.engine.courtesy import asking


def take_secrets(config: RunConfig) -> None:
    """Put the keys that this process lacks into its environment, from Secret blocks of the Prefect server.

    The block is called like the variable: ``anthropic-api-key`` holds ``ANTHROPIC_API_KEY``. Commands of
    agents and gates have an environment of their own, which never holds them.
    """
    for variable in (config.agent.api_key_variable, config.host.token_variable):
        if variable and not os.environ.get(variable):
            value = _value(block_name(variable))
            if value:
                os.environ[variable] = value


def block_name(variable: str) -> str:
    """Return the name of the Secret block that stands for a variable."""
    return variable.lower().replace("_", "-")


def _value(block: str) -> str:
    with asking(f"read the Secret block {block}") as client:
        try:
            found = client.read_block_document_by_name(block, "secret", include_secrets=True)
        except ObjectNotFound:
            return ""
        return str(found.data.get("value", ""))
    return ""
