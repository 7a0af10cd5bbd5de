"""Lists of people that leave the house: columns, sortings, formats, and the record of each.

Guards one rule: nothing leaves without a record of who took it, why, and what it held. Numbers
are masked unless the order says otherwise. Knows enrolments, and nothing of pages.
"""
