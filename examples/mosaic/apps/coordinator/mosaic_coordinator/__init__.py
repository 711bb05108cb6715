"""Mosaic's coordinator: who may come in, what comes in, and what is remembered."""
