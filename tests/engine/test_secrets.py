"""Keys in Secret blocks of a real server."""

import os

import pytest
from prefect.blocks.system import Secret

from tasks_lib.config import AgentConfig, RunConfig
from tasks_lib.engine.secrets import take_secrets

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_api")]

VARIABLE = "CANARY_API_KEY"


def test_a_key_that_the_environment_lacks_comes_from_the_block_of_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a block nothing is set; what the environment has stays as it is."""
    config = RunConfig(agent=AgentConfig(api_key_variable=VARIABLE))
    monkeypatch.setenv(VARIABLE, "")  # and what is set from here on is taken back

    take_secrets(config)
    assert not os.environ[VARIABLE]

    Secret(value="of-the-block").save("canary-api-key")
    take_secrets(config)
    assert os.environ[VARIABLE] == "of-the-block"

    monkeypatch.setenv(VARIABLE, "of-the-environment")
    take_secrets(config)
    assert os.environ[VARIABLE] == "of-the-environment"
