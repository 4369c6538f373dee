"""The profile rules on Spark: the very text that PostgreSQL and DuckDB run, with one word of Spark's dialect.

For a region or the nation; a borough needs no cluster. pyspark is an optional extra (`spark`) and needs Java 17.
"""

from typing import TYPE_CHECKING, Any

from services.risk.profiles.domain import Rulebook
from services.risk.profiles.language import BITS, compiled, monthly_totals

if TYPE_CHECKING:
    DataFrame = Any
    Session = Any


def found(session: "Session", facts: "DataFrame", rulebook: Rulebook) -> "DataFrame":
    """Every factor of every household (`language.COLUMNS`, sources as bits) from facts (`language.FACTS`)."""
    facts.createOrReplaceTempView("facts")
    session.sql(in_dialect(monthly_totals(rulebook, BITS))).createOrReplaceTempView("totals")
    return session.sql(in_dialect(compiled(rulebook, monthly="totals", sources=BITS)))


def in_dialect(text: str) -> str:
    """The rules as Spark reads them: it calls text a string."""
    return text.replace(" as text)", " as string)")
