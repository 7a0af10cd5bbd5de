"""Processes that are killed at the worst moment; nothing that was acknowledged is lost."""
