"""Which paths mean what: the table that a user's configuration extends."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

FLAGGED: Final[Mapping[str, tuple[str, ...]]] = {
    "changes CI": (
        *(".github/workflows/*", ".github/actions/*", ".gitea/*", ".forgejo/*", ".woodpecker/*"),
        *(".woodpecker.y*ml", ".gitlab-ci.yml", ".gitlab/ci/*", ".circleci/*", ".drone.y*ml", ".travis.yml"),
        *("Jenkinsfile*", "azure-pipelines*.yml", "bitbucket-pipelines.yml", ".buildkite/*", ".ci/*"),
        *(".pre-commit-config.yaml", ".husky/*", "lefthook.y*ml"),
    ),
    "changes what the gates run or how strict they are": (
        *("Makefile", "GNUmakefile", "*.mk", "justfile", "Justfile", "Taskfile.y*ml", "Rakefile"),
        *("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "noxfile.py", "pytest.ini", "conftest.py"),
        *("ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "pylintrc", "mypy.ini", ".mypy.ini"),
        *("pyrightconfig.json", ".coveragerc", ".bandit", "sitecustomize.py", "usercustomize.py", "*.pth"),
        *("package.json", "tsconfig*.json", "eslint.config.*", ".eslintrc*", ".eslintignore"),
        *(".prettierrc*", ".prettierignore", "prettier.config.*", "biome.json*", ".stylelintrc*"),
        *("vitest.config.*", "vitest.workspace.*", "vite.config.*", "jest.config.*", "jest.setup.*"),
        *("babel.config.*", ".babelrc*", "playwright.config.*", "cypress.config.*", "karma.conf.*"),
        *(".mocharc*", ".nycrc*", "turbo.json", "nx.json", "lerna.json", "pnpm-workspace.yaml", ".npmrc"),
        *(".golangci.y*ml", "clippy.toml", "rustfmt.toml", "Cargo.toml", ".cargo/*", "build.rs"),
        *("build.gradle*", "settings.gradle*", "pom.xml", "phpunit.xml*", "phpstan.neon*", ".rspec"),
        *(".rubocop.yml", "Dockerfile*", "docker-compose*.y*ml", "compose.y*ml"),
        *("tasks-md.toml", "tasks-md.*.toml"),
    ),
    "changes locked dependencies": (
        *("uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pylock*.toml", "requirements*.txt"),
        *("constraints*.txt", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"),
        *("bun.lock", "bun.lockb", "deno.lock", "Cargo.lock", "go.mod", "go.sum", "Gemfile.lock"),
        *("composer.lock", "gradle.lockfile", "mix.lock", "flake.lock"),
    ),
    "changes instructions for agents": (
        *("AGENTS.md", "AGENT.md", "CLAUDE.md", "CLAUDE.local.md", "GEMINI.md", ".claude/*", ".mcp.json"),
        *(".cursorrules", ".cursor/*", ".windsurfrules", ".windsurf/*", ".clinerules*", ".roo/*"),
        *(".github/copilot-instructions.md", ".github/instructions/*", ".aider*", "SKILL.md", "llms.txt"),
    ),
    "changes how git treats files": (".gitattributes", ".gitmodules", ".gitignore", ".mailmap", ".lfsconfig"),
    "changes who must review": ("CODEOWNERS",),
}
"""Words of a flag, and the patterns of the paths that raise it; see ``matches``."""

TESTS: Final = (
    *("test_*.py", "*_test.py", "tests/*.py", "test/*.py", "tests.py"),
    *("*.test.*", "*.spec.*", "__tests__/*", "__snapshots__/*", "*.snap"),
    *("*_test.go", "*_test.rs", "tests/*.rs", "*Test.java", "*Tests.java", "*Test.kt", "*IT.java"),
    *("*Test.php", "*_spec.rb", "*_test.rb", "*Tests.cs", "*Test.cs", "*_test.exs", "*.bats"),
)
"""What counts as a test."""


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path falls under one of the patterns.

    A pattern without a slash is a name, one with a slash the last parts of a path, each at any depth:
    ``.ci/*`` meets ``apps/api/.ci/run``. A ``*`` stands for any characters, slashes too.
    """
    return any(
        fnmatchcase(place, pattern) for pattern in patterns for place in _places(path, whole="/" in pattern)
    )


def _places(path: str, *, whole: bool) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[start:]) for start in range(len(parts))) if whole else (parts[-1],)


def is_test(path: str) -> bool:
    """Tell whether a path is a test by its name."""
    return matches(path, TESTS)
