"""Who does what to whom in the clause round a trigger: its bounds, its parties, the assets and goods that it names."""

from __future__ import annotations

import re

from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.finding.mentions import Mention, facility
from straits.evidence.records import CANDIDATE

_BREAK = re.compile(
    r"[;:]\s|,[\"”»]\s|\s[–—-]\s|,\s+(?=(?:saying|citing|adding|claiming|arguing|noting|warning|stating|calling|insisting|alleging|telling|but|while|which|who|where|although|because|since|so|thus|whereas|and\s+(?:he|she|it|they|the|then|also|to)|as\s+well\s+as)\b)"
    r"|\s(?=(?:after|when|while|because|before|as\s+long\s+as|although|so\s+that|but)\s)|\sthat\s(?=\w+\s\w+)",
    re.I,
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|on|with|for|to|from|at|against|between|via|through|about|into|toward|towards|over|than|like)\s+(?:the\s+|its\s+|his\s+)?(?:[\w-]+\s+)?$",
    re.I,
)
_BARE_AND = re.compile(r"\s*,?\s*and\s+(?:the\s+)?")
_WITH = re.compile(r"\b(?:with|between|and)\s+(?:[\w-]+\s+){0,4}$", re.I)
_SOME_OF = re.compile(
    r"\b(?:group|number|team|party|series|pair|members?|majority|units?|dozens|hundreds|thousands)\s+of\s+(?:the\s+)?$",
    re.I,
)
_BY = re.compile(r"\bby\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$")
#: Before whom a sanction or a ban aims at, and the types of acts that aim so.
_ON = re.compile(r"\b(?:on|upon|against)\s+(?:the\s+)?$", re.I)
#: Before whose something is.
_OF = re.compile(r"\bof\s+(?:the\s+)?$", re.I)
_AIMED = ("sanction", "sanction_risk", "ban", "restriction", "military", "threat")
#: Types of which all have a part, and before those who do something else at the same time: "suspended during the talks between".
_MUTUAL = ("agreement", "meeting")
_AT_TALKS = re.compile(
    r"\b(?:during|amid|after|before|following|at)\s+(?:the\s+|their\s+)?(?:\w+\s+){0,2}?(?:between|with|of)\s+(?:the\s+)?$|\bat\s+the\s+(?:request|suggestion|invitation|initiative|insistence)\s+of\s+(?:the\s+)?$",
    re.I,
)
#: Between two parties that act together.
_AND = re.compile(r"\s*(?:,|and|nor|&|,\s*and|as\s+well\s+as)\s*(?:the\s+|with\s+|by\s+|other\s+)?")
#: Words that may stand between a verb and the adjective of its object.
_NEAR = re.compile(r"\s+(?:[\w’'-]+\s+){0,5}")
#: What is told beside, between two commas.
_ASIDE = re.compile(
    r",\s+(?:an?|the|one|not|which|who|whose|where|like|unlike|along|together|according|including|despite|citing)\s[^,;]{3,140},",
    re.I,
)
_CIRCUMSTANCE = re.compile(
    r"\b(?:via|through|from|in|at|on|bypassing|bypass|instead\s+of|like|over)\s+(?:the\s+)?(?:[\w-]+\s+(?:of\s+)?)?$",
    re.I,
)
_ACCUSED = re.compile(r"\baccus\w+\s+(?:the\s+)?(?P<whom>[^,;.]{2,60}?)\s+of\s+(?:\w+ly\s+)?$", re.I)
#: Who tells a sentence, at its head.
_ACCORDING = re.compile(
    r"\s*(?:According\s+to|As\s+per|Citing|In\s+the\s+(?:words|opinion|view)\s+of)\s[^,;]{2,120},\s"
)
#: Between who only speaks and the noun of what is spoken of: "refused to comment on the closure".
_SPOKE_OF = re.compile(
    r"\b(?:comment|spoke|speak|warn|ask|talk|learn|hear|heard|complain|know|knew|report|inform|told)\w*\s+(?:\w+\s+)?(?:of|on|about)\s+(?:\w+\s+){0,2}$",
    re.I,
)
#: Behind who holds that something is not so.
_DOUBTS = re.compile(r"\b(?:disput|doubt|refut|contest|question)\w*\s+(?:that|whether)\s*$", re.I)
#: Right before a verb that shares the subject of the one before it.
_JOINT = re.compile(r",?\s+(?:and|but|or)\s+(?:(?:\w+ly|then|also|later|even)\s+)?$")
#: Before a place in which somebody sits or something is held, so that the act is not on it: "a court in Novorossiysk".
_SEATED = re.compile(
    r"\b(?:courts?|tribunal|judges?|mayors?|governors?|prosecutors?|police|residents?|authorit\w+|offices?|embassy|consulate|talks?|meetings?|negotiations|summit|forum"
    r"|conference|ceremony|reporters|journalists|born|spoke|speaking|said|told\s+\w+)\s+(?:in|at|of)\s+(?:the\s+)?$",
    re.I,
)
_POSSESSIVE = re.compile(r"['’]s?\s+(?:[\w-]+\s+){1,3}(?:not\s+)?to\s+$")


