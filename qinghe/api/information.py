"""The information mode for machines: the directory, asking for quotations, answering them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from qinghe.api.auth import actor_of, writer_of
from qinghe.kernel import clock
from qinghe.market.queries.information import asked_of_me, compared, own_request
from qinghe.market.queries.listed import listed
from qinghe.market.quote_envelopes import Quote
from qinghe.market.services.quotes import hand_in_quote, refuse_quote, withdraw_quote
from qinghe.market.services.quoting import ask_quotes

router = Router(tags=["quotations"])


class PaperOut(Schema):
    """One verified registration; an empty region means everywhere."""

    number: str
    region: str
    ends_on: date


class AgencyOut(Schema):
    """One agency that agreed to be listed. Figures are missing while too little is known."""

    org_id: UUID
    slug: str
    name: str
    size: str
    products: list[str]
    stages: list[str]
    papers: list[PaperOut]
    grade: str | None
    ratio: Decimal | None = Field(description="Justified complaints per 5,000 accounts.")
    low: Decimal | None
    high: Decimal | None


class AskIn(Schema):
    """A portfolio in bands, whom to ask (nobody: all that fit), and until when."""

    product: str
    stage: str
    count_band: str
    sum_band: str
    regions: list[str]
    closes_at: AwareDatetime
    contact_name: str
    contact_phone: str
    collector_ids: list[UUID] = []


class QuoteIn(Schema):
    """A quotation. Rates are shares of one, times are days."""

    rate: Decimal
    quality_share: Decimal
    period_days: int
    first_action_days: int
    report_days: int
    sentence: str = ""


class RefuseIn(Schema):
    """Why the portfolio is not wanted."""

    reason: str


class QuoteOut(Schema):
    """An opened answer: a quotation, or a refusal with its reason."""

    id: UUID
    agency: str
    rate: Decimal | None
    quality_share: Decimal | None
    period_days: int | None
    sentence: str
    refused: str
    passed: str


class RequestOut(Schema):
    """One request. `answers` are empty until the hour, whatever was handed in."""

    id: UUID
    number: str
    state: str
    product: str
    stage: str
    count_band: str
    sum_band: str
    regions: list[str]
    closes_at: datetime
    answers: list[QuoteOut] = []


@router.get("/directory", response=list[AgencyOut], url_name="directory")
def list_agencies(
    request: HttpRequest, region: str = "", product: str = "", stage: str = ""
) -> list[dict[str, object]]:
    """Return the agencies that agreed to be listed and may work today."""
    actor_of(request)
    regions = (region,) if region else ()
    found = listed(clock.now(), product=product, stage=stage, regions=regions)
    empty = {"grade": None, "ratio": None, "low": None, "high": None}
    return [
        {
            **{name: getattr(row, name) for name in AgencyOut.model_fields if name not in empty},
            **({name: getattr(row.standing, name) for name in empty} if row.standing else empty),
        }
        for row in found
    ]


@router.post("/quotes", response={201: RequestOut}, url_name="ask-quotes")
def ask(request: HttpRequest, body: AskIn) -> Status[RequestOut]:
    """Ask agencies to quote on a portfolio."""
    actor = writer_of(request)
    made = ask_quotes(**body.dict(), actor=actor, at=clock.now())
    return Status(201, RequestOut.from_orm(made))


@router.get("/quotes/asked", response=list[RequestOut], url_name="quotes-asked")
def list_asked(request: HttpRequest) -> list[RequestOut]:
    """Return the requests that your agency was asked about; who asks is not told."""
    return [RequestOut.from_orm(row.request) for row in asked_of_me(actor=actor_of(request))]


@router.get("/quotes/{uuid:request_id}", response=RequestOut, url_name="quotes-request")
def one_request(request: HttpRequest, request_id: UUID) -> RequestOut:
    """Return one request of yours, with its answers once its hour has come."""
    found = own_request(request_id=request_id, actor=actor_of(request))
    told = RequestOut.from_orm(found)
    told.answers = [
        QuoteOut(
            id=row.quotation.pk,
            agency=row.slug,
            rate=row.quotation.rate,
            quality_share=row.quotation.quality_share,
            period_days=row.quotation.period_days,
            sentence=row.quotation.sentence,
            refused=row.quotation.refused,
            passed=row.quotation.passed,
        )
        for row in compared(request=found, at=clock.now())
    ]
    return told


@router.post("/quotes/asked/{uuid:request_id}", response={204: None}, url_name="hand-in-quote")
def hand_in(request: HttpRequest, request_id: UUID, body: QuoteIn) -> Status[None]:
    """Hand in a sealed quotation; it replaces your earlier answer."""
    actor = writer_of(request)
    hand_in_quote(request_id=request_id, quote=Quote(**body.dict()), actor=actor, at=clock.now())
    return Status(204, None)


@router.post(
    "/quotes/asked/{uuid:request_id}/refuse", response={204: None}, url_name="refuse-quote"
)
def refuse(request: HttpRequest, request_id: UUID, body: RefuseIn) -> Status[None]:
    """Refuse under seal."""
    actor = writer_of(request)
    refuse_quote(request_id=request_id, reason=body.reason, actor=actor, at=clock.now())
    return Status(204, None)


@router.post(
    "/quotes/asked/{uuid:request_id}/take-back", response={204: None}, url_name="withdraw-quote"
)
def take_back(request: HttpRequest, request_id: UUID) -> Status[None]:
    """Take your sealed answer back."""
    actor = writer_of(request)
    withdraw_quote(request_id=request_id, actor=actor, at=clock.now())
    return Status(204, None)
