"""Lists that come into the house: spreadsheets and Word tables in every shape become nominations.

Guards two rules: nothing is parsed before it is measured, and nothing is guessed: a cell that
was damaged, mended or not understood says so. Knows nominations, and nothing of the doors.
"""
