"""How dates, times, money and codes are written for people."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from kit import clock
from kit.clock import LONDON

_SPECIAL: Final = {
    "nino": "National Insurance number",
    "nhs_number": "NHS number",
    "uprn": "property reference",
    "upn": "pupil number",
    "dwp": "DWP",
    "gp": "GP",
    "marac": "MARAC",
    "rag": "rating",
    "ncil": "NCIL",
    "core": "CORE",
    "hclic": "H-CLIC",
}


def moment(value: Any) -> datetime | None:
    """A time as the gateway writes it (RFC 3339), in London; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(LONDON) if value.tzinfo else value.replace(tzinfo=LONDON)
    return None


def _date_of(value: Any) -> date | None:
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = moment(value)
    return found.date() if found else None


def day(value: Any) -> str:
    """`4 March 2026`; a year or a month alone (`1984`, `1984-03`) as far as it goes."""
    if isinstance(value, str) and len(value) == 7 and value[4] == "-":
        value, whole = f"{value}-01", False
    else:
        whole = True
    found = _date_of(value)
    if found is None:
        return str(value or "")
    return f"{found.day} {found:%B} {found.year}" if whole else f"{found:%B} {found.year}"


def short_day(value: Any) -> str:
    """`4 Mar`, for narrow columns."""
    found = _date_of(value)
    return f"{found.day} {found:%b}" if found else str(value or "")


def time_of_day(value: Any) -> str:
    """`2:30pm`, `midday`, `midnight`."""
    found = moment(value)
    if found is None:
        return ""
    if (found.hour, found.minute) in ((0, 0), (12, 0)):
        return "midday" if found.hour else "midnight"
    minutes = f":{found.minute:02}" if found.minute else ""
    return f"{(found.hour - 1) % 12 + 1}{minutes}{'pm' if found.hour >= 12 else 'am'}"


def day_and_time(value: Any) -> str:
    """`4 March 2026 at 2:30pm`."""
    return f"{day(value)} at {time_of_day(value)}" if moment(value) else day(value)


def money(pence: Any) -> str:
    """`£1,234.50`, `£20`: pence are left out when there are none."""
    if pence is None:
        return ""
    amount = int(pence)
    sign = "-" if amount < 0 else ""
    pounds, rest = divmod(abs(amount), 100)
    return f"{sign}£{pounds:,}" + (f".{rest:02}" if rest else "")


def label(code: Any) -> str:
    """A code in words: `council_tax_arrears` is `Council tax arrears`."""
    text = str(code or "").replace(".", " ").replace("-", " ")
    words = [_SPECIAL.get(word, word) for word in ([text] if text in _SPECIAL else text.replace("_", " ").split())]
    joined = " ".join(words)
    return joined[:1].upper() + joined[1:]


def phone(number: Any) -> str:
    """A British number as people say it: `07700 900318`, `020 7946 0001`; any other as it stands."""
    text = str(number or "")
    digits = "0" + text.removeprefix("+44")
    if not text.startswith("+44") or not digits.isdecimal() or len(digits) != 11:
        return text
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if digits.startswith("02") else f"{digits[:5]} {digits[5:]}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 task`, `3 tasks`, `no tasks`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}" if count else f"no {many or one + 's'}"


def in_days(value: Any, today: date) -> str:
    """How far a day is: `today`, `tomorrow`, `in 5 days`, `3 days overdue`."""
    found = _date_of(value)
    if found is None:
        return ""
    away = (found - today).days
    if away in (0, 1):
        return ("today", "tomorrow")[away]
    return f"in {away} days" if away > 0 else f"{plural(-away, 'day')} overdue"


def since(value: Any, now: datetime) -> str:
    """How long ago: `just now`, `12 minutes ago`, `3 days ago`; a date when it is more than a month."""
    found = moment(value)
    if found is None:
        return day(value)
    # In a demo the borough's calendar may stand before ours, and what is kept for us is dated by ours.
    past = (clock.now() if found > now else now) - found
    if past < timedelta(minutes=1):
        return "just now"
    if past < timedelta(hours=1):
        return plural(past.seconds // 60, "minute") + " ago"
    if past < timedelta(days=1):
        return plural(past.seconds // 3600, "hour") + " ago"
    if past < timedelta(days=31):
        return plural(past.days, "day") + " ago"
    return f"on {day(found)}"
