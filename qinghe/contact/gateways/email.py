"""E-mail through the backend of the settings (SMTP in production)."""

from __future__ import annotations

from smtplib import SMTPException

from django.core.mail import EmailMessage

from qinghe.contact.gateways.message import GatewayFailed, Message, Receipt
from qinghe.contact.gateways.returned import message_id
from qinghe.contact.terms import Outcome


def deliver(message: Message) -> Receipt:
    """
    Send one e-mail to one address; nothing in its head tells what it is about.

    :raises GatewayFailed: the mail server refused it or was not there
    """
    named = {"Message-ID": message_id(message.mail_id)} if message.mail_id else {}
    mail = EmailMessage(
        subject=message.subject,
        body=message.text,
        to=[message.address],
        headers={"Auto-Submitted": "auto-generated", **named},
    )
    try:
        mail.send(fail_silently=False)
    except (SMTPException, OSError) as failure:
        raise GatewayFailed(type(failure).__name__) from None
    return Receipt("email", Outcome.DELIVERED, f"{message.subject}\n\n{message.text}")
