"""Numbers of list items as they are printed: 3, c, iii, 三."""

from __future__ import annotations

from collections.abc import Callable

SUPERSCRIPTS = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
"""Raised signs as characters of their own: 10-6 is another number than 10⁻⁶."""

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_SMALL = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CHINESE = "零一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def decimal(number: int) -> str:
    """3"""
    return str(number)


def decimal_two_digits(number: int) -> str:
    """03"""
    return f"{number:02d}"


def letters(number: int) -> str:
    """c; after z follow aa, ab …"""
    text = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("a") + digit) + text
    return text


def letters_repeated(number: int) -> str:
    """c; after z follow aa, bb …, as Word counts"""
    turn, digit = divmod(max(number, 1) - 1, 26)
    return chr(ord("a") + digit) * (turn + 1)


def roman(number: int) -> str:
    """iii"""
    text = ""
    for value, sign in (*_ROMAN, *_ROMAN_SMALL):
        count, number = divmod(number, value)
        text += sign * count
    return text


def chinese(number: int) -> str:
    """三, 十二, 二十; above 99 digit by digit"""
    if not 0 < number < 100:
        return "".join(_CHINESE[int(digit)] for digit in str(abs(number)))
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else _CHINESE[tens]) + "十" if tens else "") + (_CHINESE[ones] if ones or not tens else "")


def circled(number: int) -> str:
    """③"""
    return _CIRCLED[number - 1] if 0 < number <= len(_CIRCLED) else f"({number})"


def upper(style: Callable[[int], str]) -> Callable[[int], str]:
    """The same style in capitals."""
    return lambda number: style(number).upper()
