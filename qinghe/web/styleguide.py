"""Every part of the design on one page, with invented content: /styleguide/."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from qinghe.web.formats import as_day, money_short
from qinghe.web.icons import ICONS
from qinghe.web.parts import (
    Budget,
    ChannelLine,
    Chart,
    Counter,
    Crumb,
    DayBar,
    Event,
    Figure,
    Series,
    Term,
    by_day,
)

SAMPLE_AT = datetime(2026, 11, 23, 6, 32, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of each kind."""

    reference = forms.CharField(
        label=later("Order number"), help_text=later("It stands on the letter.")
    )
    channel = forms.ChoiceField(
        label=later("Channel"),
        choices=[("sms", later("Text message")), ("voice", later("Phone call"))],
    )
    monthly = forms.ChoiceField(
        label=later("What can you pay each month?"),
        choices=[("500", "¥500"), ("800", "¥800"), ("1100", "¥1,100")],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=later("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=later("Note"), widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label=later("I have read the contract"))
    file = forms.FileField(label=later("File"), required=False)


def _budget() -> Budget:
    bar = DayBar(
        label=_(
            "Contact is open from 8:00 to 22:00; the person prefers 18:00 to 20:00; two calls "
            "today, at 9:12 without answer and at 11:40 answered; it is 14:32."
        ),
        open=[(time(8), time(22))],
        wished=[(time(18), time(20))],
        attempts=[(time(9, 12), False), (time(11, 40), True)],
        now=time(14, 32),
    )
    return Budget(
        headline=_("Only a text message now"),
        possible=True,
        counters=[
            Counter(_("Calls today"), 2, 3, _("1 left")),
            Counter(_("Texts today"), 0, 1, _("1 left")),
        ],
        bar=bar,
        open_words=_("Open 8:00–22:00"),
        wished_words=_("Preferred 18:00–20:00"),
        channels=[
            ChannelLine(
                _("Phone call"),
                _("today 18:00"),
                more=_("1 more today"),
                hours="08:00–22:00",
                rule="CN-FRQ-06",
                rule_href="#rule",
                because=_("the person's wish"),
            ),
            ChannelLine(_("Text message"), _("now"), True, _("1 more today"), "08:00–22:00"),
            ChannelLine(_("Visit"), _("not agreed, not possible")),
        ],
    )


def _events() -> list[Event]:
    return [
        Event(
            datetime(2026, 11, 23, 6, 20, tzinfo=UTC),
            _("Call not permitted"),
            _("The person asked for no calls before 18:00."),
            "ban",
            "bad",
            rule="CN-FRQ-06 v3",
            rule_href="#rule",
        ),
        Event(
            datetime(2026, 11, 23, 3, 40, tzinfo=UTC),
            _("Call answered, 2 min 18 s"),
            _("Payday is the 25th; would pay a part first."),
            "phone",
            "acc",
            href="#record",
            link=_("Recording"),
        ),
        Event(
            datetime(2026, 11, 20, 10, 26, tzinfo=UTC),
            _("Promise to pay"),
            _("Affordability checked."),
            "calendar-event",
            "warn",
            badge=_("2 days left"),
            badge_tone="warn",
        ),
    ]


def _terms() -> list[Term]:
    return [
        Term(_("Principal"), 1_500_000, _("Contract of 2025-03-18")),
        Term(_("Contract interest"), 61_250, _("12.6% a year")),
        Term(_("Overdue interest"), 65_174, _("84 days, 18.9% a year")),
        Term(_("Collection fees"), 0, _("may not be charged")),
        Term(_("Paid"), 120_000, "11-05", op="−"),
        Term(_("Owed today"), 1_506_424, _("Day by day"), "#days", op="=", total=True),
    ]


def _figures() -> list[Figure]:
    return [
        Figure(
            _("Consigned"),
            money_short(16_100_000_000, "CNY"),
            _("13,628 accounts, 5 batches"),
            "K-01",
            "#k01",
        ),
        Figure(
            _("Net recovered"),
            money_short(2_567_800_000, "CNY"),
            _("15.9% of the consigned amount"),
            "K-02",
            "#k02",
        ),
        Figure(_("Promises kept"), "73.2%", _("1.8 points above the last period"), "K-11", "#k11"),
        Figure(_("Complaints upheld per 5,000"), "0.4", _("limit 1.0"), "K-17", "#k17"),
    ]


def _charts() -> list[Chart]:
    months = ["6", "7", "8", "9", "10", "11"]
    return [
        Chart(
            id="curves",
            title=_("Recovery curves"),
            kind="line",
            note=_("net recovered ÷ consigned, by day since the batch"),
            labels=["0", "30", "60", "90", "120", "150", "180"],
            series=[
                Series("BT-2606-02", [0, 9.1, 15.6, 20.2, 23.4, 25.6, 26.9]),
                Series("BT-2609-01", [0, 10.4, 16.8, 20.3, None, None, None]),
                Series("BT-2610-02", [0, 16.8, None, None, None, None, None]),
            ],
            unit="%",
            definition="K-05",
            href="#k05",
            summary=_("Three batches; after 30 days 9.1%, 10.4% and 16.8% were recovered."),
        ),
        Chart(
            id="complaints",
            title=_("Complaints upheld per 5,000 accounts"),
            kind="bar",
            labels=months,
            series=[Series(_("Upheld"), [0.9, 0.7, 0.8, 0.5, 0.4, 0.4])],
            limit=(1.0, _("limit 1.0")),
            definition="K-17",
            href="#k17",
            summary=_("From 0.9 in June to 0.4 in November; the limit is 1.0."),
        ),
    ]


def _sample_form(request: HttpRequest) -> SampleForm:
    return SampleForm({"agree": ""} if "errors" in request.GET else None)


def _may_see(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return settings.DEBUG or bool(user is not None and user.is_staff)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every part; `?room=warm` shows the debtor's side, `?errors` a form that was refused."""
    if not _may_see(request):
        raise Http404
    events = _events()
    page = Paginator(range(1, 121), 10).get_page(request.GET.get("page", "2"))
    context = {
        "form": _sample_form(request),
        "budget": _budget(),
        "days": by_day(events, [as_day(e.at) for e in events]),
        "terms": _terms(),
        "figures": _figures(),
        "charts": _charts(),
        "page": page,
        "step": Crumb(3, 4, _("How much each month")),
        "stages": range(8),
        "at": SAMPLE_AT,
        "icons": ICONS,
        "rows": [(f"QH-2611-04821{n}", n, 1_506_424 * (n + 1)) for n in range(5)],
    }
    room = "warm" if request.GET.get("room") == "warm" else "office"
    return render(request, f"styleguide/{room}.html", context)
