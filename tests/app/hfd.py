# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""What the tests of the daemon share: a daemon of one's own, and clients that write frames
by hand, so that they can also write wrong ones.

A test waits for conditions, never for a time; what must come comes within LIMIT seconds.
"""
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

LIMIT = 60
BIN = os.environ["HF_BIN_DIR"]
SOURCE = os.environ["HF_SOURCE_DIR"]

INIT, INFO, ECHO = 0x0101, 0x0102, 0x0103
PUT, READ = 0x0201, 0x0202
GENERATE = 0x0302
CREATE, INCREMENT, COUNT = 0x0501, 0x0502, 0x0503
STATISTICS = 0x0B01
GLOBAL = 0x80000000
IDENTITY, USE_GLOBAL, WRITE_GLOBAL, ADMIN = 1, 2, 4, 8
HEADER = struct.Struct("<2sBBHHIi")
LABEL = bytes(32)


def statuses():
    """Name -> number, from the header."""
    with open(f"{SOURCE}/include/holdfast/status.h") as file:
        found = re.findall(r"X\((\w+), (-\d+),", file.read())
    return {name: int(number) for name, number in found}


STATUS = statuses()


def constant(header, name):
    """The number of a `#define NAME NUMBER` of a public header."""
    with open(f"{SOURCE}/include/holdfast/{header}") as file:
        return int(re.search(rf"#define {name} (\w+)", file.read())[1].rstrip("u"), 0)


PROTOCOL = constant("frame.h", "HF_PROTO_VERSION")


def check(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


def until(condition, text):
    """Look again until the condition holds."""
    limit = time.monotonic() + LIMIT
    while not condition():
        check(time.monotonic() < limit, f"still not after {LIMIT} s: {text}")
        time.sleep(0.01)


class Closed(Exception):
    """The server has ended the connection."""


def frame(kind, body=b"", sequence=1, version=PROTOCOL, flags=0, length=None, magic=b"HF"):
    length = len(body) if length is None else length
    return HEADER.pack(magic, version, flags, kind, sequence, length, 0) + body


class Client:
    def __init__(self, path, init=True, window=16, body_size=65536):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT)
        self.socket.connect(path)
        self.sequence = 0
        if init:
            status, body = self.call(INIT, struct.pack("<BIHI", PROTOCOL, body_size, window, 0))
            check(status == 0, f"INIT gave {status}")
            _, _, _, self.owner, self.permissions = struct.unpack("<BIHHI", body)

    def close(self):
        self.socket.close()

    def send_bytes(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed from error

    def send(self, kind, body=b""):
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.send_bytes(frame(kind, body, self.sequence))

    def receive_bytes(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError as error:
                raise Closed from error
            if not more:
                raise Closed
            data += more
        return data

    def receive(self):
        """(kind, sequence, status, body) of the next answer."""
        magic, version, flags, kind, sequence, length, status = HEADER.unpack(
            self.receive_bytes(HEADER.size))
        check((magic, version, flags) == (b"HF", PROTOCOL, 1), "an answer's header is wrong")
        return kind, sequence, status, self.receive_bytes(length)

    def call(self, kind, body=b""):
        self.send(kind, body)
        got, sequence, status, answer = self.receive()
        check((got, sequence) == (kind, self.sequence), "the answer is another request's")
        return status, answer

    # The requests that the tests need: (status, value).
    def echo(self, data):
        status, body = self.call(ECHO, struct.pack("<I", len(data)) + data)
        return status, body[4:]

    def create(self, number):
        status, _ = self.call(CREATE, struct.pack("<IQIH", number, 0, 0, 0) + LABEL)
        return status, None

    def increment(self, number):
        status, body = self.call(INCREMENT, struct.pack("<IQ", number, 1))
        return status, struct.unpack("<Q", body)[0] if status == 0 else None

    def count(self, number):
        status, body = self.call(COUNT, struct.pack("<I", number))
        return status, struct.unpack_from("<Q", body)[0] if status == 0 else None

    def put(self, number, data):
        status, _ = self.call(PUT, struct.pack("<IIH", number, 0, 0) + LABEL +
                              struct.pack("<I", len(data)) + data)
        return status, None

    def read(self, number):
        status, body = self.call(READ, struct.pack("<III", number, 0, 60000))
        return status, body[4 + 8 + 4 + 32 + 4:] if status == 0 else None

    def generate(self, number, key_type, flags, store):
        status, _ = self.call(GENERATE, struct.pack("<IIIH", number, key_type, flags, 0) +
                              LABEL + bytes([store]))
        return status, None


class Daemon:
    """A daemon with a folder of its own; `with` ends it, whatever happens."""

    def __init__(self):
        self.work = tempfile.mkdtemp()
        self.store = f"{self.work}/store"
        self.socket = f"{self.work}/socket"
        self.log = f"{self.work}/log"
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if kind is not None and os.path.exists(self.log):
            with open(self.log) as file:
                sys.stderr.writelines("  log: " + line for line in file)
        shutil.rmtree(self.work)

    def start(self, *options, listen=None, before=None):
        listen = [f"unix {self.socket}"] if listen is None else listen
        arguments = [f"{BIN}/holdfastd", "--store", self.store, *options]
        for words in listen:
            arguments += ["--listen", words]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log,
                                            preexec_fn=before)
        until(self.is_ready, "the daemon is ready")

    def is_ready(self):
        check(self.process.poll() is None, "the daemon ended: " + self.text())
        return "daemon: ready" in self.text()

    def text(self):
        with open(self.log) as file:
            return file.read()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def terminate(self):
        self.process.terminate()

    def wait(self):
        status = self.process.wait(timeout=LIMIT)
        self.process = None
        check(status == 0, f"the daemon ended with {status}: {self.text()}")

    def stop(self):
        self.terminate()
        self.wait()

    def is_instrumented(self):
        """A sanitizer keeps shadows and freed blocks: resident bytes are not the server's."""
        with open(f"/proc/{self.process.pid}/maps") as file:
            return re.search(r"lib[at]san", file.read()) is not None

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def client(self, **options):
        return Client(self.socket, **options)
