"""The main job of the mission in a browser, step by step, each with a wrong input too.

The same way three times: with a mouse, by keyboard alone (the focus always in sight), and without any script.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.staff.browsing import axe
from tests.staff.conftest import Running
from tests.staff.hands import Hands, Keyboard, Mouse

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff-browser"), pytest.mark.timeout(1200)]
Opened = Callable[..., Page]
_LETTERS = str.maketrans("0123456789", "abdeiklnou")
WAYS = ("mouse", "keyboard", "no scripts")


@dataclass
class Desk:
    """Somebody at a page, with the hands they use."""

    page: Page
    hands: Hands
    scripts: bool

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follows a link, also one that looks like a button, and waits for the page it leads to."""
        here = within or self.page
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.hands.press(here.get_by_role("link", name=name).or_(here.locator("a[role=button]", has_text=name)))

    def press(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Presses a button, and waits for the page it leads to."""
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.hands.press((within or self.page.locator("main")).get_by_role("button", name=name))

    def write(self, label: str, words: str) -> None:
        """Into the field of that label."""
        self.hands.write(self.page.get_by_label(label, exact=True), words)

    def tick(self, label: str, *, under: str | re.Pattern[str] | None = None) -> None:
        """A radio or a box; `under` its heading where several have the same words."""
        group = self.page.get_by_role("group", name=under) if under else self.page
        self.hands.tick(group.get_by_label(label, exact=True))

    def only(self, label: str, *, under: str | re.Pattern[str]) -> None:
        """That box of its group and no other: what stood ticked already is taken out."""
        group = self.page.get_by_role("group", name=under)
        wanted = group.get_by_label(label, exact=True)
        name = wanted.first.get_attribute("value")
        for box in group.get_by_role("checkbox").all():
            if box.is_checked() and box.get_attribute("value") != name:
                self.hands.untick(box)
        self.hands.tick(wanted)

    def open(self, words: str | re.Pattern[str]) -> None:
        """Opens what is folded."""
        self.hands.press(self.page.locator("summary", has_text=words))

    def heading(self, words: str | re.Pattern[str]) -> None:
        """The page is that page."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words, timeout=20_000)

    def wrong(self, button: str, told: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Sends what is not right: it is said at the top, in the title and beside the field, and axe finds nothing."""
        self.press(button, within=within)
        summary = self.page.get_by_role("alert").filter(has_text="There is a problem")
        expect(summary).to_contain_text(told, timeout=20_000)
        assert self.page.title().startswith("Error: "), self.page.title()
        where = summary.get_by_role("link").first.get_attribute("href") or ""
        expect(self.page.locator(f"[id='{where[1:]}']")).to_have_count(1)
        if self.scripts:
            axe(self.page)


@dataclass
class Story:
    """One household's way, and what later steps must know of earlier ones."""

    open_page: Opened
    way: str
    number: int = field(default_factory=lambda: time.time_ns() // 1000 % 10**6)
    contact: str = ""
    household: str = ""

    @property
    def name(self) -> str:
        """Whom it is about."""
        return "Siobhan Macready" + f"{self.number:06d}".translate(_LETTERS)

    @property
    def born(self) -> tuple[int, int, int]:
        """Day, month and year: nobody else's of the same name."""
        return 1 + self.number % 28, 1 + self.number // 28 % 12, 1950 + self.number // 336 % 50

    def as_(self, worker: str | None, path: str = "/my-work") -> Desk:
        """Somebody's desk."""
        page = self.open_page(worker, path, scripts=self.way != "no scripts")
        return Desk(page, Keyboard(page) if self.way == "keyboard" else Mouse(), self.way != "no scripts")


@pytest.mark.parametrize("way", WAYS)
def test_the_seven_steps(open_page: Opened, running: Running, way: str) -> None:
    story = Story(open_page, way)
    once_registered(story)
    one_a_resident_walks_in(story)
    two_what_can_be_solved_is_and_the_rest_goes_on(story)
    three_one_case_one_plan(story)
    four_risk_with_its_sources(story)
    five_homelessness_and_homes(story)
    six_a_panel_anybody_can_check(story)
    seven_partners_and_measures(story)


def once_registered(story: Story) -> None:
    """She came once before: the next officer must find her, however they spell her."""
    sade = story.as_("sade-okafor", "/contacts")
    sade.follow("Start a conversation")
    tasks = sade.page.url
    sade.follow("Who they are")
    search(sade, story.name, story.born)
    register = sade.page.locator("form", has=sade.page.get_by_label("First name"))
    first, last = story.name.split()
    sade.write("First name", first)
    sade.write("Last name", last)
    sade.press(re.compile("Register them|None of these"), within=register)
    if sade.page.get_by_role("button", name="None of these").count():
        # The people of earlier runs sound alike.
        sade.press(re.compile("None of these"))
    sade.heading(re.compile("What we know already"))
    sade.page.goto(tasks)
    sade.press("Throw this conversation away")


def search(desk: Desk, name: str, born: tuple[int, int, int]) -> None:
    """By a name and a full date of birth."""
    desk.write("Name", name)
    for part, value in zip(("Day", "Month", "Year"), born, strict=True):
        desk.write(part, str(value))
    desk.press("Search")


def one_a_resident_walks_in(story: Story) -> None:
    """A conversation first; then who they are, under two spellings one person; needs once."""
    sade = story.as_("sade-okafor", "/my-work")
    sade.follow("Conversations")
    sade.follow("Start a conversation")
    tasks = sade.page.url
    sade.follow("What matters to them")
    sade.wrong("Save and continue", re.compile(".+"))
    sade.write("What matters to them?", "That the girls stay at their school")
    sade.press("Save and continue")
    sade.page.goto(f"{tasks}/how")
    sade.wrong("Save and continue", re.compile(".+"))
    sade.tick("They walked in")
    sade.press("Save and continue")
    for number, domain in ((1, "Money and debt"), (2, "Housing")):
        sade.page.goto(f"{tasks}/need-{number}")
        if number == 1:
            sade.wrong("Save and continue", re.compile(".+"))
        sade.tick(labelled(sade.page, domain), under=re.compile("What is it about"))
        sade.tick("This week", under=re.compile("How soon"))
        if number == 2:
            sade.tick("With friends or family, for now")
            sade.tick("Yes", under=re.compile("May they lose their home"))
        else:
            sade.tick("In a home they may stay in")
            sade.tick("No", under=re.compile("May they lose their home"))
        sade.press("Save and continue")
    sade.page.goto(f"{tasks}/who")
    sade.wrong("Search", re.compile(".+"))
    search(sade, story.name.replace("Siobhan", "Shiobhan").replace("Macready", "Mccready"), story.born)
    card = sade.page.get_by_role("listitem").filter(has_text=story.name)
    expect(card).to_have_count(1)
    sade.press(re.compile("This is who they are"), within=card)
    sade.heading(re.compile("What we know already"))
    sade.press("Save and continue")
    sade.page.goto(f"{tasks}/check")
    expect(sade.page.get_by_text(story.name)).to_be_visible()
    sade.press("Record it")
    expect(sade.page.get_by_role("heading", name="Contact recorded")).to_be_visible()
    story.contact = sade.page.url.removesuffix("/recorded")


def labelled(page: Page, words: str) -> str:
    """The label that begins so: what needs are called is said in one place, not here."""
    labels = page.locator("label").all_inner_texts()
    return next(each for each in labels if each.strip().lower().startswith(words.split()[0].lower()))


def two_what_can_be_solved_is_and_the_rest_goes_on(story: Story) -> None:
    """Money goes to an account manager with a reason; a home in danger cannot end at the desk; a concern at once."""
    sade = story.as_("sade-okafor", story.contact)
    sade.follow("Decide")
    sade.wrong("Record the decision", re.compile(".+"))
    decide(sade, "Money", "An account manager")
    expect(sade.page.get_by_text("An account manager").first).to_be_visible()
    sade.page.goto(f"{story.contact}/decide")
    decide(sade, "Housing", "Advice was enough")
    sade.heading("They may be homeless, so this cannot end here")
    sade.press("Open an application as homeless")
    expect(sade.page.get_by_text("Applied as homeless on").first).to_be_visible()
    household = sade.page.locator("a[href^='/households/']").first.get_attribute("href")
    assert household
    story.household = household.partition("?")[0]
    # From anywhere, and nothing has to be filled in.
    sade.follow("Raise a concern")
    sade.write("What are you worried about?", "The older girl said that she is afraid to go home")
    sade.press("Send it")
    sade.heading("Received, not delivered yet")
    ruth = story.as_("ruth-adeyemi", "/safeguarding")
    expect(ruth.page.locator("main").get_by_role("link").first).to_be_visible()


def decide(desk: Desk, need: str, outcome: str) -> None:
    """One need, one way, a reason."""
    desk.only(labelled(desk.page, need), under=re.compile("Which needs"))
    desk.tick(outcome)
    desk.tick("Final")
    desk.write("Why?", "She asked for it, and it is what helps")
    desk.press("Record the decision")


def three_one_case_one_plan(story: Story) -> None:
    """The case has an account manager; one timeline, one plan in her words, one team."""
    hannah = story.as_("hannah-price", "/my-work?tab=unallocated")
    row = hannah.page.locator("tr", has_text=story.name.split()[1])
    expect(row).to_have_count(1)
    hannah.follow(re.compile("Give it to"), within=row)
    hannah.wrong("Give them the case", "Choose who takes the case")
    hannah.hands.tick(hannah.page.get_by_role("radio", name=re.compile("^Tom Abiola")))
    hannah.press("Give them the case")
    expect(hannah.page.get_by_text("The case is with Tom Abiola")).to_be_visible()
    tom = story.as_("tom-abiola", "/my-work?sort=-opened")
    tom.follow(re.compile(story.name.split()[1]))
    tom.heading(re.compile(story.name.split()[1]))
    tom.page.goto(f"{story.household}/timeline")
    expect(tom.page.get_by_text("Sade Okafor").first).to_be_visible()
    tom.page.goto(f"{story.household}/plans/new")
    tom.wrong("Begin the plan", re.compile(".+"))
    tom.write("What matters to them?", "That the girls stay at their school")
    tom.write("What do they want?", "To owe nobody by the summer")
    tom.press("Begin the plan")
    tom.page.goto(f"{story.household}/plan")
    expect(tom.page.get_by_text("To owe nobody by the summer").first).to_be_visible()
    tom.page.goto(f"{story.household}/notes/new")
    tom.wrong("Put it on the file", re.compile(".+"))
    tom.write("What happened?", "She brought every letter.")
    tom.press("Put it on the file")
    expect(tom.page.get_by_text("The note is on the file")).to_be_visible()
    tom.page.goto(f"{story.household}/people")
    expect(tom.page.get_by_text("Tom Abiola").first).to_be_visible()


def four_risk_with_its_sources(story: Story) -> None:
    """Every factor with its source and date, to be disputed; a missed payment elsewhere has become an offer of help."""
    tom = story.as_("tom-abiola", f"{story.household}/risk")
    tom.heading("Risk")
    kelly = story.as_("tom-abiola", "/search?new=1")
    kelly.write("Name", "Kelly Pike")
    for part, value in (("Day", "21"), ("Month", "6"), ("Year", "1988")):
        kelly.write(part, value)
    kelly.press("Search")
    kelly.follow(re.compile("Kelly Pike"), within=kelly.page.locator("main .ns-rows"))
    kelly.page.goto(f"{kelly.page.url.partition('?')[0]}/risk")
    kelly.heading("Risk")
    expect(kelly.page.locator(".ns-factor dt", has_text="From").first).to_be_visible()
    first = kelly.page.locator(".ns-factor").first
    kelly.open(re.compile("This is wrong"))
    kelly.wrong("Record the objection", re.compile(".+"), within=first)
    tom = story.as_("tom-abiola", "/outreach")
    tom.hands.press(tom.page.locator("main tbody th a"))
    expect(tom.page.get_by_role("heading", name="How it is safe to reach them")).to_be_visible()
    tom.wrong("Record it", re.compile(".+"))


def five_homelessness_and_homes(story: Story) -> None:
    """The duty has its clocks; what is done is begun beside it; the register, the homes and an offer are on the way."""
    marcus = story.as_("marcus-bell", "/homelessness")
    marcus.follow(re.compile(story.name.split()[1]))
    expect(marcus.page.get_by_role("heading", name="Days left")).to_be_visible()
    marcus.press("I hold this case")
    expect(marcus.page.get_by_text("Held by Marcus Bell").first).to_be_visible()
    marcus.page.goto(f"{marcus.page.url.partition('?')[0]}/activities")
    marcus.wrong("Begin it", re.compile(".+"))
    marcus.hands.tick(marcus.page.get_by_role("group", name="What?").get_by_role("radio"))
    marcus.write("A word about it", "The landlord takes our call on Monday")
    marcus.press("Begin it")
    expect(marcus.page.get_by_text("The landlord takes our call on Monday").first).to_be_visible()
    for section, first in (("Register", "main tbody th a"), ("Homes to let", "main a[href^='/adverts/']")):
        marcus.follow(section, within=marcus.page.get_by_role("navigation", name="Sections"))
        marcus.hands.press(marcus.page.locator(first))
        expect(marcus.page.get_by_role("heading", level=1)).to_have_count(1)


def six_a_panel_anybody_can_check(story: Story) -> None:
    """A round's money, a panel drawn by a lottery with its proof for anybody, awards published."""
    ines = story.as_("ines-carvalho", "/rounds")
    ines.heading("Grant rounds")
    ines.follow("Funds")
    ines.hands.press(ines.page.locator("main table a"))
    ines.open("Enter money that came in")
    ines.wrong("Enter it", re.compile(".+"))
    anybody = story.as_(None, "/public/panels")
    anybody.hands.press(anybody.page.locator("main .ns-service a"))
    expect(anybody.page.get_by_role("heading", name="Check it yourself")).to_be_visible()
    anybody.write("The token from your letter", "nonsense")
    anybody.wrong("See my chance", re.compile(".+"))
    anybody.follow("Grants", within=anybody.page.get_by_role("navigation", name="Pages for residents"))
    expect(anybody.page.locator("main table").first).to_be_attached()


def seven_partners_and_measures(story: Story) -> None:
    """Partners have their lines; leaders see what came of it by ward and group."""
    dev = story.as_("dev-sharma", "/partners")
    dev.heading("Partners’ systems")
    joan = story.as_("dame-joan-webb", "/measures")
    joan.heading("What came of it")
    parts = joan.page.get_by_role("navigation", name="Told apart")
    joan.hands.press(parts.get_by_role("link").last)
    expect(parts.locator("[aria-current]")).to_have_count(1)
    joan.page.goto("/measures?by=nonsense")
    joan.heading(re.compile("What came of it|not"))
