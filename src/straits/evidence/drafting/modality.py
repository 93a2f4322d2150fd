"""Whether what a clause tells is told as done, planned, possible or denied."""

from __future__ import annotations

import re

from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.drafting.parties import told_beside

_ADVERB = r"(?:\w+ly\s+)?(?:the\s+|its\s+|an?\s+|any\s+)?"
#: What is not done, right before its verb: "failed to close", "stopped short of banning".
_NOT_DONE = re.compile(
    r"\b(?:(?:fail(?:s|ed|ing)?|refus(?:es|ed|ing|al)|declin(?:es|ed|ing)|unable|(?:cancel\w*|abandon\w*|drop(?:s|ped)|scrap(?:s|ped)|shelv\w+)\s+(?:\w+\s+)?plans?)\s+to"
    r"|stop(?:s|ped)?\s+short\s+of|avoid(?:s|ed|ing)?|refrain(?:s|ed|ing)?\s+from|(?:decid\w+|vot\w+)\s+against|abstain\w*\s+from|rul(?:es|ed|ing)\s+out"
    rf"|instead\s+of|rather\s+than|prevent\w*\s+(?:[\w’'-]+\s+){{1,4}}from)\s+{_ADVERB}$",
    re.I,
)
#: Types of acts that were not done if they almost were; a volume that nearly doubled has grown.
_WHOLE = frozenset(
    ("closure", "ban", "restriction", "lifting", "sanction", "military", "agreement", "visit", "meeting")
)
_ALMOST = re.compile(r"\b(?:almost|nearly)\s+(?:completely|entirely|fully|totally|wholly)?\s*$", re.I)
#: What somebody may do, did according to others only, or is wanted to do.
_MAYBE = re.compile(
    r"\b(?:threat(?:en(?:s|ed|ing)?)?\s+(?:to|of|with)|(?:accus|suspect)\w*\b[^.;,]{0,60}?\s+of|charg\w+\b[^.;,]{0,60}?\s+with|want(?:s|ed)?\s+to"
    rf"|hop(?:es?|ed|ing)\s+to|consider(?:s|ed|ing)?|mull(?:s|ed|ing)?|weigh(?:s|ed|ing)?|whether\s+[^.;,]{{0,60}}?"
    # What is talked of is not done: "discussed lifting the ban".
    rf"|(?:discuss|debat|contemplat|oppos|propos|suggest|recommend|advocat|favou?r|examin|study|studi)(?:e|s|es|ed|ing)?)\s+{_ADVERB}$",
    re.I,
)
#: Words before whose "to" nobody is asked: "demand for oil led it to resume", "asked for help and moved to close".
_NOT_ASKED = (
    r"(?:that|who|which|is|are|was|were|has|have|had|will|would|led|made|helped|decided|agreed|(?:forc|caus|prompt|allow|enabl)\w+)\b"
    r"|(?-i:(?:and|but|or)\s+[a-z])"
)
#: Nor is what somebody asks of somebody else, or offers: "asked X in vain (not) to reopen", "was invited to join".
_ASKED_OF = re.compile(
    r"\b(?:ask|urg|want|invit|request|beg|press|implor|lobby|call(?:s|ed|ing)?\s+(?:up)?on|call(?:s|ed|ing)?\s+for|appeal|demand|offer|propos|encourag"
    rf"|advis|recommend|push|(?:try|tries|tried|seek|sought|attempt))(?:e|s|es|d|ed|ing)?\b(?:\s+(?!{_NOT_ASKED})[\w’'-]+){{0,8}}?\s+(?:not\s+)?to\s+(?:not\s+)?{_ADVERB}$",
    re.I,
)
#: What somebody means to do, or has promised.
_MEANT = re.compile(
    rf"\b(?:intend|aim|expect|mean|prepar|pledg|promis|vow|agree|undertak|schedul|plan)(?:e|s|es|d|ed|ing|ning|ned)?\s+to\s+{_ADVERB}$",
    re.I,
)
#: What nobody says is not said: "neither X nor Y said that", "did not say that".
_UNSAID = re.compile(
    r"(?:\b(?:neither|nobody|no\s+one|none)\b[^.;,]{0,70}|\b(?:not|never|nor)\s+|n[’']t\s+)"
    r"\b(?:say|said|claim|confirm|state|report|announce|suggest|mention|admit|allege)(?:s|d|ed|ing)?\s+(?:\w+\s+)?(?:that|whether|if)\b[^.;]{0,80}$"
    # Nor what is held for more or less likely.
    r"|\b(?:un)?(?:likely|certain|clear|possible)\s+(?:that|whether|if)\b[^.;]{0,70}$|\bdoubt(?:s|ed|ful)?\s+(?:that|whether|if)\b[^.;]{0,70}$",
    re.I,
)
#: "Would not" tells a denial, unless something would have to happen first.
_WOULD_NOT = re.compile(
    rf"\b(?:would|could|can)\s*(?:not|n[’']t)\s+(?:be\s+|have\s+(?:been\s+)?)?{_ADVERB}$", re.I
)
_IF = re.compile(r"\b(?:if|unless|were|without|otherwise|provided)\b", re.I)
#: Between "no …" and a noun that is told beside: "no ban was agreed at the talks between".
_AT_NOUN = re.compile(
    r"\b(?:is|are|was|were|has|have|had)\b.*\b(?:at|during|in|after|before|following|amid|despite)\s+(?:the\s+|their\s+|its\s+)?(?:\w+\s+)?$",
    re.I | re.S,
)
#: What a denial is of, up to the clause: "denied reports that it had halted", "it is not true that".
_DENIAL = re.compile(
    r"(?:\b(?:den(?:y|ies|ied|ying)|dismiss(?:es|ed|ing)?|reject(?:s|ed|ing)?|refut(?:es?|ed|ing)|disput(?:es?|ed|ing))\b[^.;]{0,60}?"
    r"\b(?:that|(?:accusations?|allegations?|charges?|claims?|reports?|rumou?rs?|suggestions?|suspicions?)\s+of)\s"
    r"|\b(?:not|n[’']t)\s+(?:true|the\s+case|correct)\s+that\s|\b(?:un|not\s+)true\s+that\s|\bfalse(?:ly)?\s+\w*\s*that\s"
    r"|\b(?:earlier|previous)\s+versions?\s+of\s+(?:this|the)\s+(?:article|story|report)\b[^.;]{0,30})[^.;,]{0,70}$",
    re.I,
)
#: Who does not deny it does not say it either: "neither confirmed nor denied that".
_NEITHER = re.compile(
    r"\b(?:not|never|nor|cannot|\w+n[’']t)\s+(?:den(?:y|ied)|dispute[ds]?|rejected|refuted?)\s+(?:\w+\s+)?that\s[^.;,]{0,130}$",
    re.I,
)
_RUMOUR = re.compile(
    r"\b(?:reports?|claims?|rumou?rs?|news|allegations?|statements?)\s+that\s[^.;]{0,80}$", re.I
)
_FALSE = re.compile(
    r"[^.;]{0,80}\b(?:is|are|was|were|(?:prov(?:es?|ed|en)|turn(?:s|ed)\s+out)(?:\s+to\s+be)?)\s+(?:\w+ly\s+)?(?:false|untrue|fake|wrong|denied|baseless|unfounded|incorrect|not\s+true)\b",
    re.I,
)
_NOBODY = re.compile(
    r"(?:that\s+)?(?:no|none\s+of|nobody|no\s+one|neither)\b(?!\s+(?:longer|doubt|matter|sooner|less|fewer|more|wonder))(?:(?!\b(?:since|why|how|when|where|who|whether|until|till|once)\b)[^,;]){0,60}",
    re.I,
)
_NO = re.compile(r"\bno\b", re.I)
_ASKED = re.compile(
    r"[\"“«‘\s]*(?:ha[sd]|have|did|does|do|is|are|was|were|will|would|can|could|should)\b.*\?[\"”»’\s]*",
    re.I | re.S,
)


