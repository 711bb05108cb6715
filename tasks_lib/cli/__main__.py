"""``python -m tasks_lib.cli``, the same as ``tasks-md``."""

import sys

from tasks_lib.cli import main

sys.exit(main())
