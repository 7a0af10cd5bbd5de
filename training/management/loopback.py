"""The demo's people and passwords are known to everybody: it answers only the machine that it runs on."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def only_for_this_machine(application: Application) -> Application:
    """The application for callers from loopback; everybody else gets a sentence with status 403."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if ip_address(environ["REMOTE_ADDR"].strip("[]")).is_loopback:
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"The demo answers only to the machine that it runs on.\n"]

    return answer
