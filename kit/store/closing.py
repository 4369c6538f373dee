"""Rows that are written in the statement which closes a unit of work, and not in one of their own.

To ask for a change and to wait for it costs several times what the change does. Fit for rows of which nothing in the
transaction asks the database again.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Insert, Update, bindparam, insert, inspect, update
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import InstanceState, Mapper

Change = tuple[str, list[Any]]
"""A statement, and its values by position."""
_Written = tuple[str, tuple[tuple[str, Callable[[Any], Any]], ...]]
"""A statement, and for each value its attribute with what makes it PostgreSQL's."""

_DIALECT: Final[Dialect] = psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # its stub says nothing


def change_of(row: object) -> Change | None:
    """What enters a new row, or writes what was changed of one that was read; None when nothing was.

    The row is the session's no more: a flush would write it again.
    """
    state: InstanceState[Any] = inspect(row)
    mapper: Mapper[Any] = state.mapper
    names = frozenset(mapper.column_attrs.keys())
    if state.session is None:
        statement, values = _insert(mapper, names.intersection(state.dict))
    else:
        changed = names - state.unmodified
        state.session.expunge(row)
        if not changed:
            return None
        statement, values = _update(mapper, changed)
    return statement, [bind(getattr(row, name)) for name, bind in values]


@lru_cache(maxsize=256)
def _insert(mapper: Mapper[Any], names: frozenset[str]) -> _Written:
    columns = {mapper.columns[name].name: name for name in names}
    return _written(insert(mapper.class_).inline(), mapper, columns, columns)


@lru_cache(maxsize=256)
def _update(mapper: Mapper[Any], names: frozenset[str]) -> _Written:
    columns = {mapper.columns[name].name: name for name in names}
    keys = {f"key_of_{each.name}": mapper.get_property_by_column(each).key for each in mapper.primary_key}
    these = [each == bindparam(f"key_of_{each.name}") for each in mapper.primary_key]
    return _written(update(mapper.class_).where(*these), mapper, columns, columns | keys)


def _written(
    statement: Insert | Update, mapper: Mapper[Any], columns: Mapping[str, str], values: Mapping[str, str]
) -> _Written:
    """`columns` to write, `values` of the whole statement, each with its attribute."""
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(columns))
    names = [values[each] for each in compiled.positiontup or ()]
    return compiled.string, tuple((name, _bind(mapper, name)) for name in names)


def _bind(mapper: Mapper[Any], name: str) -> Callable[[Any], Any]:
    made = mapper.columns[name].type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return made or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
