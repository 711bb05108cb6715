"""Asks the Messages API for a model, once, before a run starts anything."""

import anthropic
import httpx2

from tasks_lib.agents.client import make_client
from tasks_lib.agents.retry import describe, final_error, is_transient
from tasks_lib.agents.service import Service
from tasks_lib.errors import AgentUnavailable

PROBE_SECONDS = 60.0


def check_model(service: Service, model: str) -> None:
    """Raise ``AgentError`` when key or model is not accepted, ``AgentUnavailable`` when nobody answers.

    A gateway of somebody else's may not know what models it has: that is no error.
    """
    with make_client(service.key, service.url, lambda: False) as client:
        try:
            client.models.retrieve(model, timeout=PROBE_SECONDS)
        except anthropic.NotFoundError as error:
            if not service.url:
                raise final_error(error) from error
        except (anthropic.APIError, httpx2.TransportError) as error:
            if is_transient(error):
                raise AgentUnavailable(f"Messages API: {describe(error)}") from error
            raise final_error(error) from error
