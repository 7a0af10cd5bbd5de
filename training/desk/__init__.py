"""The staff's door: the people of a session, and the rosters that are taken out of the house.

Guards one rule: a page shows masked numbers only; full ones leave in a file, with a right, a
purpose and a fresh sign-in. Decides nothing itself: rosters and enrolments do.
"""
