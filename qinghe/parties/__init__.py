"""
People, organisations, licences, roles, and the vault of personal data.

Owns who somebody is and what they may do. Promises: a phone number, an id number or an address
lies encrypted in the vault and nowhere else; every look into it names a purpose and is on record;
the same id number is the same person. Must never know a claim.
"""
