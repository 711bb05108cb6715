"""MS-HIGH-006: job containers have no privileges."""

from mosaic_orchestrator.containers import run_arguments
from mosaic_orchestrator.jobs import Job

ARGUMENTS = run_arguments(Job("nightly", "mosaic/report:4", ("report",)))


def test_a_container_is_not_privileged() -> None:
    """The flag that opens the host to the container is gone."""
    assert not [argument for argument in ARGUMENTS if argument.startswith("--privileged")]


def test_a_container_runs_as_an_ordinary_user() -> None:
    """A user is named, and it is not root."""
    joined = " ".join(ARGUMENTS).replace("--user ", "--user=").split()
    users = [word.removeprefix("--user=") for word in joined if word.startswith("--user=")]
    assert len(users) == 1
    assert users[0].split(":")[0] not in ("", "0", "root")


def test_the_root_file_system_is_read_only() -> None:
    """Nothing can be changed in the image while it runs."""
    assert {"--read-only", "--read-only=true"} & set(ARGUMENTS)
