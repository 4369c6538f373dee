"""Papers are drawn in a child, from data: tagged, paginated, signed on each page; no text is ever read as markup."""

import asyncio
import os
import sys
from datetime import UTC, datetime

import pytest

from kit.paper import printing, typeset
from kit.paper.printing import CannotPrint, printed
from kit.paper.sheet import Sheet, Stamp, clean
from tests.casefile.pdf import opened, tags, words

AT = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
HOSTILE = (
    '#panic("x") #read("/etc/passwd") #image("/etc/passwd") #include "a.typ" #sys.inputs #eval("1") '
    "*bold* _slant_ $x^2$ `raw` @ref <label> [a](b) \\u{41} // c /* d */ #set text(red) #let paper = 1 {{}} ]] "
)


def sheet(title: str = "Case file", by: str = "Tom Abiola", **more: object) -> Sheet:
    return Sheet(title, Stamp(by, "worker 0d3f9c2a", AT), reference="Case 12", **more)  # type: ignore[arg-type]  # as the test says


async def test_a_paper_is_tagged_and_says_who_printed_it_on_each_page() -> None:
    paper = sheet()
    paper.heading("People")
    paper.text("She is well.\n\nHe is not.")
    paper.facts([("Born", "1997-05-02"), ("Unknown", None)])
    paper.points(["one", "two"])
    paper.table(["When", "What"], [["4 December", f"line {number}"] for number in range(90)])
    reader = opened(await printed(paper))
    root = reader.trailer["/Root"]
    assert len(reader.pages) >= 3
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Case file"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert {"H1", "P", "L", "LI", "Table", "THead", "TH", "TR", "TD"} <= set(tags(reader))
    for number, page in enumerate(reader.pages, start=1):
        said = page.extract_text()
        assert "Printed by Tom Abiola (worker 0d3f9c2a), 4 December 2026 at 16:40" in said
        assert f"Page {number} of {len(reader.pages)}" in said
        assert "Case 12" in said
    # The page's head is decoration to a screen reader, so the text says it too.
    assert words(reader).count("Printed by") == len(reader.pages) + 1
    assert "Unknown" not in words(reader)


async def test_hostile_text_stands_on_the_page_as_it_was_typed() -> None:
    paper = sheet(f"Title {HOSTILE}", by=f"Tom {HOSTILE}"[:80])
    paper.heading(HOSTILE)
    paper.text(HOSTILE)
    paper.facts([(HOSTILE, HOSTILE)])
    paper.points([HOSTILE])
    paper.address([HOSTILE, HOSTILE])
    paper.table([HOSTILE, "b"], [[HOSTILE, HOSTILE]])
    paper.form((HOSTILE, "b"), [(HOSTILE, 1)])
    said = "".join(words(await printed(paper)).split())
    # Lines break where they must: compared without spaces.
    assert said.count("".join(HOSTILE.split())) >= 11
    assert "root:" not in said


@pytest.mark.full
async def test_what_no_font_has_is_named_and_what_turns_a_line_round_is_gone() -> None:
    paper = sheet()
    paper.text("Waan ku faraxsanahay. আমি ভালো আছি. እንደምን. 😀 中 \u202egnp.exe\u202c\x00")
    said = words(await printed(paper))
    assert "Waan ku faraxsanahay" in said
    assert "[cjk unified ideograph-4e2d]" in said
    assert "\u202e" not in said


def test_clean_keeps_what_languages_need() -> None:
    kept = "Ọlá\u200d 'n' ب\u200c ا\n\t"
    assert clean(kept) == kept
    assert clean("a\r\nb\rc") == "a\nb\nc"
    assert clean("x\u2066y\u2069\x07z") == "xyz"


@pytest.mark.full
async def test_large_print_is_larger() -> None:
    def paper(*, large: bool) -> Sheet:
        made = sheet(large=large)
        made.text("word " * 900)
        return made

    small, large = opened(await printed(paper(large=False))), opened(await printed(paper(large=True)))
    assert len(large.pages) > len(small.pages)


async def test_a_locked_paper_opens_with_its_passphrase_and_with_nothing_else() -> None:
    paper = sheet()
    paper.text("Behind a lock")
    pdf = await printed(paper, "four words at random")
    assert b"Behind" not in pdf
    reader = opened(pdf, "four words at random")
    assert "Behind a lock" in words(reader)
    encrypted = reader.trailer["/Encrypt"]
    assert (encrypted["/V"], encrypted["/R"]) == (5, 6)
    assert encrypted["/CF"]["/StdCF"]["/CFM"] == "/AESV3"
    # It stays readable for screen readers: bit 10 of the permissions, and the tags.
    assert encrypted["/P"] & (1 << 9)
    assert "H1" not in tags(reader)
    assert "P" in tags(reader)
    with pytest.raises(Exception, match=r"[Pp]assword|decrypt"):
        opened(pdf, "another").pages[0].extract_text()


def test_nothing_that_draws_is_loaded_here() -> None:
    # Other tests of this file have printed before, or will; in this process nothing of it stays.
    assert "typst" not in sys.modules


async def test_a_paper_that_will_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "LONGEST_SECONDS", 0.01)
    with pytest.raises(CannotPrint, match="too long"):
        await printed(sheet())


async def test_one_that_cannot_be_drawn_is_refused_without_a_word_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = sheet()
    paper.blocks.append({"kind": "no such kind", "text": "SECRET"})
    with pytest.raises(CannotPrint) as caught:
        await printed(paper)
    assert "SECRET" not in str(caught.value)


async def test_others_wait_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "LONGEST_WAIT_SECONDS", 0.01)
    free = printing._presses.free()
    for _ in range(printing.AT_ONCE):
        await free.acquire()
    try:
        with pytest.raises(CannotPrint, match="Others"):
            await printed(sheet())
    finally:
        for _ in range(printing.AT_ONCE):
            free.release()


def test_the_child_is_given_nothing_of_ours() -> None:
    # Whoever finds a hole in what draws finds no database and no key behind it.
    source = (printing._ROOT / "kit/paper/printing.py").read_text()
    assert 'env={"PYTHONDONTWRITEBYTECODE": "1"}' in source
    assert typeset.TEMPLATE.parent.name == "template"
    assert os.listdir(typeset.TEMPLATE.parent) == ["paper.typ"]


@pytest.mark.full
async def test_a_hundred_pages_take_less_than_three_seconds() -> None:
    paper = sheet()
    for number in range(70):
        paper.heading(f"Part {number}")
        paper.text("word " * 300)
        paper.table(["When", "What"], [["4 December", "something happened"]] * 30)
    loop = asyncio.get_running_loop()
    started = loop.time()
    reader = opened(await printed(paper))
    assert len(reader.pages) > 100
    assert loop.time() - started < 3
