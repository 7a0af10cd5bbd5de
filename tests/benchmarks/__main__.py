"""`make bench`: starts the product with much data in it, sends visitors through it, prints the figures.

    python -m tests.benchmarks [pages] [enrolment] [race] [admin] [proposal] [rosters] [intake] [letters] [quotas]

Without a word all parts but `quotas` are measured; it takes about ten minutes, and the hundred races
of `quotas` an hour and more. A figure that misses its bar is printed with its profile. The end is a
failure only when a race was not exact, or a letter was
lost or sent too often.
"""

import os
import sys

from tests.benchmarks import house
from tests.crashes.mail_server import MailServer


def main():
    port, mail_server = house.free_port(), MailServer(0)
    os.environ |= house.surroundings(port, mail_server.server_address[1])
    import django

    django.setup()
    from tests.benchmarks import course

    return course.run(port, mail_server, set(sys.argv[1:]) or {*course.PARTS, course.LETTERS})


if __name__ == "__main__":
    sys.exit(main())
