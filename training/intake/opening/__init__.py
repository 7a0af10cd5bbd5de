"""A small program of its own that opens one file and prints its cells, so that a bomb kills only itself.

Guards one rule: measured first, opened then, inside limits that the system enforces. It knows
neither Django nor any setting, key or database, and says what is wrong in a word.
"""
