import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from training.management.serving import THREADS, WORKERS, granian_command, is_loopback


class Command(BaseCommand):
    help = "Serves the web pages until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", default=8000, type=int)
        parser.add_argument("--workers", default=WORKERS, type=int, help="processes")
        parser.add_argument("--threads", default=THREADS, type=int, help="threads of each process")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO and not is_loopback(options["host"]):
            raise CommandError("The demo's passwords are known to everybody: it listens on 127.0.0.1 only.")
        command = granian_command(options["host"], options["port"], options["workers"], options["threads"])
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
