"""From events of EPCIS to rows of the ledger; what is packed in what, and which good a class is, is learnt on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from straits.goods.cells import LINE
from straits.goods.readers import gs1
from straits.goods.refusals import Refusals

TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent")
#: Business steps by which goods leave the country; any other DELETE uses them up.
LEAVING = ("departing", "shipping", "exporting", "loading")
_HS = ("hs6", "hscode", "hs", "commoditycode", "tariffcode", "harmonizedsystemcode")
_ORIGIN = ("countryoforigin", "origincountry", "origin")
_UNITS = {
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "LTR": "l",
    "MTR": "m",
    "EA": "piece",
    "H87": "piece",
    "C62": "piece",
    "": "piece",
}


@dataclass(frozen=True)
class Amount:
    """Some of a class of goods. `name` is the identifier as the document gives it."""

    name: str
    quantity: str
    unit: str


class Document:
    """One document while its events are read.

    Parameters
    ----------
    file : str
    refusals : Refusals
    vocabulary : list
        Master data of the header.
    """

    def __init__(self, file: str, refusals: Refusals, vocabulary: list[Any]) -> None:
        self.file, self.refusals = file, refusals
        self.hs: dict[str, str] = {}
        self.packed: dict[str, list[Amount]] = {}
        for kind in _dicts(vocabulary):
            for element in _dicts(kind.get("vocabularyElementList")):
                told = {str(a.get("id", "")): a.get("attribute") for a in _dicts(element.get("attributes"))}
                self._learn(str(element.get("id", "")), _field(told, _HS))

    def rows(self, events: list[Any]) -> list[dict[str, Any]]:
        """Give the rows of the ledger, sorted by time for what is learnt on the way."""
        places = [
            (place, event) for place, event in enumerate(events, start=1) if self._is_event(place, event)
        ]
        void = {
            str(event.get("eventID", ""))
            for _, event in places
            if isinstance(event.get("errorDeclaration"), dict)
        }
        for place, event in places:
            if str(event.get("eventID", "")) in void and "errorDeclaration" in event:
                self.refusals.note(
                    self.file,
                    place,
                    "errorDeclaration",
                    str(event.get("eventID")),
                    "declared wrong by its author: left out",
                    "event_void",
                )
        kept = [(p, e) for p, e in places if str(e.get("eventID", "")) not in void]
        first: dict[str, int] = {}
        for place, event in kept:
            name = str(event.get("eventID") or f"event {place}")
            if first.setdefault(name, place) != place:
                accepted = f"each event once (the first is event {first[name]})"
                self._refuse(place, "eventID", f"{name!r} again", accepted, "duplicate_key")
        kept = [(p, e) for p, e in kept if first[str(e.get("eventID") or f"event {p}")] == p]
        made: list[dict[str, Any]] = []
        for place, event in sorted(kept, key=lambda one: str(one[1].get("eventTime", ""))):
            made += self._rows_of(place, event)
        # One event with several goods is several rows.
        count: dict[str, int] = {}
        for row in made:
            count[row["event_id"]] = count.get(row["event_id"], 0) + 1
        seen: dict[str, int] = {}
        for row in made:
            name = row["event_id"]
            if count[name] > 1 and row["several"]:
                seen[name] = seen.get(name, 0) + 1
                row["event_id"] = f"{name}#{seen[name]}"
        return made

    def _is_event(self, place: int, event: Any) -> bool:
        if not isinstance(event, dict) or event.get("type") not in TYPES:
            found = repr(event.get("type")) if isinstance(event, dict) else repr(event)[:40]
            self.refusals.refuse(
                self.file, place, "type", found, f"one of {', '.join(TYPES)}", "epcis_event_type"
            )
            return False
        return True

    def _refuse(self, place: int, column: str, found: str, accepted: str, code: str) -> list[dict[str, Any]]:
        self.refusals.refuse(self.file, place, column, found, accepted, code)
        return []

    def _rows_of(self, place: int, event: dict[str, Any]) -> list[dict[str, Any]]:
        kind = event["type"]
        if kind == "AggregationEvent":
            self._pack(event)
            return []
        if kind == "TransformationEvent":
            return self._transformation(place, event)
        action = event.get("action")
        if action not in ("ADD", "OBSERVE", "DELETE"):
            return self._refuse(place, "action", repr(action), "ADD, OBSERVE or DELETE", "epcis_action")
        amounts = list(self._amounts(event.get("epcList"), event.get("quantityList")))
        for amount in amounts:
            self._learn(amount.name, _field(event.get("ilmd"), _HS) or _field(event, _HS))
        giver, taker = (
            _owner(event.get("sourceList"), "source"),
            _owner(event.get("destinationList"), "destination"),
        )
        if giver and taker and not (kind == "ObjectEvent" and action != "OBSERVE"):
            moved = "transfer"
        elif kind == "TransactionEvent" or action == "OBSERVE":
            return []
        else:
            moved = "entry" if action == "ADD" else self._way_out(event)
        holder = giver if moved == "transfer" else _place(event) or (taker if moved == "entry" else giver)
        if not amounts:
            return self._refuse(
                place, "quantityList", "no goods", "epcList or quantityList", "epcis_no_goods"
            )
        shared = {
            **self._common(place, event),
            "kind": moved,
            "holder": holder,
            "to_holder": taker if moved == "transfer" else "",
            "origin": _field(event.get("ilmd"), _ORIGIN) or _field(event, _ORIGIN)
            if moved == "entry"
            else "",
            "destination": _country(event.get("destinationList")) if moved == "exit" else "",
        }
        return [{**shared, **self._measured(amount), "several": len(amounts) > 1} for amount in amounts]

    def _way_out(self, event: dict[str, Any]) -> str:
        step = str(event.get("bizStep", "")).rsplit(":", 1)[-1].rsplit("-", 1)[-1].lower()
        return "exit" if step in LEAVING or _country(event.get("destinationList")) else "use"

    def _transformation(self, place: int, event: dict[str, Any]) -> list[dict[str, Any]]:
        taken = list(self._amounts(event.get("inputEPCList"), event.get("inputQuantityList")))
        given = list(self._amounts(event.get("outputEPCList"), event.get("outputQuantityList")))
        for amount in given:
            self._learn(amount.name, _field(event.get("ilmd"), _HS))
        holder = _place(event)
        if not taken and not given:
            return self._refuse(
                place, "inputQuantityList", "no goods", "what goes in and what comes out", "epcis_no_goods"
            )
        name = str(event.get("transformationID") or event.get("eventID") or f"event {place}")
        shared = {
            **self._common(place, event),
            "kind": "processing",
            "holder": holder,
            "process": name,
            "several": True,
        }
        rows: list[dict[str, Any]] = [{**shared, **self._measured(amount)} for amount in taken]
        for amount in given:
            told = self._measured(amount)
            rows.append({**shared, **{f"to_{field}": value for field, value in told.items()}})
        return rows

    def _pack(self, event: dict[str, Any]) -> None:
        parent = str(event.get("parentID", ""))
        inside = list(self._amounts(event.get("childEPCs"), event.get("childQuantityList")))
        if event.get("action") == "DELETE":
            gone = {amount.name for amount in inside}
            self.packed[parent] = [a for a in self.packed.get(parent, []) if gone and a.name not in gone]
        elif event.get("action") == "ADD":
            self.packed[parent] = [*self.packed.get(parent, []), *inside]

    def _amounts(self, pieces: Any, quantities: Any) -> Iterator[Amount]:
        """Give what lists name; what is packed is given in place of its package."""
        for piece in pieces or []:
            if str(piece) in self.packed:
                yield from self.packed[str(piece)]
            else:
                yield Amount(str(piece), "1", "piece")
        for one in quantities or []:
            if isinstance(one, dict):
                unit = str(one.get("uom", ""))
                quantity = one.get("quantity")
                yield Amount(
                    str(one.get("epcClass", "")),
                    "" if quantity is None else str(quantity),
                    _UNITS.get(unit, unit),
                )

    def _learn(self, name: str, code: str) -> None:
        if code:
            self.hs[name] = code
            # A lot tells what its class is, until another lot says otherwise.
            self.hs.setdefault(gs1.good(name)[0], code)

    def _measured(self, amount: Amount) -> dict[str, str]:
        kind = gs1.good(amount.name)[0]
        code = self.hs.get(amount.name) or self.hs.get(kind) or kind
        plain = code.isdigit() or code.startswith(("gtin:", "urn:"))
        return {"hs6": code if plain else f"urn:{code}", "quantity": amount.quantity, "unit": amount.unit}

    def _common(self, place: int, event: dict[str, Any]) -> dict[str, Any]:
        papers = [
            str(one.get("bizTransaction", ""))
            for one in event.get("bizTransactionList") or []
            if isinstance(one, dict)
        ]
        return {
            LINE: place,
            "event_id": str(event.get("eventID") or f"event {place}"),
            "time": _time(event),
            "document": papers[0] if papers else "",
            "cites": "; ".join(papers[1:]) if event.get("action") == "DELETE" else "",
        }


def _time(event: dict[str, Any]) -> str:
    """Give the time at the place of the event; EPCIS writes it in UTC with the place's offset beside it."""
    from datetime import datetime, timedelta, timezone

    text, offset = str(event.get("eventTime", "")), str(event.get("eventTimeZoneOffset", ""))
    try:
        moment = datetime.fromisoformat(text)
        sign = -1 if offset.startswith("-") else 1
        hours, minutes = offset.lstrip("+-").split(":")
        zone = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
    except ValueError:
        return text
    return moment.astimezone(zone).isoformat() if moment.tzinfo else moment.isoformat()