def clause_bounds(text: str, s: Sentence, start: int, end: int, says: bool) -> tuple[int, int]:
    """Bound the clause round a trigger; of a statement, what is stated belongs to it."""
    first = s.start
    last = s.start + len(text[s.start : s.end].rstrip(" .,;:!?…"))
    asides = {a for a, _ in told_beside(text, s.start, start)}
    for m in _BREAK.finditer(text, s.start, s.end):
        if m.end() <= start:
            # A relative clause that ends before the trigger is told beside the clause, and does not begin another.
            first = first if m.start() in asides else m.end()
        elif m.start() >= end:
            if says and m[0].startswith(" that") and m.start() - end < 30:
                continue
            last = m.start()
            break
    while first < start and text[first] in " ,–—\"“”'‘":
        first += 1
    return first, max(last, end)


def _actors(s: Sentence, first: int, last: int) -> list[Mention]:
    return [
        m
        for m in s.mentions
        if first <= m.start and m.end <= last and m.kind in ("actor", "person", "organisation", "name")
    ]


def roles(
    page: Page, s: Sentence, start: int, end: int, first: int, last: int, passive: bool, form: str, name: str
) -> tuple[list[Mention], list[Mention]]:
    """Give sources and targets: subject and object, turned round in the passive; a noun's parties stand on both sides.

    What stands in an apposition ("Pakistan, a key U.S. ally, has …") is neither, and behind the object only what is joined to it.
    """
    text = page.text
    left = _outside(text, _actors(s, max(first, _attributed(text, s)), start), first, start)
    behind = _actors(s, end, min(_attribution(text, s, end, last), _next_verb(text, s, end, last)))
    right = [m for m in behind if m.form != "adjective"]
    agents = [m for m in right if _BY.search(text[max(end, m.start - 30) : m.start])]
    if passive:
        agents = _joined(text, agents[:1], right)
    objects = _objects(text, [m for m in right if m not in agents], end, name)
    charge = accused_of(text[first:start])
    accused = [
        m for m in left if charge and first + charge.start("whom") <= m.start < first + charge.end("whom")
    ]
    if form == "noun" and not accused:
        return _nominal_roles(page, left, objects, start, first)
    subjects = accused or _subjects(text, left, first)
    if not subjects:
        owner = [m for m in left if _POSSESSIVE.match(text[m.end : start])]
        outer = _outside(text, _actors(s, _attributed(text, s), start), s.start, start)
        wider = _subjects(text, outer, s.start)
        if not re.match(r"\s*(?:it|they|he|she|its|their)\b", text[first:start], re.I):
            wider = [m for m in wider if not _says(text, s, m, first)]
        subjects = owner[-1:] or _pronoun(page, first, start) or wider[-1:]
    if passive:
        aimed = [m for m in left if _ON.search(text[max(first, m.start - 30) : m.start])]
        whose = [m for m in left if _OF.search(text[max(first, m.start - 30) : m.start])]
        acted_upon = (
            _last_joined(text, subjects)
            or _joined(text, aimed[:1], left)
            or _joined(text, objects[:1], objects)
        )
        return agents, acted_upon or _joined(text, whose[:1], left)
    chosen = _last_joined(text, subjects)
    others = [m for m in objects if m not in chosen]
    clear = [m for m in others if m.kind != "name"]
    found = _joined(text, clear[:1], clear) or _described(text, end, behind, chosen)
    return chosen, found or _joined(text, others[:1], others)


