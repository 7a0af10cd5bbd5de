"""How much one file may hold, and what one opening may cost.

A list of people has some hundred rows; the limits leave room for whatever else a ministry's
workbook carries, and none for what was made to hurt.
"""

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_TIMES_SMALLER = 200  # XML of equal rows packs to a fiftieth; a bomb to a thousandth
SMALL_ENOUGH_BYTES = 1024 * 1024  # unpacked; below this the ratio does not matter
MOST_PARTS = 2_000  # entries of a package
MOST_SHEETS = 60
MOST_ROWS = 5_000  # of a file, blank ones included
MOST_COLUMNS = 200
MOST_CHARACTERS = 8_000_000  # of a file
LONGEST_CELL = 4_000  # characters; what is longer is cut
DEEPEST_ELEMENT = 200

CPU_SECONDS = 20
MEMORY_BYTES = 768 * 1024 * 1024  # of addresses; a big list takes a tenth of that
WALL_SECONDS = 60
