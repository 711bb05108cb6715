"""A schedule that cannot be kept is refused in words, before anything is registered."""

from pathlib import Path

import pytest

from deployments.definitions import make_deployments
from tasks_lib.config import RunConfig
from tasks_lib.errors import ConfigError


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"cron": "at ten"}, 'Invalid cron string: "at ten"'),
        ({"cron": "0 22 * * *", "timezone": "Mars"}, 'Invalid timezone: "Mars"'),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_named(
    tmp_path: Path, schedule: dict[str, str], words: str
) -> None:
    """A typo in cron or time zone is a clear error."""
    config = RunConfig.model_validate({"remote": str(tmp_path), "deployments": schedule})
    with pytest.raises(ConfigError, match=words):
        make_deployments(config, tmp_path / "tasks-md.toml")
