"""Who writes slowly keeps the stay: the page asks while they type, up to two hours."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from tests.portal.conftest import NOON, World


def test_typing_keeps_the_stay_awake(inside: Client, world: World, time_machine: object) -> None:
    place = f"/d/claims/{world.claim.pk}/contest/"
    assert 'data-awake="/d/awake/"' in inside.get(place).text
    for minutes in (15, 30, 45):
        time_machine.move_to(NOON + timedelta(minutes=minutes), tick=False)  # type: ignore[attr-defined]
        assert inside.get("/d/awake/").status_code == 204
    assert inside.get(place).status_code == 200
    time_machine.move_to(NOON + timedelta(minutes=66), tick=False)  # type: ignore[attr-defined]
    assert inside.get("/d/awake/").status_code == 302


def test_nobody_is_kept_awake_without_a_stay(client: Client, db: None) -> None:
    assert client.get("/d/awake/").status_code == 302
