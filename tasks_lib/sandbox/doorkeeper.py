"""The first program of a command that has doors: it opens them and then becomes the command.

    python -I -S -c SOURCE VARIABLE=SOCKET... -- PROGRAM ARGUMENT...

A port on the loopback interface is opened for every socket, and its address is put into the variable.
A child carries what comes there to the socket. All of it runs inside the sandbox and is trusted with nothing
that the command could not do itself. The interpreter gets this file as text: it stands alone.
"""

import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

CHUNK = 1 << 16


def main(arguments: Sequence[str]) -> NoReturn:
    """Open the doors and become the program behind ``--``."""
    end = arguments.index("--")
    doors = dict(argument.split("=", 1) for argument in arguments[:end])
    ports = {path: socket.create_server(("127.0.0.1", 0)) for path in set(doors.values())}
    for variable, path in doors.items():
        os.environ[variable] = f"http://127.0.0.1:{ports[path].getsockname()[1]}"
    if os.fork() == 0:
        _keep(ports)
    program = list(arguments[end + 1 :])
    os.execv(program[0], program)  # noqa: S606  that is the point


def _keep(ports: Mapping[str, socket.socket]) -> NoReturn:
    try:
        _let_go({port.fileno() for port in ports.values()})
        threads = [threading.Thread(target=_accept, args=lead) for lead in ports.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        os._exit(1)


def _let_go(kept: set[int]) -> None:
    """Close what belongs to the command: nobody must wait for us to see its output end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    opened = {int(path.name) for path in Path("/proc/self/fd").iterdir()}
    for descriptor in opened - kept - {0, 1, 2}:
        with suppress(OSError):  # the one that the directory was read by is closed already
            os.close(descriptor)


def _accept(path: str, port: socket.socket) -> None:
    while True:
        near, _ = port.accept()
        threading.Thread(target=_carry, args=(near, path), daemon=True).start()


def _carry(near: socket.socket, path: str) -> None:
    with near, socket.socket(socket.AF_UNIX) as far:
        try:
            far.connect(path)
        except OSError:
            return  # the service is gone: the connection ends
        answers = threading.Thread(target=pump, args=(far, near), daemon=True)
        answers.start()
        pump(near, far)
        answers.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes until one side has no more, and tell the other one."""
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(sys.argv[1:])
