"""
The law as data, and pure functions that apply it.

Owns the packs in `law` (China, United States, United Kingdom, European Union, India, and the
platform's own rules), the contact evaluator, the calculators (limitation, interest, allocation,
listing, routes, notices, retention, fee plans) and the sentences people read on a refusal.

Promises: the answer depends on the arguments and the packs alone; every number of the law comes
from a pack, with its source and dates; of several packs the strictest wins; what is unknown is
refused, never guessed. Nothing here is legal advice.

Must never know Django, tables, the clock, or who is asking.
"""
