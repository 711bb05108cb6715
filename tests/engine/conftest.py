"""A real Prefect server for the whole session, and a small project that the replay can finish."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks_lib.config import AgentConfig, GateConfig, RepoConfig, RunConfig, SandboxConfig
from tasks_lib.engine.server.embedded import embedded_server
from tests.engine.project import Project, changes_ci, make_project


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server; the settings of this process name it."""
    with embedded_server(tmp_path_factory.mktemp("prefect")) as address:
        yield address


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A repository with five items, gates that are plain shell, and recordings for all items."""
    return make_project(tmp_path)


@pytest.fixture
def config(project: Project, tmp_path: Path) -> RunConfig:
    """The project's configuration: two items at once, two attempts each, the replay as agent."""
    gates = (
        GateConfig(name="lint", command="! grep -rn 'TODO' src", timeout=30),
        GateConfig(name="test", command="sh check.sh", timeout=30),
    )
    return RunConfig(
        remote=str(project.remote),
        integration_branch="integration",
        state_dir=tmp_path / "state",
        max_parallel=2,
        attempts=2,
        repos={"app": RepoConfig(path=".", gates=gates)},
        phase_gates=(GateConfig(name="all", command="sh check.sh", timeout=30),),
        agent=AgentConfig(kind="replay", recordings=(project.recordings,)),
        sandbox=SandboxConfig(path=tuple(os.environ["PATH"].split(os.pathsep))[:1]),
    )


CONFIG = """
remote = "{remote}"
integration_branch = "integration"
state_dir = "{state}"
max_parallel = 2
attempts = 2
poll = 1

[repos.app]
gates = [{{ name = "test", command = "sh check.sh" }}]

[agent]
kind = "replay"
recordings = ["{recordings}"]
"""


@pytest.fixture
def config_file(project: Project, config: RunConfig, tmp_path: Path) -> Path:
    """The same configuration as a file, for commands."""
    file = tmp_path / "tasks-md.toml"
    file.write_text(
        CONFIG.format(remote=project.remote, state=config.state_dir, recordings=project.recordings)
    )
    return file


def settings(file: Path, sections: str, *, max_parallel: int = 2) -> Path:
    """Add sections to a configuration file."""
    text = file.read_text().replace("max_parallel = 2", f"max_parallel = {max_parallel}")
    file.write_text(f"{text}\n{sections}\n")
    return file


@pytest.fixture
def asking(config_file: Path, project: Project) -> Path:
    """The second item changes CI, which people want to see, and the second phase needs their word."""
    project.record("ACP-002", changes_ci("ACP-002"))
    return settings(config_file, '[approval]\nphases = [2]\ndiffs = ["changes CI"]')
