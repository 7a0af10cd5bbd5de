"""What happens when, where and with whom.

Guards one rule: two published items never share a room or a speaker at one time, across all
sessions. Knows sessions, rooms and speakers, and nothing of those who take part.
"""
