"""What every agent promises, as tests that anybody can run on an agent of their own; needs pytest.

Subclass ``AgentContract`` in a test module and override its fixture ``make``; see docs/agents.md.
"""

import pytest

pytest.register_assert_rewrite(f"{__name__}.suite")

from tasks_lib.agents.contract_suite.acts import Act  # noqa: E402  after the line that explains its failures
from tasks_lib.agents.contract_suite.stage import Make, Stage  # noqa: E402  ditto
from tasks_lib.agents.contract_suite.suite import AgentContract  # noqa: E402  ditto

__all__ = ["Act", "AgentContract", "Make", "Stage"]
