"""Words for the papers of a rule."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PACKS = {
    "CN": _("China"),
    "US": _("United States"),
    "UK": _("United Kingdom"),
    "EU": _("European Union"),
    "IN": _("India"),
    "PLT": _("This platform"),
    "HSE": _("The operator's own rules"),
}
LEVELS = {"deny": _("Refuses"), "warn": _("Warns"), "info": _("Explains")}
# How well the wording of a rule is proved.
GRADES = {
    "P": _("read in the law itself"),
    "Q": _("wording through a reprint or translation"),
    "S": _("secondary report"),
    "B": _("background knowledge, to be checked"),
    "D": _("choice of this product"),
}
