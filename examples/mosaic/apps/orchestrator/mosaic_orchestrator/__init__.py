"""Mosaic's orchestrator: queues jobs, hands them to workers and retries what failed."""
