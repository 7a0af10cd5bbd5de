"""Who takes part: applications, places, offers, the waiting list.

Guards one rule: a place is held once and never more places than there are. Every move of an
enrolment goes through `lifecycle.py` and leaves an event that nothing can change. Knows
sessions and letters, and nothing of rosters and of the doors.
"""
