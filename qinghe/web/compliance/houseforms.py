"""Forms of the operator's own pack: a field per parameter that may be tightened, closed days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qinghe.rules.house import CLOCK, HIGHER, Lever, levers
from qinghe.rules.packs import rule
from qinghe.web.formats import chinese, home_zone

CLOSURES = 3
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
UNITS = {
    "count": gettext_lazy("times"),
    "minutes": gettext_lazy("minutes"),
    "days": gettext_lazy("days"),
    CLOCK: gettext_lazy("local time"),
}


class DraftForm(forms.Form):
    """A draft: what stays empty stays as the law and the platform have it."""

    title = forms.CharField(
        label=gettext_lazy("Name of this version"),
        max_length=80,
        help_text=gettext_lazy("What it is for, such as: gentler during the spring festival."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for lever in levers().values():
            self.fields[lever.id] = _field(lever)
        for place in range(CLOSURES):
            self.fields[f"from_{place}"] = _day(_("Closed from"))
            self.fields[f"until_{place}"] = _day(_("First day open again"))

    def figures(self) -> Iterator[tuple[Lever, BoundField, str]]:
        """Return every parameter with its field and its lawful value in words."""
        for lever in levers().values():
            yield lever, self[lever.id], f"{lever.words(lever.lawful)} {UNITS[lever.unit]}"

    def closures(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Return the pairs of days."""
        for place in range(CLOSURES):
            yield self[f"from_{place}"], self[f"until_{place}"]

    def clean(self) -> dict[str, Any]:
        """Refuse a closed span of which only one end is known."""
        cleaned: dict[str, Any] = super().clean() or {}
        for place in range(CLOSURES):
            first, until = cleaned.get(f"from_{place}"), cleaned.get(f"until_{place}")
            if (first is None) != (until is None):
                missing = f"from_{place}" if first is None else f"until_{place}"
                self.add_error(missing, _("Give both days of a closed span, or neither."))
            elif first and until and first >= until:
                self.add_error(
                    f"until_{place}", _("The first open day lies after the first closed.")
                )
        return cleaned

    def content(self) -> dict[str, Any]:
        """Return the draft as data."""
        given = self.cleaned_data
        tighten = [
            {"rule": lever.rule_id, "parameter": lever.parameter, "value": _plain(given[lever.id])}
            for lever in levers().values()
            if given.get(lever.id) is not None
        ]
        close = [
            {"from": str(given[f"from_{place}"]), "until": str(given[f"until_{place}"])}
            for place in range(CLOSURES)
            if given.get(f"from_{place}")
        ]
        return {"tighten": tighten, "close": close}


class ReplayForm(forms.Form):
    """How far to look back."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Days to look back"),
        coerce=int,
        choices=[(n, n) for n in (7, 30, 90)],
        initial=30,
    )


class MomentForm(forms.Form):
    """The local day whose midnight begins or ends a version."""

    day = forms.DateField(label=gettext_lazy("First day"), widget=DAY)

    def moment(self) -> datetime:
        """Return the local midnight."""
        return datetime.combine(self.cleaned_data["day"], time(), home_zone())


class EndForm(MomentForm):
    """The first day without a version."""

    day = forms.DateField(label=gettext_lazy("First day without it"), widget=DAY)


def initial_of(title: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows for the data of an earlier version."""
    by_key = {(lever.rule_id, lever.parameter): lever.id for lever in levers().values()}
    shown: dict[str, Any] = {"title": title}
    for row in content.get("tighten", ()):
        shown[by_key[row["rule"], row["parameter"]]] = row["value"]
    for place, row in enumerate(content.get("close", ())[:CLOSURES]):
        shown[f"from_{place}"] = date.fromisoformat(row["from"])
        shown[f"until_{place}"] = date.fromisoformat(row["until"])
    return shown


def _field(lever: Lever) -> forms.Field:
    label = rule(lever.id).title("zh" if chinese() else "en")
    step = 1 if lever.stricter == HIGHER else -1
    low, high = sorted((lever.lawful + step, lever.bound))
    hint = _("%(low)s to %(high)s") % {"low": lever.words(low), "high": lever.words(high)}
    if lever.unit == CLOCK:
        attrs = {"type": "time", "min": lever.words(low), "max": lever.words(high)}
        widget = forms.TimeInput(attrs=attrs, format="%H:%M")
        return forms.TimeField(label=label, required=False, widget=widget, help_text=hint)
    return forms.IntegerField(
        label=label, required=False, min_value=low, max_value=high, help_text=hint
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DAY)


def _plain(value: Any) -> Any:
    return f"{value:%H:%M}" if isinstance(value, time) else value
