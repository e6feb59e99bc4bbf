"""Keep filters of the hall under a name, open them, rename them, let them go; daily notices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import SavedSearch
from qinghe.market.queries.filters import HallFilters
from qinghe.market.queries.searches import as_json, new_in, of_member
from qinghe.market.refusals import NotACollector
from qinghe.parties.models import Membership, User
from qinghe.parties.roles import Permission, require

MOST: Final = 20
LONGEST_NAME: Final = 40
# At most one notice in this time; a little less than a day, for clocks do not strike exactly.
QUIET: Final = timedelta(hours=23)


class NoSuchSearch(DomainError):
    code = "market.no-such-search"
    status = 404
    text = _("There is no such kept search.")


class BadSearchName(DomainError):
    code = "market.bad-search-name"
    status = 422
    text = _("Give the search a name of at most {longest} characters.")


class SearchNameTaken(DomainError):
    code = "market.search-name-taken"
    text = _("You keep a search of this name already. Choose another one.")


class TooManySearches(DomainError):
    code = "market.too-many-searches"
    text = _("You keep {most} searches, and more are not possible. Delete one first.")


@verb("market.keep-search")
def keep_search(
    *, name: str, filters: HallFilters, actor: Actor, at: datetime, notice: bool = False
) -> SavedSearch:
    """
    Keep filters of the hall under a name, for this member alone.

    :raises BadSearchName: no name, or a long one
    :raises SearchNameTaken: the member keeps another one of that name
    :raises TooManySearches: as many are kept as may be
    """
    user_id, org_id = _alone(actor)
    name = _free(name, actor)
    if of_member(actor).count() >= MOST:
        raise TooManySearches(most=MOST)
    made = SavedSearch.objects.create(
        user_id=user_id,
        organisation_id=org_id,
        name=name,
        filters=as_json(filters),
        notice=notice,
        made_at=at,
        looked_at=at,
    )
    _note("kept", made, actor, at)
    return made


@verb("market.change-search")
def change_search(
    *, search_id: UUID, name: str, notice: bool, actor: Actor, at: datetime
) -> SavedSearch:
    """
    Give a kept search another name, and say whether a notice tells what is new.

    :raises NoSuchSearch: unknown, or another member's
    :raises BadSearchName: no name, or a long one
    :raises SearchNameTaken: the member keeps another one of that name
    """
    _alone(actor)
    found = _mine(search_id, actor)
    found.name, found.notice = _free(name, actor, but=found.pk), notice
    found.save(update_fields=["name", "notice"])
    _note("changed", found, actor, at)
    return found


@verb("market.open-search")
def open_search(*, search_id: UUID, actor: Actor, at: datetime) -> SavedSearch:
    """
    Look at a kept search: what is in the hall now is new no more.

    :raises NoSuchSearch: unknown, or another member's
    """
    found = _mine(search_id, actor)
    found.looked_at = max(at, found.looked_at)
    found.save(update_fields=["looked_at"])
    return found


@verb("market.drop-search")
def drop_search(*, search_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Let a kept search go.

    :raises NoSuchSearch: unknown, or another member's
    """
    found = _mine(search_id, actor)
    _note("dropped", found, actor, at)
    found.delete()


def tell_new(*, at: datetime) -> int:
    """
    Put up the day's notices where something new came since the last look; return how many.

    Safe to run often: nobody is told twice within a day, and members who left are not told.
    """
    works = Membership.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        user=OuterRef("user"),
        organisation=OuterRef("organisation"),
        role=Role.COLLECTOR,
        starts_at__lte=at,
    )
    quiet = Q(told_at__isnull=True) | Q(told_at__lte=at - QUIET)
    rows = SavedSearch.objects.filter(quiet, Exists(works), notice=True)
    return sum(_tell(row, at) for row in rows.order_by("id").iterator(chunk_size=500))


def _tell(row: SavedSearch, at: datetime) -> bool:
    actor = Actor(role=Role.COLLECTOR, user_id=row.user_id, org_id=row.organisation_id)
    if not new_in([row], actor, at)[0]:
        return False
    # Whoever looked meanwhile needs no notice.
    same = SavedSearch.objects.filter(pk=row.pk, looked_at=row.looked_at, notice=True)
    return bool(same.update(told_at=at))


def _alone(actor: Actor) -> tuple[UUID, UUID]:
    """Let one person change its searches one at a time: two tabs cannot pass the limit."""
    require(actor, Permission.TAKE_ORDERS)
    if actor.user_id is None or actor.org_id is None:
        raise NotACollector
    User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).first()
    return actor.user_id, actor.org_id


def _free(name: str, actor: Actor, but: UUID | None = None) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadSearchName(longest=LONGEST_NAME)
    same = of_member(actor).filter(name=name)
    if (same.exclude(pk=but) if but else same).exists():
        raise SearchNameTaken
    return name


def _mine(search_id: UUID, actor: Actor) -> SavedSearch:
    require(actor, Permission.TAKE_ORDERS)
    found = of_member(actor).select_for_update().filter(pk=search_id).first()
    if found is None:
        raise NoSuchSearch
    return found


def _note(what: str, row: SavedSearch, actor: Actor, at: datetime) -> None:
    # Never its name: people write what they like there.
    facts: dict[str, Any] = {"filters": row.filters, "notice": row.notice}
    record(kind=f"market.search-{what}", subject=f"search:{row.pk}", actor=actor, at=at, **facts)
