"""Kept searches of the hall, and where its orders are."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.listings import Filters
from qinghe.kernel import clock
from qinghe.market.queries.regions import regions
from qinghe.market.queries.searches import as_json, searches
from qinghe.market.services import change_search, drop_search, keep_search, open_search

router = Router(tags=["listings"])


class SearchOut(Schema):
    """One search that the owner of the key keeps."""

    id: UUID
    name: str
    filters: dict[str, Any] = Field(description="As `GET /listings` takes them; what is not empty.")
    notice: bool = Field(description="A notice a day at most tells what is new.")
    new: int = Field(description="Orders that came since it was opened last; stops at 100.")
    capped: bool = Field(description="There are more than `new`.")


class SearchIn(Schema):
    """A name of at most 40 characters, and what to look for."""

    name: str
    filters: Filters
    notice: bool = False


class ChangeIn(Schema):
    """Another name, and whether a notice tells what is new."""

    name: str
    notice: bool


class MapOut(Schema):
    """
    Orders by province, by what the hall shows of them. Below five a province is only named.

    `capped`: there are more orders, and the newest 20,000 were counted.
    """

    counts: dict[str, int] = Field(description="By the code of the province; five orders or more.")
    few: list[str] = Field(description="Provinces with one to four orders.")
    nowhere: int = Field(
        description="Orders whose place is not shown; if capped, those of small provinces too."
    )
    total: int = Field(description="A province of `few` counts as one order: at least so many.")
    capped: bool


@router.get("/listings/map", response=MapOut, url_name="listing-map")
def get_map(request: HttpRequest, filters: Annotated[Filters, Query()]) -> dict[str, Any]:
    """Return where the orders of the hall are, under the same filters as the list."""
    found = regions(actor=actor_of(request), at=clock.now(), filters=filters.hall())
    return {**vars(found), "few": sorted(found.few)}


@router.get("/searches", response=list[SearchOut], url_name="searches")
def list_searches(request: HttpRequest) -> list[SearchOut]:
    """Return the searches you keep, by name, with how much is new in each."""
    rows = searches(actor=actor_of(request), at=clock.now())
    return [SearchOut(**{**vars(row), "filters": as_json(row.filters)}) for row in rows]


@router.post("/searches", response={201: SearchOut}, url_name="keep-search")
def create_search(request: HttpRequest, body: SearchIn) -> Status[SearchOut]:
    """Keep filters of the hall under a name; twenty at most."""
    actor = writer_of(request)
    made = keep_search(
        name=body.name,
        filters=body.filters.hall(),
        notice=body.notice,
        actor=actor,
        at=clock.now(),
    )
    return Status(201, _found(request, made.pk))


@router.post("/searches/{uuid:search_id}", response=SearchOut, url_name="change-search")
def create_change(request: HttpRequest, search_id: UUID, body: ChangeIn) -> SearchOut:
    """Give a search another name, or switch its notice."""
    actor = writer_of(request)
    change_search(search_id=search_id, **body.dict(), actor=actor, at=clock.now())
    return _found(request, search_id)


@router.post("/searches/{uuid:search_id}/open", response=SearchOut, url_name="open-search")
def create_look(request: HttpRequest, search_id: UUID) -> SearchOut:
    """Say that you have looked: what is in the hall now is new no more."""
    open_search(search_id=search_id, actor=writer_of(request), at=clock.now())
    return _found(request, search_id)


@router.post("/searches/{uuid:search_id}/delete", response={204: None}, url_name="drop-search")
def create_end(request: HttpRequest, search_id: UUID) -> Status[None]:
    """Let a search go."""
    drop_search(search_id=search_id, actor=writer_of(request), at=clock.now())
    return Status(204, None)


def _found(request: HttpRequest, search_id: UUID) -> SearchOut:
    return next(row for row in list_searches(request) if row.id == search_id)
