"""The Prefect flows: one a file, each short enough to read at a glance."""
