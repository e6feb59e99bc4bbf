"""Letters to print and to post: one file at a time, what is on paper, and what is at the post."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.contact.queries import letters_to_post, letters_to_print
from qinghe.contact.services import mark_posted, mark_printed, open_to_print
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page
from qinghe.web.numbers import page_asked

PAGE = 50


@page(Permission.PRINT_LETTERS)
def letter_list(request: StaffRequest) -> HttpResponse:
    """Show the letters that wait, oldest first; no names."""
    number = page_asked(request.GET)
    rows = letters_to_print(actor=request.actor, offset=(number - 1) * PAGE, limit=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "more": len(rows) > PAGE,
        "number": number,
        "to_post": letters_to_post(actor=request.actor, at=request.at, limit=PAGE),
    }
    return render(request, "web/operator/letters.html", context)


@page(Permission.PRINT_LETTERS)
def letter_file(request: StaffRequest, attempt_id: UUID) -> HttpResponse:
    """Download one letter as PDF; the look is on record."""
    content = open_to_print(attempt_id=attempt_id, actor=request.actor, at=request.at)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="letter-{attempt_id}.pdf"'},
    )


@page(Permission.PRINT_LETTERS, methods=("POST",))
def letter_printed(request: StaffRequest, attempt_id: UUID) -> HttpResponse:
    """Note that a letter is on paper."""

    def act() -> object:
        return mark_printed(attempt_id=attempt_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:letters", done=_("Marked as printed."))


@page(Permission.PRINT_LETTERS, methods=("POST",))
def letter_posted(request: StaffRequest, attempt_id: UUID) -> HttpResponse:
    """Note that a letter went to the post."""

    def act() -> object:
        return mark_posted(attempt_id=attempt_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:letters", done=_("Marked as posted."))
