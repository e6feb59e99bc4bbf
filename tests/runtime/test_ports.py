from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from config.errors import CannotStart
from config.ports import port_from_environment, require_free

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_its_holder_and_another(taken: int) -> None:
    with pytest.raises(CannotStart, match=rf"Port {taken} is taken.*PORT=\d+"):
        require_free("127.0.0.1", taken)


def test_a_port_is_free_again_after_its_holder(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    require_free("127.0.0.1", free)


@pytest.mark.parametrize("word", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", word)

    with pytest.raises(CannotStart, match="not a port"):
        port_from_environment()


def test_the_port_is_8000_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert port_from_environment() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert port_from_environment() == 8123
