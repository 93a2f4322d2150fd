"""Identifiers of GS1 as EPCIS writes them, in URN form and as Digital Link addresses, brought to one form."""

from __future__ import annotations

import re

_URN = re.compile(r"urn:epc:(?:id|class|idpat):(\w+):(.+)")
_LINK = re.compile(r"https?://[^/]+/(.*/)?(?P<key>01|00|414|417|8003|8004)/(?P<rest>.+)")


def check_digit(digits: str) -> str:
    """Return the check digit of a GS1 number: weights 3 and 1 from the right, the sum filled up to ten."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def party(text: str) -> str:
    """Return the Global Location Number of a party or a place, `gln:` and 13 digits; any other text as it is.

    Places within one party's location (the extension of an SGLN) are one holder.
    """
    match = _URN.fullmatch(text)
    if match and match[1] in ("sgln", "pgln"):
        parts = match[2].split(".")
        digits = "".join(parts[:2])
        if len(digits) == 12 and digits.isdigit():
            return f"gln:{digits}{check_digit(digits)}"
    link = _LINK.fullmatch(text)
    if link and link["key"] in ("414", "417"):
        return f"gln:{link['rest'].partition('/')[0]}"
    return text


def good(text: str) -> tuple[str, str, bool]:
    """Return the class of goods (`gtin:` and 14 digits), the lot or serial number, and whether it is one single piece."""
    match = _URN.fullmatch(text)
    if match and match[1] in ("lgtin", "sgtin", "gtin"):
        parts = match[2].split(".", 2)
        if len(parts) >= 2 and parts[0].isdigit() and parts[1].isdigit() and len(parts[0] + parts[1]) == 13:
            digits = parts[1][0] + parts[0] + parts[1][1:]
            mark = parts[2] if len(parts) > 2 and parts[2] != "*" else ""
            single = match[1] == "sgtin" and mark != ""
            return f"gtin:{digits}{check_digit(digits)}", mark, single
    link = _LINK.fullmatch(text)
    if link and link["key"] == "01":
        number, *more = link["rest"].split("?")[0].split("/")
        qualifiers = dict(zip(more[::2], more[1::2], strict=False))
        serial = qualifiers.get("21", "")
        return f"gtin:{number.zfill(14)}", serial or qualifiers.get("10", ""), bool(serial)
    return text, "", False
