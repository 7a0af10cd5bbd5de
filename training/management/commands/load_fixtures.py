from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from training.management.fixtures.loading import load_the_demo, load_the_hangzhou_class, load_what_every_house_needs
from training.tools.refusals import Refused


class Command(BaseCommand):
    help = "Loads provinces and categories, and the classes asked for. May run again: what is there stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--with-hangzhou", action="store_true", help="also the Hangzhou class of November 2025")
        parser.add_argument("--with-sample", action="store_true", help="also the sample class; in the demo only")

    def handle(self, *args: Any, **options: Any) -> None:
        load_what_every_house_needs()
        self.stdout.write("Provinces and categories are loaded.")
        if options["with_hangzhou"]:
            is_new = load_the_hangzhou_class()
            self.stdout.write("The Hangzhou class is loaded." if is_new else "The Hangzhou class is there already.")
        if options["with_sample"]:
            try:
                is_new = load_the_demo(timezone.localdate())
            except Refused as refused:
                raise CommandError(str(refused)) from refused
            self.stdout.write("The sample class is loaded." if is_new else "The sample class is there already.")
