"""How a file is read, when the software is not sure or the clerk knows better: encoding, sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from qinghe.claims.intake.encodings import Reading
from qinghe.claims.intake.how import How
from qinghe.claims.queries import Preview, encoding_kept, preview_kept, ways_to_read
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.web.creditor.fields import LONG_DIGITS, STARS
from qinghe.web.doors import StaffRequest, formed, page, refusals_in
from qinghe.web.parts import Crumb

UPLOAD = "upload"
ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": _("GB18030 / GBK (simplified Chinese)"),
    "big5": _("Big5 (traditional Chinese)"),
    "windows-1252": _("Windows-1252 (Western Europe)"),
}
DELIMITERS = {",": ",", "tab": "\t", ";": ";", "|": "|", "^": "^", "~": "~"}


class TextForm(forms.Form):
    """The encoding of a text file and, where the guess is wrong, what parts its cells."""

    encoding = forms.ChoiceField(label=_("Which of these reads right?"), widget=forms.RadioSelect)
    delimiter = forms.ChoiceField(
        label=_("What parts the cells"),
        required=False,
        choices=[("", _("found from the file")), *((name, name) for name in DELIMITERS)],
    )

    def __init__(self, *args: Any, ways: Sequence[Reading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["encoding"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.encoding, ENCODING_WORDS[each.encoding]) for each in ways]
        self.lines = {each.encoding: [_veiled(line) for line in each.lines] for each in ways}

    def options(self) -> list[tuple[str, Any, list[str], bool]]:
        """Return each encoding: name, words, the first lines it makes, whether it is chosen."""
        chosen = self["encoding"].value()
        return [
            (name, ENCODING_WORDS[name], lines, name == chosen)
            for name, lines in self.lines.items()
        ]

    def how(self) -> How:
        """Return the choice in the form in which a mapping keeps it."""
        data = self.cleaned_data
        return How(data["encoding"], DELIMITERS.get(data["delimiter"], ""))


class SheetForm(forms.Form):
    """Which sheet of a workbook holds the claims."""

    sheet = forms.ChoiceField(label=_("Sheet with the claims"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, head: Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sheet"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in head.sheets]

    def how(self) -> How:
        """Return the choice in the form in which a mapping keeps it."""
        return How(sheet=self.cleaned_data["sheet"])


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def batch_reading(request: StaffRequest) -> HttpResponse:
    """Show the first lines in each possible encoding, or the sheets, and let the clerk choose."""
    sent = request.session.get(UPLOAD)
    if not sent:
        return redirect("web:batch-new")
    sha256, asked = sent["sha256"], How.of(sent.get("how") or {})
    ways = ways_to_read(sha256)
    form: TextForm | SheetForm
    if ways:
        first = {"encoding": asked.encoding or _sure(sha256)}
        form = TextForm(request.POST or None, ways=ways, initial=first)
    else:
        head = preview_kept(sha256, asked)
        form = SheetForm(request.POST or None, head=head, initial={"sheet": head.how.sheet})
    if form.is_valid():
        with refusals_in(form):
            preview_kept(sha256, form.how())
            request.session[UPLOAD] = {**sent, "how": form.how().as_json()}
            return redirect("web:batch-columns")
    step = Crumb(1, 3, _("Send the file"))
    context = {"filename": sent["filename"], "step": step, "text": bool(ways)}
    return formed(request, "web/creditor/batch_reading.html", context, form)


def read_as(head: Preview) -> str:
    """Return in words how a file was read."""
    if head.how.sheet:
        return str(_("Sheet read: %(sheet)s (of %(n)d)")) % {
            "sheet": head.how.sheet,
            "n": len(head.sheets),
        }
    sign = {"\t": str(_("tab")), "\x01": "0x01", "\x1f": "0x1F"}.get(
        head.how.delimiter, head.how.delimiter
    )
    return str(_("Read as %(encoding)s, cells parted by %(sign)s")) % {
        "encoding": ENCODING_WORDS.get(head.how.encoding, head.how.encoding),
        "sign": sign,
    }


def _sure(sha256: str) -> str:
    try:
        return encoding_kept(sha256)
    except DomainError:
        return ""


def _veiled(line: str) -> str:
    return LONG_DIGITS.sub(lambda found: found.group()[:2] + STARS, line)
