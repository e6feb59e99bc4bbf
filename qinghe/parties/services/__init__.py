"""The verbs of this room, in the order of the story: firms, accounts, people, vault, door."""

from qinghe.parties.filestore import load_file, seal_file
from qinghe.parties.services.accounts import (
    UnknownKey,
    actor_of_api_key,
    add_membership,
    create_api_key,
    create_user,
    end_membership,
    revoke_api_key,
)
from qinghe.parties.services.door import DoorClosed, forget_tries, issue_door_code, open_door
from qinghe.parties.services.files import open_file, rotate_files
from qinghe.parties.services.merging import merge_people, merge_points
from qinghe.parties.services.organisations import (
    SlugTaken,
    WrongState,
    add_licence,
    register_organisation,
    suspend_organisation,
    verify_licence,
    verify_organisation,
)
from qinghe.parties.services.people import (
    BadIdentity,
    SourceRefused,
    UnknownZone,
    Wanted,
    WantedPoint,
    add_contact_point,
    add_contact_points,
    mark_contact_point,
    resolve_people,
    resolve_person,
)
from qinghe.parties.services.sealing import sealed_columns
from qinghe.parties.services.secrets import (
    MayNotReveal,
    find_by_value,
    reread_keys,
    reveal,
    rotate,
    seal,
    sealed,
    unseal,
)

__all__ = [
    "BadIdentity",
    "DoorClosed",
    "MayNotReveal",
    "SlugTaken",
    "SourceRefused",
    "UnknownKey",
    "UnknownZone",
    "Wanted",
    "WantedPoint",
    "WrongState",
    "actor_of_api_key",
    "add_contact_point",
    "add_contact_points",
    "add_licence",
    "add_membership",
    "create_api_key",
    "create_user",
    "end_membership",
    "find_by_value",
    "forget_tries",
    "issue_door_code",
    "load_file",
    "mark_contact_point",
    "merge_people",
    "merge_points",
    "open_door",
    "open_file",
    "register_organisation",
    "reread_keys",
    "resolve_people",
    "resolve_person",
    "reveal",
    "revoke_api_key",
    "rotate",
    "rotate_files",
    "seal",
    "seal_file",
    "sealed",
    "sealed_columns",
    "suspend_organisation",
    "unseal",
    "verify_licence",
    "verify_organisation",
]
