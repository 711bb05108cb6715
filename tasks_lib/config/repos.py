"""How the repos of the column ``repo`` are set up and checked."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from tasks_lib.config.section import Seconds, Section

HOST: Final = r"^(\*\.)?([A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*:[1-9][0-9]{0,4}$"
"""A name with its port, perhaps with a star in front. Its last part begins with a letter: no address."""


class GateConfig(Section):
    """A command that must exit 0."""

    name: str = Field(min_length=1, description="What the gate is called in reports, e.g. lint")
    command: str = Field(min_length=1, description="A shell command, run in the repo's directory")
    timeout: Seconds = Field(600, description="Seconds until the command is ended and the gate is red")
    policy: Literal["must-pass", "not-worse"] = Field(
        "must-pass",
        description="not-worse: what is red on the untouched base may stay as red",
    )
    reruns: int = Field(0, ge=0, le=10, description="Runs more that a red gate gets; green then is flagged")
    tests: Literal["", "pytest", "vitest", "jest", "junit"] = Field(
        "", description="The runner: tests that passed on the untouched base then have to run again"
    )
    report: str = Field(
        "", description="For junit: the runner's own XML files below the repo's directory, e.g. build/*.xml"
    )
    may_remove_tests: bool = Field(
        default=False, description="Tests that do not run any more are remarked instead of red"
    )

    @model_validator(mode="after")
    def _check_report(self) -> Self:
        if self.report and self.tests != "junit":
            raise ValueError('report is for tests = "junit"; the other runners are told where to report')
        if self.report.startswith("/") or ".." in self.report.split("/"):
            raise ValueError(f"report: {self.report!r} leads out of the repo's directory")
        return self


class SetupConfig(Section):
    """What a fresh checkout needs before anybody can work in it: its dependencies, say."""

    command: str = Field(min_length=1, description="A shell command, run in the repo's directory")
    timeout: Seconds = Field(900, description="Seconds until the command is ended and counts as failed")
    cache: bool = Field(
        default=True,
        description="Keep the HOME that it leaves on the base branch; every checkout gets a copy",
    )


class RepoConfig(Section):
    """A workspace name of the column ``repo``: where it lives and how it is checked."""

    path: str = Field(".", description="Directory inside the repository, e.g. apps/api")
    setup: SetupConfig | None = Field(None, description="Run in a fresh checkout, for agents and for gates")
    gates: tuple[GateConfig, ...] = Field((), description="Run in this order on every item's commit")
    network: tuple[Annotated[str, Field(pattern=HOST)], ...] = Field(
        (), description='Hosts that its commands may reach by https: ["example.net:443", "*.example.org:443"]'
    )