def modality_of(page: Page, s: Sentence, start: int, end: int, first: int, name: str) -> str:
    """Read planned, denied or hypothetical off the words round a trigger of type `name`, whose clause begins at `first`."""
    text = page.text
    before, behind = text[s.start : start], text[end : min(s.end, end + 120)]
    if re.search(r"\bnot\s+ruled\s+out\b", behind) or _NEITHER.search(before) or _UNSAID.search(before):
        return "hypothetical"
    if (
        _NOT_DONE.search(before)
        or (name in _WHOLE and _ALMOST.search(before))
        or _DENIAL.search(before)
        or (_RUMOUR.search(before) and _FALSE.match(behind))
        or (_NOBODY.fullmatch(text[first:start]) and not _AT_NOUN.search(text[first:start]))
        or (name != "refusal" and _NO.search(text[start:end]))
    ):
        return "denied"
    if _WOULD_NOT.search(before) and not _IF.search(text, s.start, s.end):
        return "denied"
    inverted = text[s.start : s.start + 7].startswith(("Had ", "Should ")) and re.search(
        r"\b(?:would|could|might)\b", behind
    )
    asked = _ASKED_OF.search(text[max(first, start - 130) : start])
    if asked or _MAYBE.search(before) or inverted or _ASKED.fullmatch(text, s.start, s.end):
        return "hypothetical"
    told = _by_cues(page, s, start, first)
    return "planned" if told == "asserted" and _MEANT.search(before) else told


def _by_cues(page: Page, s: Sentence, start: int, first: int) -> str:
    """Read it off the words of the list between the head of the clause and the trigger."""
    asides = told_beside(page.text, first, start)
    near = [
        h
        for h in s.hits
        if h.meaning.kind == "modality"
        and max(first, start - 60) <= h.start < start
        and not any(a < h.start < b for a, b in asides)
    ]
    kinds = {
        h.meaning.key
        for h in near
        if not (h.meaning.key == "denied" and (start - h.end > 12 or page.text[h.end : h.end + 5] == " only"))
        and not (h.meaning.key == "planned" and start - h.end > 25)
    }
    return next((kind for kind in ("hypothetical", "denied", "planned") if kind in kinds), "asserted")


__all__ = ["modality_of"]
