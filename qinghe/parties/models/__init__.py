"""Tables: people and the vault, what is proven of a party, its onboarding, its competence."""

from qinghe.parties.models.competence import Certificate, Cover, Sitting
from qinghe.parties.models.onboarding import Allowance, AllowanceUse, Application
from qinghe.parties.models.people import (
    ApiKey,
    ContactPoint,
    DoorCode,
    DoorTry,
    Licence,
    Membership,
    Organisation,
    Person,
    User,
    UserManager,
    VaultItem,
)
from qinghe.parties.models.standing import (
    EndingNotice,
    IdentityCheck,
    Lifting,
    MicroTransfer,
    PartyFlag,
    Proof,
    Representative,
    SettlementAccount,
    TaxStatus,
)

__all__ = [
    "Allowance",
    "AllowanceUse",
    "ApiKey",
    "Application",
    "Certificate",
    "ContactPoint",
    "Cover",
    "DoorCode",
    "DoorTry",
    "EndingNotice",
    "IdentityCheck",
    "Licence",
    "Lifting",
    "Membership",
    "MicroTransfer",
    "Organisation",
    "PartyFlag",
    "Person",
    "Proof",
    "Representative",
    "SettlementAccount",
    "Sitting",
    "TaxStatus",
    "User",
    "UserManager",
    "VaultItem",
]
