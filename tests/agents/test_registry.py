"""Which agent a configuration gets: ours and anybody else's, by one line of registration."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks_lib.agents import Equipment, make_agent
from tasks_lib.config import AgentConfig, RunConfig
from tasks_lib.errors import ConfigError
from tasks_lib.sandbox import NoSandbox
from tests.agents.conftest import MADE

PACKAGE = '''
class Carpenter:
    """An agent of somebody else's."""

    def __init__(self, tool):
        self.tool = tool

    def name(self, item, attempt):
        return f"carpenter with a {self.tool}"

def make(equipment):
    return Carpenter(equipment.config.agent.options["tool"])
'''


def equipment(directory: Path, **agent: object) -> Equipment:
    config = RunConfig(agent=AgentConfig.model_validate(agent))
    return Equipment(config, NoSandbox(), directory / "transcripts")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a directory that packages are installed into."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    yield site
    sys.modules.pop("carpentry", None)


def register(site: Path, value: str, package: str = "carpentry") -> None:
    (site / "carpentry.py").write_text(PACKAGE)
    metadata = site / f"{package}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[tasks_md.agents]\ncarpenter = {value}\n")


def test_a_kind_of_ones_own_is_one_line(install: Path, tmp_path: Path) -> None:
    """A package that names its maker in the group is found, and gets its own options."""
    register(install, "carpentry:make")
    agent = make_agent(equipment(tmp_path, kind="carpenter", options={"tool": "plane"}))
    assert agent.name(MADE, 1) == "carpenter with a plane"


def test_an_unknown_kind_lists_the_known_ones(tmp_path: Path) -> None:
    """The error says what there is, and how to add to it."""
    with pytest.raises(ConfigError) as error:
        make_agent(equipment(tmp_path, kind="anthropc"))
    assert str(error.value).startswith('agent.kind: "anthropc" is not known; known are "anthropic", ')
    assert "tasks_md.agents" in str(error.value)


def test_a_kind_that_cannot_be_loaded_is_named(install: Path, tmp_path: Path) -> None:
    """With where it was looked for."""
    register(install, "carpentry:build")
    with pytest.raises(ConfigError, match='"carpenter" cannot be loaded from carpentry:build'):
        make_agent(equipment(tmp_path, kind="carpenter"))


def test_two_packages_cannot_have_one_kind(install: Path, tmp_path: Path) -> None:
    """Which one would be used must not depend on the order of directories."""
    register(install, "carpentry:make")
    register(install, "joinery:make", package="joinery")
    with pytest.raises(ConfigError, match=r"registered twice, by .* uninstall one"):
        make_agent(equipment(tmp_path, kind="carpenter"))


def test_no_kind_is_loaded_before_it_is_used() -> None:
    """Knowing the kinds loads neither the SDK nor the replay."""
    look = (
        "import sys; from tasks_lib.agents.registry import kinds; assert 'anthropic' in kinds(); "
        "print(sorted({'anthropic', 'uvicorn', 'tasks_lib.agents.replay'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert told.stdout == "[]\n"


def test_a_missing_key_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is named."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="ANTHROPIC_API_KEY is not set"):
        make_agent(equipment(tmp_path, kind="anthropic"))
