import pytest

from assistant.retrieval.jurisdictions import asks_of_law

NAMES = [
    "Vietnam",
    "Vietnamese",
    "Canada",
    "Canadian",
    "Ottawa",
    "Korea",
    "Korean",
    "Seoul",
    "Warsaw",
    "US",
    "Dutch",
    "UK",
    "美国",
    "欧盟",
]


@pytest.mark.parametrize(
    "question",
    [
        "Since when does Vietnam's minerals law forbid the export of raw ore?",
        "Must we register in the Canadian Controlled Goods Program?",
        "Has Ottawa banned the export of graphite?",
        "Which Korean authority licenses strategic items?",
        "so that Seoul has to approve the sale",
        "Do we need a licence from Canada for this furnace?",
        "Under the UK Export Control Order, does a drawing need a permit?",
        "May the Dutch government refuse us a licence?",
        "Could Ottawa stop the sale of the mine?",
        "Which grants does Ottawa pay for a cathode plant?",
        "美国出口管制条例怎么规定",
        "欧盟电池法规要求附什么声明？",
    ],
)
def test_the_law_of_a_country_is_asked_for(question):
    assert asks_of_law(NAMES).search(question)


@pytest.mark.parametrize(
    "question",
    [
        "Our magnets go to Warsaw without a licence, right?",
        "May we ship dysprosium oxide to a Canadian customer?",
        "Does a plant in Vietnam fall under the re-export rule?",
        "Is the licence for Korea still valid?",
        "May a Chinese firm supply a laboratory of the US Air Force?",
        "May we deliver magnets to the Dutch government?",
        "Our customer in Canada orders terbium oxide every month.",
        "向美国出口镓需要许可证吗？",
        "对美国客户合法吗？",
    ],
)
def test_a_country_that_goods_go_to_or_a_customer_sits_in_is_no_law(question):
    assert not asks_of_law(NAMES).search(question)


def test_without_names_there_is_nothing_to_look_for():
    assert asks_of_law([]) is None
