"""What a person reads of a file: invisible signs, wrapped lines, furniture and comments of web pages, hidden parts."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from straits.evidence.documents.document import DocumentError, describe
from straits.evidence.documents.markup import is_comments
from straits.evidence.documents.publication import day_of
from straits.evidence.documents.reading import read
from straits.evidence.drafting.drafts import draft
from straits.evidence.ledger.validate import problems_of

BODY = (
    "The district court of the northern region suspended loading at the oil terminal for 45 days after inspectors found "
    "violations at the berth, the court told reporters on March 2.",
    "The operator of the terminal appealed the long-term decision and says that the berth is safe. Exports of oil fell by 8% "
    "to 12.5 million tons in the first half of last year, and the operator was fined 300 thousand dollars.",
)
PLAIN = "Court stops loading at the northern terminal\n\n3 March 2021\n\n" + "\n\n".join(BODY) + "\n"


def found(text: str, name: str = "a.txt") -> list[tuple[str, ...]]:
    """Give what is drafted of a text, in words that do not depend on places; every draft is checked as the ledger would."""
    document, reading = describe(text.encode(), name, "Tide", "2021-03-03")
    drafts = draft(document, reading)
    for record in drafts.records:
        assert problems_of(record, text, document, draft_names()) == []
        assert text[record.evidence.start : record.evidence.end] == record.evidence.exact
    return [
        *((e.type, e.when.value if e.when and e.when.value else "", e.duration or "") for e in drafts.events),
        *(("quantity", f"{q.value:g}", q.unit) for q in drafts.quantities),
        *(("claim", c.form, "") for c in drafts.claims),
    ]


def draft_names():  # type: ignore[no-untyped-def]
    from straits.evidence.finding.gazetteer import world

    return world()


WANTED = found(PLAIN)


@pytest.mark.parametrize("width", [45, 60, 72, 80, 100])
def test_wrapped_text_gives_the_same_drafts(width: int) -> None:
    """Proves: lines cut at a width, hyphens of words included, are read as the paragraphs they were.
    Without it: of a mail or an old archive half the drafts were lost."""
    assert len(WANTED) > 8
    wrapped = "\n\n".join(textwrap.fill(p, width) for p in PLAIN.split("\n\n"))
    assert wrapped.count("\n") > PLAIN.count("\n")
    assert found(wrapped + "\n") == WANTED
    assert found(wrapped.replace("\n", "\r\n") + "\r\n") == WANTED


def test_wrapped_text_with_indented_and_unparted_paragraphs() -> None:
    """Proves: paragraphs told by an indent or a short last line, and justified lines, are one line each.
    Without it: only blank lines would part paragraphs."""
    indented = [textwrap.fill(p, 66, initial_indent="    ").replace(" the ", "  the ") for p in BODY]
    assert found(PLAIN.split("\n\n")[0] + "\n\n3 March 2021\n\n" + "\n".join(indented) + "\n") == WANTED
    lines = read("\n".join(textwrap.fill(p, 66) for p in (*BODY, *BODY))).text.split("\n")
    assert lines == [*BODY, *BODY]


def test_a_page_of_proportional_letters_and_hyphens() -> None:
    """Proves: lines of about one length are joined, a word cut by a hyphen is one again, a hyphen of its own stays.
    Without it: text out of a PDF would be read by lines."""
    cut = (
        "The district court of the northern region sus-\npended loading at the oil terminal for 45 days aft-\n"
        "er inspectors found violations at the berth, the\ncourt told reporters on March 2 of the multi-\n"
        "vector decision that it had taken when it was\nasked by the agency of the state to do so after\n"
        "a week of talks about the berth and what is\nthere after all that was said by the inspectors.\n"
    )
    text = read(cut).text
    assert "suspended loading" in text and "multi-vector" in text and "after inspectors" in text


@pytest.mark.parametrize(
    "text",
    [
        "Home\nMarkets\nsubscribe to us\nabout\nCourt stops loading\n\n" + BODY[0] + "\n" + BODY[1],
        "\n".join(BODY),
        "- oil exports of the state in march rose\n- gas exports of the state in march rose\n- coal exports of it fell",
        "A short line.\nAnother short line.\nlast",
    ],
)
def test_lines_that_are_lines_stay(text: str) -> None:
    """Proves: menus, lists and one-line paragraphs are not joined. Without it: a menu would run into the article."""
    assert read(text).text == text


INVISIBLE = ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u200e", "\u200d"]


@pytest.mark.parametrize("sign", INVISIBLE)
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_signs_that_nobody_sees(sign: str, name: str) -> None:
    """Proves: an invisible sign within words, numbers and dates changes no draft, and spans hold it to the letter.
    Without it: one soft hyphen hid an event."""
    text = PLAIN
    for word in ("suspended", "terminal", "45 days", "million", "March 2", "half"):
        text = text.replace(word, word[:2] + sign + word[2:])
    if name.endswith("html"):
        text = "<html><body><h1>" + text.replace("\n\n", "</h1><p>", 1).replace("\n\n", "<p>")
    assert found(text, name) == WANTED


def test_letters_in_parts_and_joined_letters() -> None:
    """Proves: decomposed letters, ligatures and marks of stress are the plain letters. Without it: Türkiye was unknown."""
    text = read("Tu\u0308rkiye \ufb01ned Росси\u0301я.\u2028New line")
    assert text.text == "Türkiye fined Россия.\nNew line"
    at = text.text.index("fined")
    assert text.raw[slice(*text.to_raw(at, at + 5))] == "\ufb01ned"
    assert text.raw[slice(*text.to_raw(0, 7))] == "Tu\u0308rkiye"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*BODY[0].split(), "\n", "\u00ad", "\u200b", "  ", "\t", "\r", "e\u0301", "\ufb01", "-\n"]
        ),
        max_size=60,
    ),
    st.sampled_from([" ", "", "\n"]),
)
def test_every_sign_keeps_its_place(parts: list[str], glue: str) -> None:
    """Proves: whatever is dropped or joined, places rise and lead back to the sign in the file. Without it: spans would slip."""
    reading = read(glue.join(parts))
    last = 0
    for i, sign in enumerate(reading.text):
        start, end = reading.to_raw(i, i + 1)
        assert last <= start < end
        raw = reading.raw[start:end]
        assert sign in raw or sign in " \n" or sign in "éfi"
        last = start
    size = len(reading.text)
    if size:
        assert reading.from_raw(*reading.to_raw(0, size)) == (0, size)


# ---- web pages -------------------------------------------------------------------------------------------------------

ARTICLE = f"<article><h1>Court stops loading</h1><p>{BODY[0]}</p><p>{BODY[1]}</p></article>"
TALK = "<p>Russia invaded my garden, and the court banned 900 trains on Monday, said my neighbour to the reporters.</p>"


def page(article: str = ARTICLE, head: str = "", before: str = "", after: str = "", body: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>x</title>{head}</head><body{body}><nav>Home</nav>{before}{article}{after}"
        "<footer>Tide</footer></body></html>"
    )


def events(html: str) -> list[str]:
    document, reading = describe(html.encode(), "a.html", "Tide", "2021-03-03")
    return [e.evidence.exact for e in draft(document, reading).events]


NEWS = events(page())


@pytest.mark.parametrize(
    "element",
    [
        "div class=comments", "div id=disqus_thread",
        "ol class=commentlist", "div class=UserCommentBox", "div class=comment_body",
        "section id=commentsWrapper", "div class=b-comments__list", "div id=respond", 'div class="card comment-item"',
        "details id=reader-comments", "section class=comments-section", "div itemprop=comment", "div class=kommentare",
        'div itemscope itemtype="https://schema.org/Comment"', "div class=facebook-comments-widget", "article class=comment",
    ],
)  # fmt: skip
def test_comments_are_no_news(element: str) -> None:
    """Proves: what readers wrote is left out by the name of its place, inside the article's element and outside.
    Without it: a neighbour's garden was invaded by Russia."""
    comments = f"<{element}>{TALK}</{element.split()[0]}>"
    assert events(page(after=comments)) == NEWS
    assert events(page(ARTICLE.replace("</article>", f"{comments}</article>"))) == NEWS


