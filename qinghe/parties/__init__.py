"""
Who: people, organisations, licences, memberships, roles, and the vault of personal data.

Promises: a phone, an id number, a name or an address exists in the vault only, encrypted; every look inside needs a purpose and leaves evidence.
Must never know what a claim is.
"""
