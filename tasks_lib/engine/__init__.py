"""The Prefect side of a run: the only room of the library that imports prefect.

``run_items`` builds the DAG while it runs; ``embedded_server`` starts a real Prefect server where none is
configured.
"""
