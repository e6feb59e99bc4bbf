"""What a person sends who presses a button: the hidden fields of the form on the page they saw."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client

HIDDEN_BY_DOOR = {"csrfmiddlewaretoken"}


class _Forms(HTMLParser):
    """The hidden fields of every form that goes to one address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.open, self.found = action, False, list[dict[str, str]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and has.get("action", "") == self.action:
            self.open = True
            self.found.append({})
        elif tag == "input" and self.open and has.get("type") == "hidden":
            self.found[-1][has["name"]] = has.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "form"


def fields_of(client: Client, page: str, action: str = "") -> dict[str, str]:
    """
    Open a page and return what its first form to an address would send, unseen by the person.

    :param action: as it stands in the form; nothing for a form that goes to its own page
    """
    answer = client.get(page)
    assert answer.status_code == 200, answer.status_code
    forms = _Forms(action)
    forms.feed(answer.content.decode())
    assert forms.found, f"{page} has no form to {action or 'itself'}"
    return {name: value for name, value in forms.found[0].items() if name not in HIDDEN_BY_DOOR}
