"""What a command of an agent or a gate may see and touch.

``BubblewrapSandbox`` confines it; ``NoSandbox`` does not and has to be chosen on purpose. ``Network`` opens
the way to the hosts that a configuration lists; ``Bounds`` is what a command may take of the machine,
``Reserve`` what it leaves of a disk.
"""

from tasks_lib.sandbox.bounds import Bounds
from tasks_lib.sandbox.bubblewrap import BubblewrapSandbox, check_bubblewrap
from tasks_lib.sandbox.disk import Reserve
from tasks_lib.sandbox.network import Network
from tasks_lib.sandbox.unconfined import NoSandbox

__all__ = ["Bounds", "BubblewrapSandbox", "Network", "NoSandbox", "Reserve", "check_bubblewrap"]
