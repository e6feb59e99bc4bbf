"""
Content screening: may this sentence leave the house, said to this person, in this case?

Layers, each a module: `normal` undoes disguises (width, look-alikes, split characters, emoji,
traditional characters) and `sounds` those that only the ear hears; `spots` finds the words of the
lexicon and what denies them; `patterns` joins words into forbidden acts, in the light of role and
facts; `insult` adds a trained linear model; `verdict` asks them all and names rules.

The lexicon in `data` is written to be read and reviewed by people of the law: `words.yaml` holds
words by meaning, `acts/*.yaml` what is forbidden, by which rules, and how to say it lawfully.
"""
