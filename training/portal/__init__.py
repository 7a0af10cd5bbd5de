"""The public door: trainees, nominators and everybody who wants to know what is offered.

Guards one rule: whoever stands here sees what is published and what is their own, nothing else.
It asks forms, calls one deed and answers; it knows no other door.
"""
