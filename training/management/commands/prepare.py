import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from training.management.health import has_unapplied_migrations
from training.management.messages import compile_catalogue


class Command(BaseCommand):
    help = "Brings the database and the static files up to date; may run any number of times."

    def handle(self, *args: Any, **options: Any) -> None:
        if has_unapplied_migrations():
            with self.step("Bringing the database up to date"):
                call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        compile_catalogue()
        with self.step("Collecting and compressing the static files"):
            call_command("collectstatic", interactive=False, verbosity=0)
        with self.step(
            "Loading the real class and the sample" if settings.DEMO else "Loading provinces and categories"
        ):
            call_command("load_fixtures", with_hangzhou=settings.DEMO, with_sample=settings.DEMO, stdout=StringIO())

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        started = time.monotonic()
        self.stdout.write(f"  {sentence} … ", ending="")
        self.stdout.flush()
        yield
        self.stdout.write(f"{time.monotonic() - started:.1f} s")
