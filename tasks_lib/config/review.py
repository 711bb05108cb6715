"""What is looked for in the changes of an agent."""

from pydantic import Field

from tasks_lib.config.section import Section


class ReviewConfig(Section):
    """What a person may want to see first, and what must not be pushed."""

    flags: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="More paths to flag: words, and patterns of names or paths"
    )
    allowed_tokens: tuple[str, ...] = Field(
        (), description="Patterns of paths in which what looks like a token is an example"
    )
