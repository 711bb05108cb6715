"""The Prefect flows: one a file, each short enough to read at a glance.

Their states carry words and no data: data of a failed state that is no exception is a TypeError in Prefect.
"""
