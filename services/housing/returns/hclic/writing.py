"""The XML of the quarterly return: the published sections and fields of each case. The same cases, the same bytes.

The ministry's XSD is not published, so the file says that it is unchecked against it, and names its elements by the
published names where they are known. Two files: cases, and people with dates of birth; neither has a name, an address
or a number of anybody: those are casefile's and no part of the return's case data.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from services.housing.returns.hclic.case import Case
from services.housing.returns.hclic.codes import Codes
from services.housing.returns.hclic.coverage import Quarter, inclusion, sections_of

NAMESPACE: Final = "urn:newstart:h-clic:1"
UNCHECKED: Final = "unchecked against the unpublished XSD"
COUNCIL: Final = "E09000002"
Pair = tuple[str, str | None]


def cases_file(cases: Iterable[Case], of: Quarter, codes: Codes, *, draft: bool) -> bytes:
    """The file of cases: those that are in, with the sections each has."""
    root = _root("HCLIC", of, codes, draft)
    for case in cases:
        counted = inclusion(case, of)
        if not counted.included:
            continue
        element = SubElement(root, "Case", {"id": str(case.id)})
        for name in sections_of(case, counted):
            if name == "People":
                continue
            section = SubElement(element, name)
            _SECTIONS[name](section, case, codes, of)
            # What is of a later quarter leaves nothing of its section.
            if not len(section):
                element.remove(section)
    return _bytes(root)


def people_file(cases: Iterable[Case], of: Quarter, codes: Codes, *, draft: bool) -> bytes:
    """The file of people: role, date of birth and sex, by the id of their case."""
    root = _root("HCLICPeople", of, codes, draft)
    for case in cases:
        counted = inclusion(case, of)
        if counted.included and "People" in sections_of(case, counted):
            _people(SubElement(root, "Case", {"id": str(case.id)}), case, codes)
    return _bytes(root)


def _root(name: str, of: Quarter, codes: Codes, draft: bool) -> Element:
    said = {
        "xmlns": NAMESPACE,
        "council": COUNCIL,
        "quarter": of.code,
        "from": of.first.isoformat(),
        "to": of.last.isoformat(),
        "dataRequirement": codes.version,
        "status": "draft" if draft else "complete",
        "validity": UNCHECKED,
    }
    return Element(name, said)


def _bytes(root: Element) -> bytes:
    indent(root, space="  ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _put(parent: Element, pairs: Sequence[Pair]) -> None:
    for name, value in pairs:
        if value is not None:
            SubElement(parent, name).text = value


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _upto(value: date | None, of: Quarter) -> date | None:
    """What had happened by the end of the quarter: a return of a past quarter does not know what came later."""
    return value if value is not None and value <= of.last else None


def _main(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    found = case.assessment
    _put(
        element,
        [
            ("APPLICATION_DATE", _day(case.made_on)),
            ("REFERRAL", codes.of("REFERRAL", case.source)),
            ("REFERRAL_BODY", case.referred_by),
            ("ASSESS_DATE", _day(found.first_on) if found else None),
            ("ELIGIBLE", found.eligible if found else None),
            ("REASONLOSS", codes.of("REASONLOSS", found.loss_reason) if found else None),
            ("CURRENTACCOM", codes.of("CURRENTACCOM", found.accommodation_now) if found else None),
            ("LASTACCOM", codes.of("LASTACCOM", found.last_settled) if found else None),
            ("HOUSEHOLD", household_of(case)),
            ("CLOSED_DATE", _day(_upto(case.closed_on, of))),
        ],
    )


def household_of(case: Case) -> str:
    """The published kind of household (A5, TA2)."""
    there = [each for each in case.people if each.left_on is None]
    partner = any(each.role == "partner" for each in there)
    children = any(each.role == "child" for each in there) or any(each.pregnant for each in there)
    others = any(each.role == "other" for each in there)
    main = next((each for each in there if each.role == "main_applicant"), None)
    sex = main.sex if main and main.sex in ("male", "female") else "other_or_unknown"
    if others:
        return "all_other"
    if partner:
        return "couple_with_children" if children else "all_other"
    return f"single_parent_{sex}" if children else f"single_adult_{sex}"


def _people(element: Element, case: Case, codes: Codes) -> None:
    for each in case.people:
        if each.left_on is None:
            person = SubElement(element, "Person", {"id": str(each.id)})
            _put(
                person,
                [
                    ("ROLE", codes.of("ROLE", each.role)),
                    ("BIRTH_DATE", _day(each.born_on)),
                    ("SEX", each.sex),
                    ("PREGNANT", "yes" if each.pregnant else None),
                ],
            )


def _support(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    needs = case.assessment.support_needs if case.assessment else ()
    _put(element, [("SUPPORT_NEEDS", str(len(needs)))])
    _put(element, [("SUPPORT_NEED", codes.of("SUPPORT_NEED", need)) for need in needs])


def _owed(duty: str, end_field: str, home_field: str, element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    for each in case.of(duty):
        if each.started_on > of.last:
            continue
        spell = SubElement(element, "Duty")
        ended = _upto(each.ended_on, of)
        _put(spell, [("DUTY_START", _day(each.started_on)), ("DUTY_END", _day(ended))])
        if ended is not None:
            _put(
                spell,
                [
                    (end_field, codes.of(end_field, each.end_word)),
                    (home_field, codes.of(home_field, each.accommodation)),
                ],
            )


def _prevention(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    _owed("prevention", "PREVENTION_END", "ACCOM_PR", element, case, codes, of)


def _relief(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    _owed("relief", "RELIEF_END", "ACCOM_RE", element, case, codes, of)


def _final(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    decided = case.decision("md1")
    category = case.assessment.priority_category if case.assessment else None
    if decided is not None and decided.on <= of.last:
        _put(
            element,
            [
                ("FINAL_DECISION", codes.of("FINAL_DECISION", decided.counts_as)),
                ("FINAL_DECISION_DATE", _day(decided.on)),
                ("PRIORITY_NEED", codes.of("PRIORITY_NEED", category)),
            ],
        )
    for name in ("main", "intentional", "limited"):
        for each in case.of(name):
            if each.started_on > of.last:
                continue
            spell = SubElement(element, "Duty", {"kind": name})
            ended = _upto(each.ended_on, of)
            why = codes.of("MAIN_END", each.end_reason) if name == "main" else each.end_reason
            _put(
                spell,
                [
                    ("DUTY_START", _day(each.started_on)),
                    ("DUTY_END", _day(ended)),
                    ("MAIN_END", why if ended is not None else None),
                ],
            )


def _assistance(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    if not any(each.started_on <= of.last for each in case.activities):
        _put(SubElement(element, "Assistance"), [("ACTIVITY", codes.of("ACTIVITY", "no_activity"))])
    for each in sorted(case.activities, key=lambda each: (each.started_on, each.kind)):
        if each.started_on <= of.last:
            done = SubElement(element, "Assistance")
            said = [("ACTIVITY", codes.of("ACTIVITY", each.kind)), ("ACTIVITY_DATE", _day(each.started_on))]
            _put(done, [*said, ("DURING", each.duty)])


def _stays(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    for each in sorted(case.stays, key=lambda each: (each.entered_on, str(each.id))):
        if each.entered_on > of.last:
            continue
        stay = SubElement(element, "Stay", {"id": str(each.id)})
        left = _upto(each.left_on, of)
        _put(
            stay,
            [
                ("ENTRY_DATE", _day(each.entered_on)),
                ("EXIT_DATE", _day(left)),
                ("EXIT_REASON", each.end_reason if left is not None else None),
                ("TA_TYPE", codes.of("TA_TYPE", each.kind)),
                ("TA_DUTY", codes.of("TA_DUTY", each.duty)),
                ("CHILDREN", str(each.children)),
                ("OTHER_AUTHORITY", "yes" if each.out_of_area else "no"),
            ],
        )


def _reviews(element: Element, case: Case, codes: Codes, of: Quarter) -> None:
    for each in sorted(case.reviews, key=lambda each: each.asked_on):
        if each.asked_on <= of.last:
            decided = _upto(each.decided_on, of)
            outcome = each.outcome if decided is not None or each.outcome == "withdrawn" else "open"
            review = SubElement(element, "Review")
            said = [("REVIEW_KIND", each.kind), ("REVIEW_ASKED", _day(each.asked_on)), ("REVIEW_DATE", _day(decided))]
            _put(review, [*said, ("REVIEW_OUTCOME", codes.of("REVIEW_OUTCOME", outcome))])


_SECTIONS: Final = {
    "Main": _main,
    "Support": _support,
    "Prevention": _prevention,
    "Relief": _relief,
    "FinalDuties": _final,
    "Assistance": _assistance,
    "TemporaryAccommodation": _stays,
    "Reviews": _reviews,
}
