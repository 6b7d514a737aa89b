"""The journal: every question and answer, append-only and hash-chained, so that any answer can be defended later.

``journal.py`` records and reads, ``finding.py`` tells which entries are meant and who may see them; ``ledger.py`` is
the file and its chain, ``entry.py`` what is recorded, ``verification.py`` whether it still is what was written,
``replay.py`` whether an answer would be the same today, ``export.py`` the way out.
"""

from assistant.journal.entry import Entry, Feedback, Rating
from assistant.journal.finding import Filter
from assistant.journal.journal import Journal
from assistant.journal.ledger import Head
from assistant.journal.verification import Verification

__all__ = ["Entry", "Feedback", "Filter", "Head", "Journal", "Rating", "Verification"]
