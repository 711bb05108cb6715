"""What every section of the configuration shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Tokens = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """A part of the configuration: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
