"""What the sign-in page of a demonstration tells: one sign-in per role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from qinghe.parties.roles import ROLES
from qinghe.simulation.people_of_demo import APPLICANT, DEMO_PASSWORD, DEMO_USERS

SIGN_IN = "account_login"


def sign_ins(request: HttpRequest) -> dict[str, Any]:
    """Return the demonstration's sign-ins for the sign-in page; nothing in a real market."""
    match = request.resolver_match
    if not settings.DEMO or match is None or match.view_name != SIGN_IN:
        return {}
    rows = [{"role": ROLES[role].display_name, "email": email} for email, role, _org in DEMO_USERS]
    rows.append({"role": gettext("Applicant"), "email": APPLICANT})
    return {"demo_signins": rows, "demo_password": DEMO_PASSWORD}