def _objects(text: str, mentions: list[Mention], end: int, name: str) -> list[Mention]:
    """Leave out circumstances, and what is joined to one: "in Russia and Belarus"; at whom an act aims is none."""
    found: list[Mention] = []
    beside: list[Mention] = []
    for m in mentions:
        aimed = (
            name in _AIMED
            and m.kind in ("actor", "organisation")
            and _ON.search(text[max(0, m.start - 30) : m.start])
        )
        apart = (not aimed and not _object(text, m, end, name)) or _begins_another(text, m)
        if apart or (beside and _AND.fullmatch(text, beside[-1].end, m.start)):
            beside.append(m)
        else:
            found.append(m)
    return found


def _begins_another(text: str, m: Mention) -> bool:
    """Tell whether a party is the subject of a clause that is joined on: "was shut, and Moscow has refused"."""
    return (
        re.search(r",?\s+(?:and|but)\s+(?:the\s+)?$", text[max(0, m.start - 12) : m.start]) is not None
        and re.match(
            r"\s+(?:has|have|had|will|would|is|are|was|were|did|does|may|might|can|could|said)\b",
            text[m.end : m.end + 8],
        )
        is not None
    )


def _joined(text: str, head: list[Mention], others: list[Mention]) -> list[Mention]:
    """Give a mention and those that a comma or "and" joins to it, in their order."""
    chain = list(head)
    for m in others:
        if chain and m.start >= chain[-1].end and _AND.fullmatch(text, chain[-1].end, m.start):
            chain.append(m)
    return chain


def _last_joined(text: str, subjects: list[Mention]) -> list[Mention]:
    """Give the last mention and those that a comma or "and" joins it to."""
    chain = subjects[-1:]
    for m in reversed(subjects[:-1]):
        if m.end <= chain[0].start and _AND.fullmatch(text, m.end, chain[0].start):
            chain.insert(0, m)
        else:
            break
    return chain


def accused_of(before: str) -> re.Match[str] | None:
    """Give who is accused of what stands behind `before` ("accused Russia of"), as the group `whom`."""
    return _ACCUSED.search(before)


def _says(text: str, s: Sentence, m: Mention, first: int) -> bool:
    """Tell whether a party of the sentence only tells the clause that begins at `first`: "the Moscow Times reported that"."""
    return _DOUBTS.search(text, m.end, first) is not None or any(
        h.meaning.kind == "cue" and m.end <= h.start < first for h in s.hits
    )


def _described(text: str, end: int, behind: list[Mention], chosen: list[Mention]) -> list[Mention]:
    """Give the state whose things the object is, where it names no party: "rejected an Indian proposal"."""
    states = {m.state for m in chosen}
    return [
        m
        for m in behind
        if m.form == "adjective" and m.state and m.state not in states and _NEAR.fullmatch(text, end, m.start)
    ][:1]


def _outside(text: str, mentions: list[Mention], first: int, stop: int) -> list[Mention]:
    """Leave out what stands in an apposition or a relative clause between commas."""
    if text.count(",", first, stop) < 2:
        return mentions
    asides = told_beside(text, first, stop)
    return [m for m in mentions if not any(a < m.start and m.end <= b for a, b in asides)]


def told_beside(text: str, first: int, stop: int) -> list[tuple[int, int]]:
    """Give what stands in appositions and relative clauses between commas in `text[first:stop]`."""
    return [(a.start(), a.end() - 1) for a in _ASIDE.finditer(text, first, stop)]


def _attribution(text: str, s: Sentence, end: int, last: int) -> int:
    """Give where the clause ends before who says it: "…, the embassy said on Monday"."""
    for hit in s.hits:
        if hit.meaning.kind == "cue" and hit.meaning.form == "that" and end < hit.start < last:
            comma = text.rfind(",", end, hit.start)
            if comma > end and last - hit.end < 30 and hit.start - comma < 70:
                return comma
    return last


def _attributed(text: str, s: Sentence) -> int:
    """Give where a sentence begins behind who tells it: "According to the operator X, …"."""
    told = _ACCORDING.match(text, s.start, s.end)
    return told.end() if told else s.start


def _next_verb(text: str, s: Sentence, end: int, last: int) -> int:
    """Give where the next verb of the clause is joined on: what stands behind it is its own object."""
    for hit in s.hits:
        if hit.meaning.kind == "trigger" and hit.meaning.form == "verb" and end < hit.start < last:
            joint = _JOINT.search(text, end, hit.start)
            if joint:
                return joint.start()
    return last


