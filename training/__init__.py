"""Cohort: residential training programmes, from the first notice to the last certificate.

The project and its one domain app. Inside: one folder per business concept, stacked on
floors, and above them the doors, named after who walks in. The README draws the map.
"""
