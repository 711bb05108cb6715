"""A local replay of the Messages API: recorded turns of a model, served to the real SDK."""

from tasks_lib.agents.replay.recording import Recording, load_recordings
from tasks_lib.agents.replay.server import ReplayServer

__all__ = ["Recording", "ReplayServer", "load_recordings"]