def _nominal_roles(
    page: Page, left: list[Mention], right: list[Mention], start: int, first: int
) -> tuple[list[Mention], list[Mention]]:
    """Give the parties of a noun: whose it is ("Tokayev's visit"), of whom ("visit of"), with or between whom."""
    text = page.text
    owner = [m for m in left if m.form != "adjective" and text[m.end : m.end + 2] in ("’s", "'s")][-1:]
    of_whom = [
        m
        for m in right
        if re.search(r"\bof\s+(?:the\s+)?(?:[\w-]+\s+){0,3}$", text[max(start, m.start - 40) : m.start])
    ][:1]
    joined = [m for m in right if _WITH.search(text[max(first, m.start - 40) : m.start])]
    subject = [m for m in _subjects(text, left, first)[-1:] if not _SPOKE_OF.search(text, m.end, start)]
    parties = [*(owner or of_whom or subject), *joined]
    others = [m for m in right if m not in parties]
    return parties, _joined(text, others[:1], others)


def _subjects(text: str, mentions: list[Mention], first: int) -> list[Mention]:
    """Give whom a clause may be about: not what a preposition leads in, nor what is joined to that ("in Rome and Pisa, …")."""
    found: list[Mention] = []
    beside: Mention | None = None
    for n, m in enumerate(mentions):
        joint = text[beside.end : m.start] if beside else ""
        after = mentions[n + 1] if n + 1 < len(mentions) else None
        # "in Rome, Pisa and Bari, he …", but not "in Rome, Pisa and Bari …".
        in_list = (
            after is not None
            and _BARE_AND.fullmatch(text[m.end : after.start])
            and text[after.end : after.end + 1] == ","
        )
        joined = _BARE_AND.fullmatch(joint) or (re.fullmatch(r",\s*(?:the\s+)?", joint) and in_list)
        if not _subject(text, m, first) or joined:
            beside = m
        else:
            found.append(m)
            beside = None
    return found


def _subject(text: str, m: Mention, first: int) -> bool:
    before = text[max(first, m.start - 30) : m.start]
    return m.form != "adjective" and (_SOME_OF.search(before) is not None or not _PREPOSITION.search(before))


def _object(text: str, m: Mention, end: int, name: str) -> bool:
    """Tell an object from a circumstance ("via Baku", "at the forum"); of a visit the place is what it aims at."""
    if name == "visit":
        return not re.search(
            r"\b(?:from|via|bypassing)\s+(?:the\s+)?$", text[max(end, m.start - 20) : m.start]
        )
    if name not in _MUTUAL and _AT_TALKS.search(text[max(end, m.start - 40) : m.start]):
        return False
    return not _CIRCUMSTANCE.search(text[max(end, m.start - 30) : m.start]) and not (
        m.kind == "name" and facility(text, m)
    )


def _pronoun(page: Page, first: int, start: int) -> list[Mention]:
    """Give whom "he" or "she" before a trigger means."""
    person = page.person_before(first) if re.search(r"\b(?:he|she)\b", page.text[first:start], re.I) else None
    return [person] if person else []


def ids_of(mentions: list[Mention]) -> tuple[str, ...]:
    """Give the parties as the document names them."""
    return tuple(dict.fromkeys(m.id for m in mentions))


def states_of(mentions: list[Mention]) -> tuple[str, ...]:
    """Give the parties as the states that they act for, those that act for none under their own ids."""
    return tuple(dict.fromkeys(m.state or m.id for m in mentions))


def assets_named(page: Page, s: Sentence, first: int, last: int) -> tuple[str, ...]:
    """Give the assets named in a clause: those that are known, and names that stand with the word for a facility."""
    found = []
    for m in s.mentions:
        if (
            first <= m.start
            and m.end <= last
            and (m.kind == "asset" or (m.id.startswith(CANDIDATE) and facility(page.text, m)))
            and not _SEATED.search(page.text, max(s.start, m.start - 40), m.start)
        ):
            found.append(m.id)
    return tuple(dict.fromkeys(found))


def goods_named(s: Sentence, first: int, last: int) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            h.meaning.key for h in s.hits if h.meaning.kind == "goods" and first <= h.start and h.end <= last
        )
    )
