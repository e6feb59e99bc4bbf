"""Who may post no claims reads why before filling in a form, and where to mend it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.kernel.errors import DomainError
from qinghe.web.doors import StaffRequest


def shut(request: StaffRequest, refusal: DomainError) -> HttpResponse:
    """Show a refusal in place of a form that would be refused on sending."""
    status = 200 if request.method == "GET" else refusal.status
    context = {"why": refusal.user_message}
    return render(request, "web/creditor/shut.html", context, status=status)
