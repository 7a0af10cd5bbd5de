"""Every route there is, from the URL patterns themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")


@dataclass(frozen=True)
class Route:
    """`name` as one reverses it, or the pattern itself where Django gives none."""

    name: str
    pattern: str

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.pattern)

    def path(self, values: dict[str, object]) -> str:
        return "/" + PARAMETER.sub(lambda found: str(values[found[1]]), self.pattern)


def routes() -> list[Route]:
    return list(_below(get_resolver(), "", ""))


def _below(resolver: URLResolver, before: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _below(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            # Django's admin lists its apps by a regular expression
            readable = re.sub(r"\^?\(\?P<app_label>[^)]*\)/\$", "<app_label>/", pattern)
            yield Route(f"{namespace}{entry.name}" if entry.name else readable, readable)
