"""Letter workers that are there at once: a process that has loaded everything forks one for each line it reads.

Starting a worker anew takes seconds, and sixty of them are killed. Each one is a process of its
own with its own connections; nothing was connected before it was forked.

    python -m tests.crashes.nursery [--without-lease]
"""

import os
import signal
import sys

import django


def without_a_lease():
    """The control: a letter counts as sent before it is, so nobody has to remember who holds it."""
    from django.utils import timezone

    from training.mail import sending
    from training.mail.models import Letter

    def mark_first(letter_id):
        taken = Letter.objects.waiting().filter(pk=letter_id).update(state="sent", sent_at=timezone.now())
        return Letter.objects.get(pk=letter_id) if taken else None

    sending._lease = mark_first


def work():
    from django.core.management import call_command

    call_command("procrastinate", "worker", "--queues", "letters", "--fetch-job-polling-interval", "0.2")


def main():
    django.setup()
    if "--without-lease" in sys.argv:
        without_a_lease()
    from training import tasks

    assert tasks.letters
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed is gone at once
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work()
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
