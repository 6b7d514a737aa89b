"""What of a page is its text: without what nobody sees, and without navigation.

Libraries that find the main text of news pages leave out what they take for noise: trafilatura 2.3 dropped every
heading and definition list of a page of a regulation. Here only what is plainly no part of the text goes.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_NEVER_SHOWN = (
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "audio", "video", "map",
    "button", "input", "select", "textarea", "dialog", "head",
)  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0+)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0*(?:\.\d+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}|clip(?:-path)?\s*:\s*(?:rect\(\s*0|inset\(\s*(?:50|100)%)"
    r"|color\s*:\s*transparent|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIMPLE = re.compile(r"(?P<tag>[a-zA-Z][\w-]*)?(?P<sign>[.#])(?P<name>[\w-]+)")
_LANDMARKS = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog"})
_CHROME = frozenset(
    "nav navbar navigation menu breadcrumb breadcrumbs crumbs sidebar footer cookie cookies share sharing social "
    "pagination pager toolbar skiplink related newsletter advert ads banner login search".split()
)
_WORDS = re.compile(r"[a-z]+")
# A part named like navigation that holds this much of the page is its text under an odd name.
_TOO_MUCH_FOR_CHROME = 0.3
_LINKS = 0.7
_ENOUGH_FOR_MAIN = 0.4


def strip(root: HtmlElement) -> bool:
    """Takes out of a page, in place, what is not shown or not its text; tells whether any text was struck through."""
    hidden = _hidden_by_rules(root)
    for element in list(root.iter(*_NEVER_SHOWN)):
        _drop(element)
    for element in list(root.iter()):
        if isinstance(element.tag, str) and (_is_hidden(element) or hidden & _names(element)):
            _drop(element)
    struck = [each for each in root.iter("del", "s", "strike") if each.text_content().strip()]
    for element in struck:
        _drop(element)
    _drop_chrome(root)
    return bool(struck)


def main_part(root: HtmlElement) -> HtmlElement:
    """The part that the page marks as its main one, where it marks one that holds a fair share of the text."""
    body = root.find("body")
    body = root if body is None else body
    whole = len(body.text_content())
    marked = [each for each in body.iter() if each.tag == "main" or each.get("role") == "main"]
    for found in (marked, list(body.iter("article"))):
        if len(found) == 1 and len(found[0].text_content()) >= _ENOUGH_FOR_MAIN * whole:
            return found[0]
    return body


def _drop(element: HtmlElement) -> None:
    """Takes an element out, with what is in it; what follows it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def _is_hidden(element: HtmlElement) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden", "").lower() == "true"
        or bool(_HIDING.search(element.get("style", "")))
    )


def _hidden_by_rules(root: HtmlElement) -> set[str]:
    """The classes (".x"), ids ("#x") that the page's own style rules hide. Rules of other files are not known here."""
    hidden: set[str] = set()
    for style in root.iter("style"):
        # Cut by hand: a pattern for rules takes for ever on a page made of braces.
        first, *others = (style.text or "").split("/*")
        rules = first + "".join(each.partition("*/")[2] for each in others)
        for rule in rules.split("}"):
            selectors, _, declarations = rule.rpartition("{")
            if _HIDING.search(declarations):
                matches = (_SIMPLE.fullmatch(each.strip()) for each in selectors.rpartition("{")[2].split(","))
                hidden |= {f"{match['sign']}{match['name']}" for match in matches if match}
    return hidden


def _names(element: HtmlElement) -> set[str]:
    names = {f".{each}" for each in element.get("class", "").split()}
    return names | {f"#{element.get('id')}"} if element.get("id") else names


def _drop_chrome(root: HtmlElement) -> None:
    """Takes out navigation, by what it is marked as, by what it is named, and by being nothing but links."""
    body = root.find("body")
    body = root if body is None else body
    whole = max(len(body.text_content()), 1)
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str):
            continue
        is_small = len(element.text_content()) <= _TOO_MUCH_FOR_CHROME * whole
        is_beside = is_small and (_is_beside(element) or _is_named_chrome(element))
        if is_beside or _is_navigation(element) or _is_list_of_links(element):
            _drop(element)


def _is_navigation(element: HtmlElement) -> bool:
    return element.tag == "nav" or element.get("role", "").lower() in _LANDMARKS


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element is marked as standing beside the text: the header and footer of the page, not of a part."""
    if element.tag == "aside":
        return True
    if element.tag not in ("header", "footer"):
        return False
    within = any(each.tag in ("article", "main", "section", "blockquote") for each in element.iterancestors())
    return not within and next(element.iter("h1"), None) is None


def _is_named_chrome(element: HtmlElement) -> bool:
    if element.tag not in ("div", "section", "ul", "ol", "table", "p", "span"):
        return False
    words = _WORDS.findall(f"{element.get('class', '')} {element.get('id', '')}".lower())
    return not _CHROME.isdisjoint(words) and next(element.iter("h1"), None) is None


def _is_list_of_links(element: HtmlElement) -> bool:
    """Whether a list is a menu: short links and little else, none of them a reference inside a sentence."""
    if element.tag not in ("ul", "ol"):
        return False
    items = [_folded(each) for each in element.iterchildren("li")]
    links = [_folded(each) for each in element.iter("a")]
    if len(links) < 3 or len(links) < len(items):
        return False
    text = sum(map(len, items))
    return sum(map(len, links)) >= _LINKS * text and text / len(links) <= 40 and not _has_sentences(items)


def _has_sentences(items: list[str]) -> bool:
    return sum(each.endswith((".", ";", "。", "；", ",", "，")) for each in items) * 2 > len(items)


def _folded(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
