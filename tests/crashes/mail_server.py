"""A mail server that keeps what it accepted, takes its time, and can stop in the middle of a letter."""

import contextlib
import email
import socketserver
import threading
import time

ANNOUNCED = "announced"  # the client wants to send a letter and has sent nothing of it
ACCEPTED = "accepted"  # the letter is kept, and the client does not know it yet
SECONDS_TO_BE_KILLED = 60


class _Conversation(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self):
        with contextlib.suppress(ConnectionResetError):  # the worker was killed while we listened
            self._converse()

    def _converse(self):
        self._say("220 ready")
        while line := self.rfile.readline():
            command = line[:4].strip().upper()
            if command == b"DATA":
                self.server.pass_by(ANNOUNCED)
                time.sleep(self.server.seconds_per_letter / 2)  # a client that dies here has sent nothing
                self._say("354 go on")
                self._accept_a_letter()
            elif command == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 localhost")

    def _accept_a_letter(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if not line:
            return  # the client died in the middle of the letter
        time.sleep(self.server.seconds_per_letter / 2)
        self.server.accepted.append(email.message_from_bytes(b"".join(lines))["Message-ID"])
        self.server.one_more.set()
        self.server.pass_by(ACCEPTED)
        self._say("250 accepted")

    def _say(self, answer):
        try:
            self.wfile.write(answer.encode() + b"\r\n")
        except OSError:  # the worker was killed while we spoke
            self.server.one_more.set()


class MailServer(socketserver.ThreadingTCPServer):
    """`accepted` holds the Message-IDs in the order of acceptance."""

    daemon_threads = True

    def __init__(self, seconds_per_letter):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.seconds_per_letter = seconds_per_letter
        self.accepted = []
        self.one_more = threading.Event()
        self.is_held, self._goes_on = threading.Event(), threading.Event()
        self._hold = None

    def hold(self, point, letters):
        """Stop at this point of a conversation once so many letters were accepted; `is_held` says when it has."""
        self.is_held.clear()
        self._goes_on.clear()
        self._hold = (point, letters)

    def let_go(self):
        self._hold = None
        self._goes_on.set()

    def pass_by(self, point):
        if self._hold is not None and point == self._hold[0] and len(self.accepted) >= self._hold[1]:
            self.is_held.set()
            self._goes_on.wait(SECONDS_TO_BE_KILLED)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return super().__enter__()

    def __exit__(self, *problem):
        self.shutdown()
        super().__exit__(*problem)

    def wait_for(self, count, seconds):
        """Whether `count` letters were accepted within `seconds`."""
        until = time.monotonic() + seconds
        while len(self.accepted) < count:
            left = until - time.monotonic()
            if left <= 0:
                return False
            self.one_more.wait(left)
            self.one_more.clear()
        return True
