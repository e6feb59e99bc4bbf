"""Accounts, organisations, licences, memberships; the persons who owe, and the vault."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from qinghe.kernel.actor import Role
from qinghe.kernel.ids import new_id
from qinghe.kernel.privacy import Privacy
from qinghe.kernel.rows import Row
from qinghe.parties.terms import (
    LicenceKind,
    OrgKind,
    OrgState,
    PersonKind,
    PointState,
    Secret,
    Source,
)

STAFF_KEEP = "While the account exists, then two years (who did what must stay provable)."
DEBTOR_KEEP = (
    "Until three years after the last claim of the person is closed, unless law asks longer."
)


class UserManager(BaseUserManager["User"]):
    """Creates accounts that sign in with an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """Somebody of the staff side who signs in; debtors come by code and have no account."""

    privacy: ClassVar[Privacy] = Privacy(
        keep=STAFF_KEEP, personal=("email", "first_name", "last_name")
    )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    display_name = models.TextField(default="")
    language = models.TextField(default="zh-hans")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[misc,assignment]


class Organisation(Row):
    """A creditor, a collector, the operator or a regulator."""

    privacy: ClassVar[Privacy] = Privacy(keep="Ten years after the last mandate (accounting law).")

    slug = models.SlugField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=OrgKind.choices)
    state = models.TextField(choices=OrgState.choices, default=OrgState.PENDING)
    credit_code = models.TextField(default="", blank=True)
    region = models.TextField(default="", blank=True)
    # Lender kind in the sense of the interest rules (natural_person, bank, factoring ...).
    lender_kind = models.TextField(default="", blank=True)
    # Creditors of one group share a contact budget.
    group = models.TextField(default="", blank=True)
    # What is proven of it (`parties.levels`), and the first day on which less will be.
    level = models.PositiveSmallIntegerField(db_default=0)
    level_until = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["level_until"],
                name="parties_level_due",
                condition=Q(level_until__isnull=False),
            )
        ]


class Membership(Row):
    """A user in one role of one organisation."""

    privacy: ClassVar[Privacy] = Privacy(keep=STAFF_KEEP, personal=("user",))

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.TextField(choices=[(role.value, role.value) for role in Role])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ends_at__isnull=True),
                name="parties_membership_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="parties_membership_period",
            ),
        ]


class Licence(Row):
    """A permission to lend or collect; work stops on the day it lapses."""

    privacy: ClassVar[Privacy] = Privacy(keep="Ten years after it lapsed.")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.TextField(choices=LicenceKind.choices)
    number = models.TextField()
    # Province or city code; empty means the whole country.
    region = models.TextField(default="", blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    verified_at = models.DateTimeField(null=True)
    # The paper itself, sealed, by the hash of its content.
    scan = models.TextField(db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="parties_licence_period"
            )
        ]
        indexes = [
            models.Index(fields=["number"], name="parties_licence_number"),
            models.Index(fields=["organisation", "kind"], name="parties_licence_holder"),
        ]


class ApiKey(Row):
    """A machine's key; only its hash is kept."""

    privacy: ClassVar[Privacy] = Privacy(keep=STAFF_KEEP, personal=("membership",))

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    name = models.TextField()
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Person(Row):
    """
    One resolved person (or business) that owes; all budgets and holds hang here.

    `zones` are all IANA zones where the person may be, the first is primary; empty refuses contact.
    """

    privacy: ClassVar[Privacy] = Privacy(keep=DEBTOR_KEEP, personal=("masked_name", "region"))

    kind = models.TextField(choices=PersonKind.choices, default=PersonKind.NATURAL)
    masked_name = models.TextField(default="")
    region = models.TextField(default="", blank=True)
    zones = models.JSONField(default=list)
    language = models.TextField(default="zh-hans")
    deceased_on = models.DateField(null=True)
    created_at = models.DateTimeField()


class VaultItem(Row):
    """
    One encrypted datum. `blind` is a keyed hash for exact match; `masked` is all a page may show.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep=DEBTOR_KEEP, personal=("ciphertext", "blind", "masked", "person")
    )

    kind = models.TextField(choices=Secret.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    ciphertext = models.BinaryField()
    key_id = models.TextField()
    blind = models.BinaryField(null=True)
    masked = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # The same id number is the same person, whatever arrives at the same instant.
            models.UniqueConstraint(
                fields=["blind"], condition=Q(kind="id_number"), name="parties_vault_id_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["kind", "blind"],
                name="parties_vault_blind",
                condition=Q(blind__isnull=False),
            ),
            models.Index(fields=["key_id"], name="parties_vault_key"),
            models.Index(fields=["person", "kind"], name="parties_vault_person"),
        ]


class ContactPoint(Row):
    """One address of one person: a token into the vault, never the address itself."""

    privacy: ClassVar[Privacy] = Privacy(keep=DEBTOR_KEEP, personal=("person", "address"))

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField(choices=Secret.choices)
    address = models.ForeignKey(VaultItem, models.PROTECT, related_name="+")
    zone = models.TextField(default="", blank=True)
    source = models.TextField(choices=Source.choices)
    state = models.TextField(choices=PointState.choices, default=PointState.UNVERIFIED)
    is_work = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "address"], name="parties_point_once"),
        ]


class DoorCode(Row):
    """
    The code printed on a debtor's letter; with it goes an identity question.

    Only a keyed hash of the code is kept.
    """

    privacy: ClassVar[Privacy] = Privacy(
        keep="Until it expires, then ninety days.", personal=("person",)
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.BinaryField(unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    # How often it had to rest since it opened the door last.
    locks = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="parties_code_period"
            )
        ]


class DoorTry(models.Model):
    """One attempt at the debtor's door, by hashed network address: what the rate limit counts."""

    privacy: ClassVar[Privacy] = Privacy(keep="Seven days.", personal=("origin",))

    id = models.BigAutoField(primary_key=True)
    origin = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["origin", "at"], name="parties_try_origin")]