def _place(event: dict[str, Any]) -> str:
    for field in ("bizLocation", "readPoint"):
        found = event.get(field)
        name = found.get("id") if isinstance(found, dict) else found
        if name:
            return gs1.party(str(name))
    return ""


def _owner(ends: Any, field: str) -> str:
    """Give the party that owns, or holds, the goods at one end."""
    told = {
        str(one.get("type", "")).rsplit(":", 1)[-1]: one.get(field)
        for one in ends or []
        if isinstance(one, dict)
    }
    for kind in ("owning_party", "SDT-owning_party", "possessing_party", "SDT-possessing_party"):
        if told.get(kind):
            return gs1.party(str(told[kind]))
    return ""


def _country(ends: Any) -> str:
    """Give the country of a destination: the last part of a name that holds the word country."""
    for one in ends or []:
        name = str(one.get("destination", "")) if isinstance(one, dict) else ""
        if "country" in name.lower():
            return name.replace("/", ":").rsplit(":", 1)[-1]
    return ""


def _dicts(found: Any) -> list[dict[str, Any]]:
    """Give the entries of a list that are objects; what else a document of somebody holds there says nothing."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _field(told: Any, names: tuple[str, ...]) -> str:
    """Give the field whose name, without its prefix, is one of these."""
    for key, value in (told or {}).items() if isinstance(told, dict) else ():
        plain = str(key).rsplit(":", 1)[-1].rsplit("#", 1)[-1].rsplit("/", 1)[-1].replace("_", "").lower()
        if plain in names and value not in (None, "", []):
            first = value[0] if isinstance(value, list) else value
            return str(
                first.get("@value", first.get("code", "")) if isinstance(first, dict) else first
            ).replace(".", "")
    return ""
