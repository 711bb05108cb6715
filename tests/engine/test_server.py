"""The address of the embedded server."""

import socket
from pathlib import Path

from tasks_lib.engine.server import kept_port


def test_the_address_is_kept(tmp_path: Path) -> None:
    """Links in tasks, artifacts and mails still lead somewhere after the server was started again."""
    assert kept_port(tmp_path) == kept_port(tmp_path)


def test_a_port_that_something_else_took_is_given_up(tmp_path: Path) -> None:
    """Another free one is used, and kept from then on."""
    first = kept_port(tmp_path)
    with socket.create_server(("127.0.0.1", first)):
        second = kept_port(tmp_path)
    assert second != first
    assert kept_port(tmp_path) == second


def test_a_file_that_holds_no_port_is_passed_over(tmp_path: Path) -> None:
    """Nothing that stands in the file keeps the server from starting."""
    for words in ("", "eighty", "-1", "99999999"):
        (tmp_path / "port").write_text(words)
        assert 0 < kept_port(tmp_path) < 65536
