"""Texts come in many encodings and seldom say in which."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.loaders.encodings import decode
from assistant.errors import SourceError

TEXTS = {
    "simplified": "出口管制法规定，出口经营者应当申请许可。\n第十二条　国家对管制物项实行许可制度。\n",
    "traditional": "出口管制法規定，出口經營者應當申請許可。\n第十二條　國家對管制物項實行許可制度。\n",
    "english": "The licence costs £5 — “see” Annex I.\nIt is valid for a year.\n",
    "french": "L’exportateur doit présenter une déclaration à l’autorité compétente.\n",
    "japanese": "輸出者は、経済産業大臣の許可を受けなければならない。\n",
    "korean": "수출자는 산업통상자원부장관의 허가를 받아야 한다.\n",
    "russian": "Экспортёр обязан получить лицензию до вывоза товара.\n",
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((each, encoding) for each in TEXTS for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")),
        ("simplified", "gb18030"),
        ("simplified", "gb2312"),
        ("traditional", "gb18030"),
        ("traditional", "big5"),
        ("english", "cp1252"),
        ("french", "cp1252"),
        ("japanese", "shift_jis"),
        ("korean", "euc_kr"),
        ("russian", "cp1251"),
    ],
)
def test_texts_are_read_in_theirs(text, encoding):
    # A page or so: a line alone tells too little of some.
    whole = TEXTS[text] * 5
    assert decode("a.txt", whole.encode(encoding)) == whole


def test_what_is_declared_counts_where_it_fits():
    assert decode("a.txt", "許可".encode("big5"), declared="big5") == "許可"
    assert decode("a.txt", "许可".encode(), declared="no-such-encoding") == "许可"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data):
    why = ""
    try:
        assert "\0" not in decode("a.txt", data)
    except SourceError as error:
        why = error.what
    assert not why or "not text" in why
