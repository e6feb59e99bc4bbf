"""The verbs of this room, in the order of the story: firms, accounts, people, vault, door."""

from qinghe.parties.filestore import load_file, seal_file
from qinghe.parties.refusals import NoCertificate, NotAssured, StandingLapsed
from qinghe.parties.services.accounts import (
    UnknownKey,
    actor_of_api_key,
    add_membership,
    create_api_key,
    create_user,
    end_membership,
    revoke_api_key,
)
from qinghe.parties.services.assurance import (
    check_standing,
    end_proof,
    lower_levels,
    recount,
    warn_ending,
)
from qinghe.parties.services.confirming import confirm_account
from qinghe.parties.services.covers import confirm_cover, record_cover, release_cover
from qinghe.parties.services.door import (
    DoorClosed,
    DoorShut,
    forget_tries,
    issue_door_code,
    open_door,
)
from qinghe.parties.services.exams import (
    check_certificate,
    finish_sitting,
    revoke_certificate,
    start_sitting,
)
from qinghe.parties.services.files import open_file, rotate_files
from qinghe.parties.services.flags import decide_party_flag
from qinghe.parties.services.holders import holds_itself
from qinghe.parties.services.merging import merge_people, merge_points
from qinghe.parties.services.micro import (
    expire_transfers,
    open_transfer,
    record_returned,
    record_sent,
    send_transfer,
    start_transfer,
    state_amount,
)
from qinghe.parties.services.onboarding import (
    begin_application,
    declare_firm,
    forget_drafts,
    hand_in,
    open_application,
)
from qinghe.parties.services.organisations import (
    SlugTaken,
    WrongState,
    add_licence,
    register_organisation,
    suspend_organisation,
    verify_licence,
    verify_organisation,
)
from qinghe.parties.services.papers import declare_licence, seal_paper
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
from qinghe.parties.services.realname import answer_check, ask_registers
from qinghe.parties.services.representatives import declare_person, remove_person
from qinghe.parties.services.reviewing import (
    approve_application,
    refuse_application,
    return_application,
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
from qinghe.parties.services.settlement import declare_account
from qinghe.parties.services.taxes import tell_taxpayer

__all__ = [
    "BadIdentity",
    "DoorClosed",
    "DoorShut",
    "MayNotReveal",
    "NoCertificate",
    "NotAssured",
    "SlugTaken",
    "SourceRefused",
    "StandingLapsed",
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
    "answer_check",
    "approve_application",
    "ask_registers",
    "begin_application",
    "check_certificate",
    "check_standing",
    "confirm_account",
    "confirm_cover",
    "create_api_key",
    "create_user",
    "decide_party_flag",
    "declare_account",
    "declare_firm",
    "declare_licence",
    "declare_person",
    "end_membership",
    "end_proof",
    "expire_transfers",
    "find_by_value",
    "finish_sitting",
    "forget_drafts",
    "forget_tries",
    "hand_in",
    "holds_itself",
    "issue_door_code",
    "load_file",
    "lower_levels",
    "mark_contact_point",
    "merge_people",
    "merge_points",
    "open_application",
    "open_door",
    "open_file",
    "open_transfer",
    "record_cover",
    "record_returned",
    "record_sent",
    "recount",
    "refuse_application",
    "register_organisation",
    "release_cover",
    "remove_person",
    "reread_keys",
    "resolve_people",
    "resolve_person",
    "return_application",
    "reveal",
    "revoke_api_key",
    "revoke_certificate",
    "rotate",
    "rotate_files",
    "seal",
    "seal_file",
    "seal_paper",
    "sealed",
    "sealed_columns",
    "send_transfer",
    "start_sitting",
    "start_transfer",
    "state_amount",
    "suspend_organisation",
    "tell_taxpayer",
    "unseal",
    "verify_licence",
    "verify_organisation",
    "warn_ending",
]
