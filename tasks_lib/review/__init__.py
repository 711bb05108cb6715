"""Looking over what an agent changed: what a person may want to see first, and what must not leave.

Pure: the git room brings the bytes, the configuration the patterns, and the gates decide for themselves.
"""

from tasks_lib.review.change import Change
from tasks_lib.review.flags import flags
from tasks_lib.review.patterns import is_test, matches
from tasks_lib.review.secrets import Secrets, forms

__all__ = ["Change", "Secrets", "flags", "forms", "is_test", "matches"]
