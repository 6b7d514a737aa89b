"""When a claim is borne out by a sentence, and when it is not."""

import pytest

from assistant.answering.reading.facts import read
from assistant.answering.reading.quantities import Quantity
from assistant.evaluation.bearing import KEY_TERM_SHARE, bears_out

NO_70 = "Announcement No. 70 of 2025 suspends Announcements Nos. 55–58, 61 and 62 of 2025 until 10 November 2026."
REPAIR = (
    "Under code 1E902.b, technologies for the maintenance and repair of production lines for rare-earth mining may "
    "not be exported without a licence."
)

BORNE_OUT = [
    # Dates in any form.
    (NO_70, "suspended until 2026-11-10 by No. 70"),
    (NO_70, "No. 62 is suspended until November 10, 2026"),
    (NO_70, "suspended until November 2026"),
    (NO_70, "suspended until 10 November"),
    ("The law applies from 2026年3月1日.", "in force from 1 March 2026"),
    ("It ran from 9 October to 6 November 2025.", "from 9 October 2025"),
    # Numbers, whatever their separators and words; units in any spelling, named once for a chain.
    ("The fine is CNY 500,000 to 5,000,000.", "a fine of 500 000 to 5 million yuan"),
    ("MOFCOM decides within forty working days.", "decision within 40 working days"),
    ("Blocks of 120 × 120 × 50 mm or more are listed.", "blocks of 120 mm"),
    ("A share of 0.10 per cent is enough.", "share of 0.1 %"),
    ("A fine of 5 to 10 times the turnover.", "fine of 10 times the turnover"),
    ("It is suspended for one year.", "suspended for 1 year"),
    ("Mixing chambers of 0.5 m³ to 14.2 m³ are listed.", "mixing chambers 0.5–14.2 m³"),
    # Codes: ranges, lists, and what stands under what is named.
    (NO_70, "No. 57 is suspended"),
    ("Codes 2B902.a–h cover separation equipment.", "2B902.d covers separation equipment"),
    (REPAIR, "1E902 covers maintenance and repair"),
    ("Article 1(3) covers re-exports.", "Art. 1 covers re-exports"),
    ("Code 1C914.c covers P507 (CAS number 14802-03-0).", "CAS 14802-03-0 is listed under 1C914"),
    ("Announcement No. 18 of 2025 lists terbium.", "No. 18 lists terbium"),
    # Words: stems, synonyms, and a share of them.
    (REPAIR, "a license is required to export repair technologies"),
    ("Exports to military users are forbidden.", "exports to military users are prohibited"),
    # Negation, also by words that exclude; "not … without" asks for something.
    ("Announcement No. 70 does not mention the catalogue.", "No. 70 does not mention the catalogue"),
    ("Humanitarian exports are exempt from the licence.", "humanitarian exports need no licence"),
    (REPAIR, "production lines for mining may not be exported without a licence"),
]

NOT_BORNE_OUT = [
    (NO_70, "suspended until 11 November 2026", "date"),
    (NO_70, "suspended until November 2025", "date"),
    (NO_70, "No. 59 is suspended", "code no:59"),
    (NO_70, "No. 18 is not suspended by No. 70", "code no:18"),
    ("Announcement No. 18 of 2025 lists terbium.", "No. 18 of 2024 lists terbium", "code no:18/2024"),
    ("Codes 2B902.a–h cover separation equipment.", "2B902.m covers separation equipment", "code 2B902.m"),
    ("The fine is CNY 500,000.", "a fine of USD 500,000", "number 500000 USD"),
    ("MOFCOM decides within 45 days.", "decides within 45 working days", "number 45 working day"),
    ("A cylinder of 120 cm is listed.", "a cylinder of 120 mm is listed", "number 120 mm"),
    ("Holmium is not listed.", "holmium is listed", "negated there"),
    ("Holmium is listed.", "holmium is not listed", "the negation"),
    ("No. 18 lists terbium.", "gadolinium targets fall under No. 18", "key terms"),
    (NO_70, "", "nothing to check"),
]


@pytest.mark.parametrize(("text", "claim"), BORNE_OUT)
def test_borne_out(text, claim):
    assert bears_out(read(text), read(claim)).missing == ()


@pytest.mark.parametrize(("text", "claim", "missing"), NOT_BORNE_OUT)
def test_not_borne_out_and_says_what_is_missing(text, claim, missing):
    found = bears_out(read(text), read(claim))
    assert not found.holds
    assert any(each.startswith(missing) for each in found.missing)


def test_three_of_five_key_terms_are_enough_and_two_are_not():
    claim = read("gallium germanium antimony graphite tungsten")
    assert KEY_TERM_SHARE == 0.6
    assert bears_out(read("gallium germanium antimony"), claim).holds
    assert not bears_out(read("gallium germanium"), claim).holds


def test_two_sentences_do_not_bear_out_together_what_neither_does_alone():
    first, second = read("No. 56 lists tanks under 2B902."), read("It starts on 8 November 2025.")
    claim = read("tanks are listed under 2B902, starting 8 November 2025")
    assert not bears_out(first, claim).holds
    assert not bears_out(second, claim).holds
    assert bears_out(first | second, claim).holds


def test_a_heading_lends_its_codes_and_nothing_else():
    quote = read("Terbium oxide is listed.").with_codes(
        read("Announcement No. 18 of 2025, Items – 1C904, 4 April 2025")
    )
    assert quote.codes == {"no:18/2025", "1C904"}
    assert not quote.dates


def test_a_number_of_an_act_or_article_is_no_quantity():
    found = read("No. 61 Art. 1(1) and (2) from 1 December 2025, 0.1 % or more")
    assert found.codes == {"no:61", "art:1(1)", "art:1(2)"}
    assert found.dates == {"2025-12-01"}
    assert found.quantities == {Quantity("0.1", "%")}