@pytest.mark.parametrize(
    "wrap",
    [
        "div class=comments-open", "div class=no-comments", 'div class="post has-comments"', "div class=comment-status-closed",
        "div class=tone-comment", "section class=commentary", "div class=section-comment", "div class=article-with-comments",
        "form id=aspnetForm", "aside", "div class=comments", 'main class="comments"', "div class=recommendations",
    ],
)  # fmt: skip
def test_articles_are_not_lost_by_names(wrap: str) -> None:
    """Proves: an element that holds the headline is the article, whatever its class says; so is the page's own element.
    Without it: a page on which comments are open had no article."""
    assert NEWS
    assert events(page(f"<{wrap}>{ARTICLE}</{wrap.split()[0]}>")) == NEWS
    assert events(page(ARTICLE.replace("<article>", f"<article {wrap.partition(' ')[2]}>"))) == NEWS
    assert events(page(body=" class='comments comments-open'")) == NEWS


def test_comments_within_a_page_whose_class_names_comments() -> None:
    """Proves: the two rules hold together: the wrapper is no comment, the thread in it is.
    Without it: one would undo the other."""
    thread = f"<section class=comments><h1>3 comments</h1><article>{TALK}</article></section>"
    assert events(page(f"<div class=comments>{ARTICLE}{thread}</div>")) == NEWS


