"""What the product costs: CPU of all its processes for what people do, and queries of the database.

`make bench` starts the product as it is served, with ten thousand enrolments in its data, sends
visitors through it and prints a table. Wall time is not judged, because a machine is shared; CPU
is. `test_bars.py` belongs to the ordinary tests: queries can be counted anywhere.
"""
