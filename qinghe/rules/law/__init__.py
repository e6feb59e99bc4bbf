"""
The law as data: one YAML file per jurisdiction, the platform's own rules, rates, sentences.

A rule carries its source, clause, dates, parameters and an honest grade of evidence: P read in
the law itself, Q wording through a reprint or translation, S secondary report, B background,
D product choice. Nothing here is legal advice.
"""