@pytest.mark.parametrize(
    "hidden",
    [
        "div hidden",
        "div style='display: none'",
        "span style=visibility:hidden",
        "noscript",
        "template",
        "textarea",
        "iframe",
    ],
)
def test_hidden_elements_are_not_read(hidden: str) -> None:
    """Proves: what the page does not show is not read. Without it: text that no reader sees would pass as evidence."""
    assert events(page(after=f"<{hidden}>{TALK}</{hidden.split()[0]}>")) == NEWS


def test_lines_of_the_source_are_no_lines_of_the_page() -> None:
    """Proves: HTML whose source is wrapped and indented gives the same drafts.
    Without it: a sentence ended with the source line."""
    source = "\n      ".join(textwrap.wrap(page(), 50, break_long_words=False, break_on_hyphens=False))
    assert [" ".join(e.split()) for e in events(source)] == NEWS


def test_unclosed_paragraphs_and_items() -> None:
    """Proves: a paragraph without its end ends at the next. Without it: one comment would swallow the rest of the page."""
    assert events(f"<html><body><p class=comment>{TALK[3:-4]}{ARTICLE}</body></html>") == NEWS


@pytest.mark.parametrize("name", ["commentary", "commentator", "uncommented", "recommend", "document"])
def test_words_that_only_look_like_comments(name: str) -> None:
    """Proves: other words are no comments. Without it: every commentary would be lost."""
    assert not is_comments(name)


# ---- publication -----------------------------------------------------------------------------------------------------


def suggested(html: str, name: str = "a.html") -> str | None:
    from straits.evidence.documents.document import DocumentError

    try:
        return describe(html.encode(), name, "Tide", "read")[0].published.value
    except DocumentError:
        return None


DATE = '<meta name="date" content="2021-03-0{}">'
LD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "before", "after", "day"),
    [
        ('<meta property="article:published_time" content="2021-03-03T23:30:00-05:00">', "", "", "2021-03-03"),
        ('<meta itemprop="datePublished" content="3 March 2021">', "", "", "2021-03-03"),
        ('<meta name="pubdate" content="20210303">', "", "", "2021-03-03"),
        (LD.format('{"@type":"NewsArticle","datePublished":"2021-03-03T09:15:00Z","dateModified":"2021-03-05"}'),
         "", "", "2021-03-03"),
        (LD.format('{"@graph":[{"@type":"WebSite"},{"@type":["Article"],"datePublished":"2021-03-03"}]}'), "", "", "2021-03-03"),
        ("", "<p>Wednesday, 10 November 2027, 10:15</p><p>Published: 3 March 2021 | Updated: 5 March 2021</p>", "", "2021-03-03"),
        ("", "<p>Updated 5 March 2021, 10:00 | Published 3 March 2021</p>", "", "2021-03-03"),
        ("", "<p>Published 3 March 2021 (updated 5 March 2021)</p>", "", "2021-03-03"),
        ("", "<p>By Anna Vale | Published March 3, 2021 | Updated March 5, 2021, at noon</p>", "", "2021-03-03"),
        ("", "<p>10 November 2027</p><p>Home</p><p>Markets</p>", "", None),
        ("", "<p>Wednesday, 10 November 2027, 10:15:32</p>", "", None),
        ("", "<p>3 March 2021</p>", "", "2021-03-03"),
        ("", "<p>Updated 5 March 2021</p>", "", None),
        ("", "<p>5 March 2021 (updated)</p>", "", None),
        ('<meta property="article:published_time" content="2021-02-30">', "<p>Published 3 March 2021</p>", "", "2021-03-03"),
        ('<meta property="article:published_time" content="2021-13-45T00:00">', "", "", None),
        ('<meta property="article:published_time" content="1970-01-01T00:00:00Z">', "", "", None),
        ('<meta property="article:published_time" content="0000-00-00">', "", "", None),
        (LD.format('{"@type":"NewsArticle","datePublished":'), "<p>Published 3 March 2021</p>", "", "2021-03-03"),
        (LD.format("[" * 5000), "", "", None),
        # Where a page says several days, a plain `date`, which may be that of the page, is asked last.
        (DATE.format(5) + '<meta property="article:published_time" content="2021-03-03">', "", "", "2021-03-03"),
        (DATE.format(5) + LD.format('{"@type":"NewsArticle","datePublished":"2021-03-03"}'), "", "", "2021-03-03"),
        (DATE.format(3), "", "", "2021-03-03"),
        ("", "", '<aside><time datetime="2027-11-10">now</time></aside>', None),
    ],
)  # fmt: skip
def test_day_of_publication(head: str, before: str, after: str, day: str | None) -> None:
    """Proves: mark-up, structured data and the words of a line give the day; clocks, changes and impossible days do not.
    Without it: an article was published on the day on which it was saved, or on 30 February."""
    assert suggested(page(head=head, before=before, after=after)) == day


