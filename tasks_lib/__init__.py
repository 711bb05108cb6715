"""The library beneath the flows: see docs/architecture.md for its rooms."""
