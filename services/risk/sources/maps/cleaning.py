"""From text as it came to typed values, as DuckDB SQL: an expression for each type, and the rule it may break.

Each type's expression reads `{t}`, the trimmed text or null. What it cannot read becomes null, and a text that became
null broke the type's rule.
"""

from typing import Final

from services.risk.sources.maps.shape import Column

_DIGITS: Final = "regexp_replace({t}, '[^0-9]', '', 'g')"
_LETTERS: Final = "upper(regexp_replace({t}, '[^A-Za-z0-9]', '', 'g'))"
_SPACED: Final = "regexp_replace({t}, '\\s+', ' ', 'g')"
_DAY: Final = (
    "case when regexp_full_match({t}, '\\d{{4}}-\\d{{2}}-\\d{{2}}([ T].*)?') then try_cast(left({t}, 10) as date)"
    " when regexp_full_match({t}, '\\d{{1,2}}/\\d{{1,2}}/\\d{{4}}')"
    " then cast(try_strptime({t}, '%d/%m/%Y') as date) end"
)


def _if(condition: str, value: str, **parts: str) -> str:
    """The value where the condition holds, else null. A part used twice is computed once: DuckDB sees to it."""
    told = f"case when {condition} then {value} end"
    for name, part in parts.items():
        told = told.replace(f"<{name}>", part)
    return told


def _nhs() -> str:
    # NHS Data Dictionary: weights 10 to 2, eleven less the remainder; ten is no check digit and eleven is nought.
    weighed = " + ".join(f"try_cast(substr(<d>, {i}, 1) as integer) * {11 - i}" for i in range(1, 10))
    check = f"((11 - ({weighed}) % 11) % 11) = try_cast(substr(<d>, 10, 1) as integer)"
    return _if(f"length(<d>) = 10 and {check}", "<d>", d=_DIGITS)


_IN_RANGE: Final = _if("<d> between date '1900-01-01' and date '2100-01-01'", "<d>", d=_DAY)

TYPES: Final[dict[str, str]] = {
    "key": _if("length({t}) <= 100", "{t}"),
    "name": _if("length({t}) <= 200", _SPACED),
    "line": _if("length({t}) <= 400", _SPACED),
    "word": "nullif(left(trim(regexp_replace(lower({t}), '[^a-z0-9]+', '_', 'g'), '_'), 64), '')",
    "code": _if("lower({t}) in ({codes})", "lower({t})"),
    "date": _IN_RANGE,
    "born": _IN_RANGE,
    "month": _if(
        "regexp_full_match({t}, '(19|20)\\d{{2}}-\\d{{2}}([ T-].*)?')", "try_cast(left({t}, 7) || '-01' as date)"
    ),
    "money": _if("abs(<m>) < 1e9", "<m>", m="try_cast(replace(replace({t}, '£', ''), ',', '') as decimal(14, 2))"),
    "number": _if("abs(<m>) < 1e9", "<m>", m="try_cast({t} as decimal(14, 2))"),
    "flag": "case when upper({t}) in ('Y', 'YES', 'TRUE', 'T', '1') then true"
    " when upper({t}) in ('N', 'NO', 'FALSE', 'F', '0') then false end",
    # The shape alone: prefixes that are never issued stand in test data and temporary numbers, and can't do harm.
    "nino": _if("regexp_full_match(<x>, '[A-Z]{{2}}\\d{{6}}[A-D]')", "<x>", x=_LETTERS),
    "nhs": _nhs(),
    "upn": _if("regexp_full_match(upper({t}), '[A-Z]\\d{{11}}[0-9A-Z]')", "upper({t})"),
    "uprn": _if("regexp_full_match(<x>, '[1-9]\\d{{0,11}}')", "<x>", x="ltrim(regexp_replace({t}, '\\.0+$', ''), '0')"),
    "postcode": _if(
        "regexp_full_match(<x>, '[A-Z]{{1,2}}\\d[A-Z\\d]?\\d[A-Z]{{2}}')",
        "left(<x>, length(<x>) - 3) || ' ' || right(<x>, 3)",
        x=_LETTERS,
    ),
    "phone": "case when regexp_full_match(<d>, '0[1-9]\\d{{8,9}}') then '+44' || substr(<d>, 2)"
    " when regexp_full_match(<d>, '(00)?440?[1-9]\\d{{8,9}}') then '+44' || regexp_replace(<d>, '^(00)?440?', '')"
    " when {t} like '+%' and length(<d>) between 8 and 15 then '+' || <d> end".replace("<d>", _DIGITS),
    "email": _if("regexp_full_match({t}, '[^@\\s]{{1,64}}@[^@\\s]{{1,190}}\\.[^@\\s]{{2,60}}')", "lower({t})"),
    "sex": "case when upper({t}) in ('M', 'MALE', '1') then 'male' when upper({t}) in ('F', 'FEMALE', '2')"
    " then 'female' when upper({t}) in ('OTHER', 'X', 'O') then 'other' when upper({t}) in ('UNKNOWN', 'U', '0', '9')"
    " then 'unknown' end",
}

RULES: Final[dict[str, str]] = {
    "key": "at most 100 characters",
    "name": "at most 200 characters",
    "line": "at most 400 characters",
    "word": "letters or digits",
    "code": "one of its codes",
    "date": "a date",
    "born": "a date of birth",
    "month": "a month (yyyy-mm)",
    "money": "an amount of money",
    "number": "a number",
    "flag": "Y or N",
    "nino": "a National Insurance number",
    "nhs": "an NHS number",
    "upn": "a unique pupil number",
    "uprn": "a UPRN",
    "postcode": "a postcode",
    "phone": "a phone number",
    "email": "an e-mail address",
    "sex": "a known sex",
}
"""What a text was not, by type; a missing one broke the rule `present`."""


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def text_of(name: str) -> str:
    """A raw column's text: trimmed, and null when nothing is left."""
    return f"nullif(trim({quoted(name)}, ' \t\r\n\u00a0'), '')"


def cleaned(name: str, column: Column) -> str:
    """The typed value of a trimmed column."""
    codes = ", ".join(literal(code) for code in column.codes)
    return TYPES[column.type].format(t=quoted(name), codes=codes)


def partial(name: str) -> str:
    """What is known of a date of birth of which the day is not: 1985 or 1985-03."""
    t = quoted(name)
    return (
        f"case when regexp_full_match({t}, '(19|20)\\d{{2}}(-(0[1-9]|1[0-2]))?') then {t}"
        f" when regexp_full_match({t}, '(0[1-9]|1[0-2])/(19|20)\\d{{2}}') then right({t}, 4) || '-' || left({t}, 2) end"
    )
