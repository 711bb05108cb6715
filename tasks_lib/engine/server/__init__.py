"""The Prefect server of a run: the one that is configured, or an embedded one of its own."""
