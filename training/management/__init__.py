"""The operator's door: start and stop, health, logs, seed data, and what the clock does by itself.

Guards one rule: nothing unsafe starts outside the demo. It calls the deeds of the floors below
and makes no decision of its own; it knows no page and no other door.
"""
