"""Figures: what a page, a deed and a roster cost with ten thousand enrolments in the data."""
