"""Decisions as data: what may start, what is stuck and why, the plan, the forecast and the report of a run.

This room is pure: a backlog goes in, frozen data comes out. It knows no clock, no files and no engine.
"""
