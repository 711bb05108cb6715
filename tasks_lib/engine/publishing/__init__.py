"""What a run shows: when which page is published, and its way to the Prefect server."""
