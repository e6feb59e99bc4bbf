"""Evidence rows, the seals over them, and stored answers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from qinghe.kernel.privacy import Privacy

KEEP = "Five years after the last entry of a claim (evidence of lawful conduct)."


class Entry(models.Model):
    """One act. Subject and actor are text such as `claim:0193...`, never foreign keys."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP, personal=("person_id",))

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    kind = models.TextField()
    subject = models.TextField()
    actor = models.TextField()
    person_id = models.UUIDField(null=True)
    rules = ArrayField(models.TextField(), default=list)
    pack = models.TextField(default="")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="journal_entry_subject"),
            models.Index(
                fields=["person_id", "id"],
                name="journal_entry_person",
                condition=models.Q(person_id__isnull=False),
            ),
            models.Index(fields=["kind", "at"], name="journal_entry_kind"),
        ]


class Batch(models.Model):
    """A sealed set of entries: the root of an RFC 6962 tree, chained to the batch before."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    id = models.BigAutoField(primary_key=True)
    size = models.PositiveIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    last_entry = models.BigIntegerField()
    sealed_at = models.DateTimeField()


class Leaf(models.Model):
    """Which batch an entry was sealed in, and at which place."""

    privacy: ClassVar[Privacy] = Privacy(keep=KEEP)

    entry_id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="journal_leaf_place_once")
        ]


class Answer(models.Model):
    """The stored answer of a write that carried an idempotency key."""

    privacy: ClassVar[Privacy] = Privacy(keep="Thirty days; a later retry counts as a new request.")

    id = models.BigAutoField(primary_key=True)
    actor = models.TextField()
    key = models.TextField()
    verb = models.TextField()
    body = models.BinaryField()
    model = models.TextField(default="")
    row = models.TextField(default="")
    value = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="journal_answer_key_once")
        ]
