"""Gates on directories instead of commits, in a real sandbox."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

import pytest

from tasks_lib.backlog.model import Item, ItemId, ItemStatus
from tasks_lib.config import GateConfig, RepoConfig, RunConfig
from tasks_lib.gates import Base, CommandGates, Places, SetUps, Tips, Workshop
from tasks_lib.ports import Gates, Sandbox
from tasks_lib.sandbox import BubblewrapSandbox, NoSandbox

Files = Mapping[str, str | None]


@dataclass
class Commits:
    """Directories in the place of commits, by name, and which of them were asked for."""

    root: Path
    asked: list[str] = field(default_factory=list)

    def add(self, name: str, files: Files, parent: str = "") -> str:
        """Make a commit, on top of another's files; None deletes one."""
        directory = self.root / "commits" / name
        if parent:
            copytree(self.root / "commits" / parent, directory, symlinks=True)
        directory.mkdir(parents=True, exist_ok=True)
        write(directory, files)
        return name

    @contextmanager
    def checkout(self, commit: str) -> Iterator[Path]:
        """Give a copy."""
        self.asked.append(commit)
        with self.scratch() as path:
            copytree(self.root / "commits" / commit, path, symlinks=True, dirs_exist_ok=True)
            yield path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty directory."""
        path = Path(mkdtemp(dir=self.root))
        yield path
        rmtree(path, ignore_errors=True)

    def restore(self, commit: str, path: Path) -> None:
        """Put the files of a commit back."""
        copytree(self.root / "commits" / commit, path, symlinks=True, dirs_exist_ok=True)


def write(directory: Path, files: Files) -> None:
    for name, text in files.items():
        path = directory / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@pytest.fixture
def commits(tmp_path: Path) -> Commits:
    made = Commits(tmp_path)
    made.add("base", {"apps/api/name": "api\n", "name": "root\n"})
    made.add("c0ffee", {}, parent="base")
    made.add("integrated", {}, parent="base")
    return made


Make = Callable[..., Gates]


def shop_of(commits: Commits, sandbox: Sandbox) -> Workshop:
    places = Places(commits.checkout, commits.scratch)
    base = Base(lambda: "base", commits.root / "homes")
    setups = SetUps(sandbox, places, base, commits.restore)
    return Workshop(sandbox, places, setups, commits.root / "logs")


@pytest.fixture
def shop(commits: Commits) -> Workshop:
    return shop_of(commits, BubblewrapSandbox())


@pytest.fixture(params=[BubblewrapSandbox, NoSandbox])
def any_shop(request: pytest.FixtureRequest, commits: Commits) -> Workshop:
    return shop_of(commits, request.param())


@pytest.fixture
def make(shop: Workshop) -> Make:
    """Give what builds gates."""

    def build(**settings: object) -> Gates:
        return gates_of(shop, **settings)

    return build


def gates_of(shop: Workshop, **settings: object) -> Gates:
    config = RunConfig.model_validate({"repos": {"api": repo(green="true")}, **settings})
    return CommandGates(config, shop, Tips(lambda: "integrated", lambda: "base"))


def repo(path: str = "apps/api", **commands: str) -> RepoConfig:
    """Return a repo with gates by name and command."""
    return RepoConfig(path=path, gates=gates(**commands))


def gates(**commands: str) -> tuple[GateConfig, ...]:
    return tuple(GateConfig(name=name, command=command) for name, command in commands.items())


def item(name: str = "api") -> Item:
    return Item(ItemId("MS-SEC-001"), ItemStatus.IN_PROGRESS, "Mend it", phase=1, line=9, repo=name)
