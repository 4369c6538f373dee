"""Finding help by what somebody says, in their own words, and that what they say is kept nowhere."""

import logging
import subprocess
import sys

import pytest

from demo.directory import feed
from kit.testing.databases import ServiceDatabase
from services.triage.directory import finding, meaning, places, said
from tests.triage.desk import Desk
from tests.triage.directory.guide import PREFIX, anyone, keeper, load, services, slugs

SOME = (
    "debt-advice",
    "tenancy-advice",
    "landlord-mediation",
    "homeless-prevention",
    "food-club",
    "talking-therapies",
    "dv-advocates",
    "falls",
    "youth-club",
    "esol",
    "send",
    "noise",
    "stop-smoking",
    "digital-skills",
)


async def ask(desk: Desk, words: str, **more: object) -> list[str]:
    answer = await anyone(desk).post(f"{PREFIX}/search", {"said": words, **more})
    assert answer.status_code == 200, answer.text
    return slugs(answer.json())


@pytest.mark.full
async def test_what_people_say_finds_what_helps_and_is_kept_nowhere(
    desk: Desk, store: ServiceDatabase, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    await load(keeper(desk), store, services(*SOME))
    caplog.set_level(logging.DEBUG)
    words = "my landlord wants me out and I can't pay"
    found = await ask(desk, words)
    assert {"homeless-prevention", "tenancy-advice", "landlord-mediation"} & set(found[:2])
    assert (await ask(desk, "he punched me and I'm frightened to go home"))[0] == "dv-advocates"
    assert "talking-therapies" in (await ask(desk, "I cry all day and can't get out of bed"))[:3]
    assert (await ask(desk, "evicton notise from my landlrd"))[0] in {"tenancy-advice", "homeless-prevention"}
    assert (await ask(desk, "youf club"))[0] == "youth-club"
    # A whole story names several needs, and what it is narrowed to holds.
    story = "lost my job, the gas is off, bailiffs are coming, he hits me, and mum fell again " * 20
    assert {"debt-advice", "dv-advocates", "falls"} <= set((await ask(desk, story[:2000], per_page=14))[:7])
    assert set(await ask(desk, words, need="loneliness")) == {"youth-club", "falls", "digital-skills"}
    assert "youth-club" not in await ask(desk, "somewhere to go in the evenings", age=50)
    assert await ask(desk, "?!") == []
    assert len(await ask(desk, "")) == 10
    # No table holds any of it, nor any vector but the services' own.
    rows = store.rows("select table_name from information_schema.tables where table_schema = 'public'")
    for row in rows:
        name = row["table_name"]
        seen = store.rows(f"select count(*) as n from {name} as t where to_jsonb(t)::text ilike '%%wants me out%%'")
        assert seen[0]["n"] == 0, name
    assert store.rows("select count(*) as n from directory_service")[0]["n"] == len(SOME)
    out = capfd.readouterr()
    assert "wants me out" not in caplog.text + out.out + out.err


@pytest.mark.full
async def test_too_long_a_sentence_is_refused_and_odd_ones_are_read(desk: Desk, store: ServiceDatabase) -> None:
    await load(keeper(desk), store, services("debt-advice"))
    too_long = await anyone(desk).post(f"{PREFIX}/search", {"said": "a" * 2001})
    assert too_long.status_code == 422
    assert "aaaa" not in too_long.text
    for odd in (
        "'; drop table directory_service; --",
        "a\x00b debt",
        "💷 debt \u202e",
        "x:* & | !",
        "€" * 2000,
        "'':A",
    ):
        assert set(await ask(desk, odd)) <= {"debt-advice"}


@pytest.mark.full
def test_the_model_waits_until_somebody_asks() -> None:
    """Neither the process that serves triage nor the gateway loads it to start."""
    code = "import sys, services.triage.app; print('tokenizers' in sys.modules, 'wordllama' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.split() == ["False", "False"]


def test_a_meaning_has_length_one_and_like_is_near_like() -> None:
    debt, owe, dog = map(meaning.meaning, ("I owe money to a lender", "debt and repayments", "the dog barks at night"))
    assert sum(value * value for value in debt) == pytest.approx(1)
    assert meaning.likeness(debt, owe) > meaning.likeness(debt, dog) + 0.1
    assert set(meaning.meaning("")) == {0.0}
    assert meaning.as_text(debt).count(",") == meaning.DIMENSIONS - 1
    assert "wordllama" not in sys.modules


def test_phrases_are_found_as_they_are_typed() -> None:
    for words in ("I'm SKINT, me!", "we are skint", "skint"):
        assert any("hardship" in said.entries()[number].means for number in said.literal(words))
    assert any("alcohol" in said.entries()[number].means for number in said.literal("he is an alcholic"))
    assert said.spelt(["homless", "council", "zebra", "owt"]) == ["homeless", "council", "zebra", "owt"]
    assert said.literal("they kicked me. out") == []
    everything = " ".join(phrase for entry in said.entries() for phrase in entry.said)
    assert len(said.meant(everything)) <= said.MOST + 1


def test_every_phrase_of_the_vocabulary_can_be_found() -> None:
    for number, entry in enumerate(said.entries()):
        for phrase in entry.said:
            assert phrase == " ".join(said.plain(phrase)), phrase
            assert number in said.literal(phrase), phrase


def test_ranks_merge_by_their_reciprocals() -> None:
    one, two, three, four = (feed.id_of("rank", str(number)) for number in range(4))
    assert finding.merged([one, two], [two, three]) == [two, one, three]
    assert finding.merged([], [four]) == [four]
    assert finding.merged() == []


def test_postcodes_are_placed_by_the_smallest_area_known() -> None:
    assert [places.tidy(each) for each in (" rm8  1zz", "RM81ZZ", "ig11", "IG11 0", "nonsense", "")] == [
        "RM8 1ZZ",
        "RM8 1ZZ",
        "IG11",
        None,
        None,
        None,
    ]
    found = places.find("RM10 7AA")
    assert found is not None
    assert found.of == "RM10"
    # Barking station to Dagenham East is about six kilometres.
    assert 5_000 < places.metres((51.5396, 0.0810), (51.5443, 0.1655)) < 7_000
    assert places.metres((51.5, 0.1), (51.5, 0.1)) == 0


def test_the_sentences_are_many_varied_and_name_services_that_exist() -> None:
    every = feed.sentences()
    assert len(feed.written()) >= 80
    assert len(every) >= 150
    assert len({each.said for each in every}) == len(every)
    assert all(each.services <= set(feed.written()) for each in every)
    assert {slug for each in every for slug in each.services} == set(feed.written())
    assert 0.4 < sum(each.seen for each in every) / len(every) < 0.6


@pytest.mark.full
async def test_a_right_service_is_among_the_first_five(desk: Desk, store: ServiceDatabase) -> None:
    await load(keeper(desk), store, services())
    every = feed.sentences()
    hits = {True: 0, False: 0}
    for each in every:
        hits[each.seen] += bool(each.services & set(await ask(desk, each.said, per_page=5)))
    seen = sum(each.seen for each in every)
    assert hits[True] / seen > 0.8
    assert hits[False] / (len(every) - seen) > 0.75
