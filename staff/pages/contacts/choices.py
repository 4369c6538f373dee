"""What may be chosen at the front door, in the words of the people who choose."""

from collections.abc import Mapping, Sequence
from typing import Final

from kit.contracts.codes import NeedDomain, Specialism, StatutoryService
from staff.words import label

Choice = Mapping[str, str]


def choices(pairs: Sequence[tuple[str, ...]]) -> list[Choice]:
    """(value, text, hint) as the fields take them."""
    return [{"value": each[0], "text": each[1], "hint": each[2] if len(each) > 2 else ""} for each in pairs]


DOMAINS: Final = choices([(each.value, label(each.value)) for each in NeedDomain])
URGENCIES: Final = choices(
    [
        ("immediate", "Now", "They are not safe, or have nowhere to sleep tonight"),
        ("today", "Today", "No food, no heating, or something runs out today"),
        ("this_week", "This week"),
        ("routine", "In turn", "Nothing gets worse if it takes longer than a week"),
    ]
)
CHANNELS: Final = choices(
    [
        ("walk_in", "They walked in"),
        ("phone", "They rang"),
        ("web", "Through our website"),
        ("partner", "A partner brought them to us"),
        ("outreach", "We rang or visited them"),
    ]
)
TONIGHT: Final = choices(
    [
        ("home", "In a home they may stay in"),
        ("friends_or_family", "With friends or family, for now"),
        ("temporary_accommodation", "In temporary accommodation"),
        ("hostel_or_refuge", "In a hostel or refuge"),
        ("hospital_or_prison", "In hospital or prison"),
        ("vehicle_or_tent", "In a vehicle or tent"),
        ("outside", "Outside"),
        ("nowhere", "They do not know where"),
        ("unknown", "Nobody has asked yet"),
    ]
)
SIGNS: Final = choices(
    [
        ("notice_served", "The landlord has served notice"),
        ("asked_to_leave", "They were asked to leave"),
        ("possession_or_eviction", "A court order or bailiffs"),
        ("nowhere_safe_tonight", "Nowhere safe tonight"),
        ("fleeing_abuse_or_violence", "They are getting away from abuse or violence"),
        ("home_unfit_to_stay_in", "The home is not fit to stay in"),
        ("leaving_hospital_prison_or_care", "They are leaving hospital, prison or care"),
    ]
)
PRIORITY: Final = choices(
    [
        ("pregnant", "Somebody is pregnant"),
        ("dependent_children", "Children depend on them"),
        ("fleeing_domestic_abuse", "They are getting away from domestic abuse"),
        ("ill_or_disabled", "Illness or disability"),
        ("older", "Older age"),
        ("aged_16_or_17", "They are 16 or 17"),
        ("care_leaver", "They were in care"),
        ("left_forces", "They were in the armed forces"),
        ("left_custody", "They were in custody"),
        ("fleeing_other_violence", "They are getting away from other violence"),
        ("emergency", "A fire, flood or other disaster"),
        ("vulnerable_otherwise", "Another reason why they would come to harm"),
    ]
)
WAYS: Final = choices(
    [
        ("call", "A call"),
        ("voicemail", "A message on voicemail"),
        ("text", "A text"),
        ("email", "An e-mail"),
        ("letter", "A letter"),
        ("visit", "A visit"),
        ("through_someone", "Through somebody they trust"),
    ]
)
INTERPRETERS: Final = choices(
    [
        ("not_needed", "No"),
        ("phone", "Yes, by phone", "Within five minutes"),
        ("face_to_face", "Yes, face to face", "By booking"),
        ("british_sign_language", "Yes, British Sign Language", "By booking"),
    ]
)
SPEAKERS: Final = choices(
    [
        ("advocate", "An advocate"),
        ("appointee", "An appointee for benefits"),
        ("attorney", "An attorney"),
        ("deputy", "A deputy of the court"),
        ("councillor", "A councillor"),
        ("family", "Family"),
        ("friend", "A friend"),
        ("other", "Somebody else"),
    ]
)
LANGUAGES: Final = choices(
    [
        ("so", "Somali"),
        ("bn", "Bengali"),
        ("ro", "Romanian"),
        ("ur", "Urdu"),
        ("lt", "Lithuanian"),
        ("pl", "Polish"),
        ("sq", "Albanian"),
        ("ar", "Arabic"),
        ("fr", "French"),
        ("pt", "Portuguese"),
        ("yo", "Yoruba"),
        ("ti", "Tigrinya"),
        ("uk", "Ukrainian"),
        ("en", "English"),
    ]
)
STAGES: Final = choices(
    [
        ("contact", "After the first conversation", "A first view; screening follows"),
        ("screening", "After screening", "You looked into it; the last word follows"),
        ("final", "Final", "This is what happens"),
    ]
)
OUTCOMES: Final = choices(
    [
        ("resolved", "Solved here", "What they came for is done"),
        ("advice_only", "Advice was enough", "They know what to do and want to do it themselves"),
        ("no_further_action", "Nothing more to do", "Say why not"),
        ("universal", "An account manager", "Universal support: one person works through several things with them"),
        ("targeted", "A specialist", "Targeted support"),
        ("statutory", "A statutory service", "The council or another body has a duty"),
        ("partner", "A partner organisation", "You make the referral next"),
    ]
)
SETTLED: Final = choices(
    [
        ("resolved", "Solved here and now"),
        ("advice_only", "I told them what to do or where to go"),
        ("no_further_action", "Nothing was needed"),
    ]
)
SPECIALISMS: Final = choices([(each.value, label(each.value)) for each in Specialism])
STATUTORY: Final = choices(
    [
        ("homelessness", "Homelessness"),
        *((e.value, label(e.value)) for e in StatutoryService if e is not StatutoryService.HOMELESSNESS),
    ]
)
TEXT: Final[Mapping[str, str]] = {
    each["value"]: each["text"]
    for every in (CHANNELS, TONIGHT, SIGNS, PRIORITY, WAYS, INTERPRETERS, SPEAKERS, LANGUAGES, OUTCOMES, URGENCIES)
    for each in every
}
"""Every one of them by its code."""


def say(code: object) -> str:
    """A code in these words, or as the label of a code."""
    return TEXT.get(str(code or ""), label(code))
