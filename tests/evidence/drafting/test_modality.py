"""Whether a clause tells an event as done, possible or denied, and who it is told of where somebody else tells it."""

from __future__ import annotations

import pytest

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import Drafts, draft

REST = " The work of the port goes on as it did before that day in the region, and that is all that is known of it."


def read(sentence: str) -> Drafts:
    text = f"Report on the work of the port\n\n13 July 2022\n\n{sentence}{REST}\n"
    return draft(*describe(text.encode(), "a.txt", "Tide", "2022-07-13"))


@pytest.mark.parametrize(
    ("sentence", "kind", "modality"),
    [
        ("The minister denied that Russia had closed the pipeline.", "closure", "denied"),
        ("Kazakhstan denied reports that it had halted oil exports.", "closure", "denied"),
        ("Kazakhstan dismissed claims that it had banned exports of wheat.", "ban", "denied"),
        ("Reports that Russia banned exports of wheat are false.", "ban", "denied"),
        ("Rumours that Russia had banned exports of wheat are baseless.", "ban", "denied"),
        ("It is not true that Kazakhstan closed the pipeline.", "closure", "denied"),
        ("An earlier version of this article said that Russia banned exports of wheat.", "ban", "denied"),
        ("No country has banned exports of wheat.", "ban", "denied"),
        ("None of the neighbours has ever banned exports of wheat.", "ban", "denied"),
        ("Russia almost closed the pipeline.", "closure", "denied"),
        ("Russia failed to close the pipeline.", "closure", "denied"),
        ("Russia refused to close the pipeline.", "closure", "denied"),
        ("Russia stopped short of banning exports of wheat.", "ban", "denied"),
        ("Russia decided against banning exports of wheat.", "ban", "denied"),
        ("Russia dropped plans to ban exports of wheat.", "ban", "denied"),
        ("Russia lifted no ban.", "lifting", "denied"),
        ("Had Russia closed the pipeline, exports would have fallen.", "closure", "hypothetical"),
        ("Russia threatened to close the pipeline.", "closure", "hypothetical"),
        ("Russia wants to close the pipeline.", "closure", "hypothetical"),
        ("Ukraine accused Russia of closing the port.", "closure", "hypothetical"),
        ("Has Russia closed the pipeline?", "closure", "hypothetical"),
        ("Russia did not only close the pipeline.", "closure", "asserted"),
        ("Russia closed the pipeline, and Kazakhstan refused to pay.", "closure", "asserted"),
        ("Russia no longer exports wheat and closed the pipeline.", "closure", "asserted"),
        ("Kazakhstan refused to recognise the republics.", "refusal", "asserted"),
        ("Exports of wheat by Russia nearly doubled.", "trade_change", "asserted"),
        ("Russia rejected the offer and closed the pipeline.", "closure", "asserted"),
        ("Russia rejected an offer of talks and closed the pipeline.", "closure", "asserted"),
        ("Ukraine denied accusations of closing the port.", "closure", "denied"),
        ("Moscow neither confirmed nor denied that it closed the pipeline.", "closure", "hypothetical"),
        ("Kazakhstan did not deny that it had halted exports of oil.", "closure", "hypothetical"),
        ("Russia almost completely closed the pipeline.", "closure", "denied"),
        ("Russia almost certainly closed the pipeline.", "closure", "asserted"),
        ("No oil has flowed since Russia closed the pipeline.", "closure", "asserted"),
        ("Nobody knows why Russia closed the pipeline.", "closure", "asserted"),
    ],
)  # fmt: skip
def test_what_is_not_done_is_not_asserted(sentence: str, kind: str, modality: str) -> None:
    """Proves: what is denied, failed, threatened, wanted, asked or charged is told as such, and what is done stays done.

    Without it: a closure that a minister denied, and one that was only threatened, were asserted.
    """
    found = [e.modality for e in read(sentence).events if e.type == kind]
    assert found == [modality]


@pytest.mark.parametrize(
    ("sentence", "kind", "modality"),
    [
        ("Tajikistan asked Uzbekistan in vain to reopen the border.", "lifting", "hypothetical"),
        ("Armenia urged the government of Georgia to reopen the border.", "lifting", "hypothetical"),
        ("Brussels wants Budapest to halt purchases of oil.", "closure", "hypothetical"),
        ("Moscow asked Astana not to close the pipeline.", "closure", "hypothetical"),
        ("Kazakhstan was asked to close the pipeline.", "closure", "hypothetical"),
        ("The ministers discussed lifting the ban.", "lifting", "hypothetical"),
        ("Poland is considering whether to close the border.", "closure", "hypothetical"),
        ("Kazakhstan agreed to lift the ban.", "lifting", "planned"),
        ("Kazakhstan expects to invest in the port.", "investment", "planned"),
        ("Neither the operator nor the ministry said that Russia had closed the pipeline.", "closure", "hypothetical"),
        ("The minister did not confirm that Russia had closed the pipeline.", "closure", "hypothetical"),
        ("Novak said Russia would not close the pipeline.", "closure", "denied"),
        ("Novak said Russia would not close the pipeline if it is paid.", "closure", "hypothetical"),
        ("Officials dispute that Russia closed the pipeline.", "closure", "denied"),
        ("The report that Russia had closed the pipeline proved to be false.", "closure", "denied"),
        ("No deal was reached at the talks between Russia and Kazakhstan.", "meeting", "asserted"),
        ("Rising demand for oil led Russia to resume exports.", "lifting", "asserted"),
        ("Kazakhstan asked for help and Russia resumed exports of oil.", "lifting", "asserted"),
        ("A request by Uzbekistan reached Russia, which then resumed exports of oil.", "lifting", "asserted"),
    ],
)  # fmt: skip
def test_what_is_asked_or_meant_is_not_done(sentence: str, kind: str, modality: str) -> None:
    """Proves: what somebody asks of another, talks of, has agreed to or does not say is not asserted; a denial is of its own
    noun alone, and "would not" denies unless there is a condition.

    Without it: a border that Tajikistan asked Uzbekistan in vain to reopen was reopened.
    """
    assert [e.modality for e in read(sentence).events if e.type == kind] == [modality]


def test_the_accused_acts_not_the_accuser() -> None:
    """Proves: who is accused of an act is its source. Without it: Ukraine closed the port of which it accused Russia."""
    (stop,) = [e for e in read("Ukraine accused Russia of closing the port.").events if e.type == "closure"]
    assert stop.source_states == ("RUS",)


@pytest.mark.parametrize("verb", ["reported", "said", "announced"])
def test_who_tells_is_not_who_is_closed(verb: str) -> None:
    """Proves: a newspaper or a state that tells of a closure is no party of it. Without it: the Moscow Times was closed."""
    for teller in ("The Moscow Times", "Kazakhstan"):
        (stop,) = [
            e for e in read(f"{teller} {verb} that the port was closed.").events if e.type == "closure"
        ]
        assert (stop.source_states, stop.target_states) == ((), ())


def test_who_is_quoted_by_office_speaks_alone() -> None:
    """Proves: behind a quotation its speaker is named, and nothing is told of him or by whom he speaks of.

    Without it: Russia said "Kazakhstan's president", and closed the pipeline of Kazakhstan.
    """
    found = read('"Russia will close the pipeline," said Kazakhstan\'s president, Kassym-Jomart Tokayev.')
    assert [c.form for c in found.claims] == ["direct"]
    assert [e.target_states for e in found.events if e.type == "closure"] == [()]
