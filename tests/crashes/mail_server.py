"""A mail server that keeps what it accepted, and takes its time."""

import email
import socketserver
import threading
import time


class _Conversation(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self):
        self._say("220 ready")
        while line := self.rfile.readline():
            command = line[:4].strip().upper()
            if command == b"DATA":
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
