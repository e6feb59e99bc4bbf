from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import keys
from config.errors import CannotStart

STARTERS = 6


def test_a_key_is_made_once_and_kept_to_the_owner(var_folder: Path) -> None:
    first = keys.django_secret()

    assert len(first) >= 60
    assert keys.django_secret() == first
    assert stat.S_IMODE((var_folder / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.files()} == {0o600}


def test_every_key_is_another(var_folder: Path) -> None:
    made = {
        keys.django_secret(),
        keys.webhook_secret(),
        keys.database_password(),
        keys.database_admin_password(),
        keys.vault_ring()["keys"]["k1"],
        keys.vault_ring()["blind"]["b1"],
    }
    assert len(made) == 6


def test_processes_that_start_at_once_agree_on_the_keys(var_folder: Path) -> None:
    code = "from config import keys; print(keys.django_secret(), keys.vault_ring()['keys']['k1'])"
    starters = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(STARTERS)
    ]
    answers = {starter.communicate()[0] for starter in starters}

    assert len(answers) == 1
    assert not [path for path in (var_folder / "keys").iterdir() if path.name.startswith(".d")]


def test_a_new_ring_holds_256_bit_keys(var_folder: Path) -> None:
    ring = keys.vault_ring()

    assert ring["active"] in ring["keys"]
    assert {len(base64.b64decode(key)) for key in ring["keys"].values()} == {32}


def test_a_rotation_keeps_the_old_keys(var_folder: Path) -> None:
    old = keys.vault_ring()

    def add(ring: keys.VaultRing) -> keys.VaultRing:
        more = {**ring["keys"], "k2": keys.new_ring_key()}
        return {"active": "k2", "keys": more, "blind": ring["blind"]}

    keys.change_vault_ring(add)

    assert keys.vault_ring()["active"] == "k2"
    assert keys.vault_ring()["keys"]["k1"] == old["keys"]["k1"]


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        json.dumps({"active": "k1", "keys": {}, "blind": {}}),
        json.dumps({"active": "k1", "keys": {"k1": "c2hvcnQ="}, "blind": {}}),
    ],
)
def test_a_broken_ring_says_so_without_showing_it(var_folder: Path, text: str) -> None:
    keys.vault_ring()
    (var_folder / "keys" / "vault.json").write_text(text)

    with pytest.raises(CannotStart, match="not a key ring") as fault:
        keys.vault_ring()
    assert "c2hvcnQ" not in str(fault.value)


def test_an_emptied_key_file_is_not_replaced_in_silence(var_folder: Path) -> None:
    keys.django_secret()
    (var_folder / "keys" / "django").write_text("")

    with pytest.raises(CannotStart, match="empty"):
        keys.django_secret()
