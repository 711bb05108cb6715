"""The Prefect flows: one a file, each short enough to read at a glance.

Their states carry words and no data: Prefect meets a failed state whose data is no exception with a TypeError.
"""