@pytest.mark.parametrize(
    ("inside", "day"),
    [
        ('<time datetime="2021-03-03T09:15">3 March</time>', "2021-03-03"),
        ('<time class="updated" datetime="2021-03-05">5 March</time><time datetime="2021-03-03">3 March</time>', "2021-03-03"),
        ('<time datetime="2021-03-05">5</time><time itemprop="datePublished" datetime="2021-03-03">3</time>', "2021-03-03"),
        ('<div class=comments><time datetime="2021-03-09">9 March</time></div>', None),
        ('<p>Updated <time datetime="2021-03-05">5 March</time></p>', None),
        ('<p>Last modified: <b><time datetime="2021-03-05">5 March</time></b></p>', None),
        ('<p><time datetime="2021-03-05">Updated 5 March</time></p>', None),
        ('<p>Обновлено <time datetime="2021-03-05">5 марта</time></p>', None),
        ('Updated <time datetime="2021-03-05">5</time>, published <time datetime="2021-03-03">3 March</time>', "2021-03-03"),
        ('Published <time datetime="2021-03-03">3 March</time>, updated <time datetime="2021-03-05">5</time>', "2021-03-03"),
        ("<p>Wednesday, 3 March 2021, 09:15</p>", "2021-03-03"),
    ],
)  # fmt: skip
def test_day_inside_the_article(inside: str, day: str | None) -> None:
    """Proves: the article's own `<time>` and the line under its title count. Without it: the first `<time>` of a page would."""
    assert suggested(page(ARTICLE.replace("</h1>", f"</h1>{inside}"))) == day


def test_days_of_mark_up() -> None:
    """Proves: forms of a day, and none that the calendar lacks. Without it: a stored day that is none stopped every draft."""
    assert day_of("Wed, 03 Mar 2021 09:15:00 GMT") == "2021-03-03"
    assert day_of("2021-03-03") == "2021-03-03"
    assert [day_of(t) for t in ("2021-02-29", "03/04/2021", "1614762900", "March 3", "", "0021-03-03")] == [
        None
    ] * 6


WEB = '{"@type":"WebPage","datePublished":"2020-01-01"'
NEWS_OF_5 = '{"@type":"NewsArticle","datePublished":"2022-07-05"}'


@pytest.mark.parametrize(
    ("data", "day"),
    [
        (f'{{"@graph":[{WEB}}},{NEWS_OF_5}]}}', "2022-07-05"),
        (f'{WEB},"mainEntity":{NEWS_OF_5}}}', "2022-07-05"),
        (f'{WEB},"mentions":[{NEWS_OF_5}]}}', "2020-01-01"),
        ('{"@type":"Comment","datePublished":"2019-01-01"}', None),
    ],
)
def test_an_article_is_younger_than_its_page(data: str, day: str | None) -> None:
    """Proves: of a page and the article on it the article's day is that of publication, and other articles that it names have no
    say. Without it: the day on which the page was made became that of the news."""
    assert suggested(page(head=LD.replace("{}", data))) == day


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.4\njunk", "it is a PDF; accepted: text and HTML"),
        (b"%PDF-1.4\n%\xe2\xe3", "it is a PDF"),
        (b"PK\x03\x04rest", "an office document"),
        (b"{\\rtf1 The port stopped loading.}", "RTF"),
        ("The port stopped.".encode("utf-16-le"), "byte 1 is 0, as in UTF-16 without the mark"),
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
    ],
)
def test_what_is_no_text_is_told(data, said):
    """Proves: a PDF, an office document, UTF-16 without its mark and an empty file are refused by name. Without it: they would
    stand in the ledger as gibberish with nothing to draft, or be told to be saved as UTF-8."""
    with pytest.raises(DocumentError, match=said):
        describe(data, "a.txt", "Tide", "2024-02-29")


def test_a_full_date_at_the_head_is_offered_and_not_taken() -> None:
    """Proves: where nothing says when a document appeared, the error names the first full day of its head; without one
    it does not.
    Without it: "no date stands in the document" was said of an agency's report with its day in the first line."""
    told = "Port news\n\nISMAILIA, 6 February 2024\n\n" + "\n\n".join(BODY)
    with pytest.raises(DocumentError, match=r"'6 February 2024': if that is the day, give 2024-02-06"):
        describe(told.encode(), "a.txt", "Tide", "read")
    with pytest.raises(DocumentError, match=r"give it, or 'unknown'$"):
        describe(("Port news\n\n" + "\n\n".join(BODY)).encode(), "a.txt", "Tide", "read")
