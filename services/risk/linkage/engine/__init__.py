"""The linkage engine: which records are one person. Pure: Arrow tables and rows in, edges and assignments out.

Records have the canonical columns (`records.CANONICAL`: record_id, source, reference, household_reference, title,
given, middle, family, former_family, known_as, sex, born, born_partial, nino, nhs_number, upn, phone, email, uprn,
address, postcode, ethnicity, seen_on, valid_from, valid_to); any may be missing or null, but not record_id and source.
`born` is a date (or ISO text), `born_partial` text such as 1987, 1987-05 or a date that no calendar has; all else text.

    model = Model.load()                            the one that comes with the engine; Model.load(path) another
    model = train(Records.from_arrow(table))        from engine.training; learned without labels; model.save(path)
    model = model.adapted(Records.from_arrow(t))    the same weights with the rarities of other records

    engine = Engine(model)
    engine.blocking_keys(row) -> [int, ...]         63-bit positive keys: about 10 to 30 for a record
    engine.key_table(table)   -> Arrow(record_id, key int64)
    engine.edges(table)       -> Arrow(a, b, weight float64, probability float64), a < b as text, record ids as text
    engine.score(row, rows)   -> [Edge(a, b, weight, probability)], the batch's weights to 1e-9
    engine.explain(row, row)  -> Explanation(edge, reasons); the bits of the reasons add up to the weight

    resolve(edges, records=ids, previous={record: person}, rules=engine.rules(must_link=, cannot_link=)) -> Assignments
        .person {record id: person id} .support {record id: bits} .joined {person: (former, ...)}
        .split {former: (new, ...)} .doubts (Doubt(one, other, a, b, linkage), ...) for the review queue; .table()

`weight` is log2 of the odds of one person, what is believed before comparing included: 0 is even, 6.6 is 99%. Keep the
negative edges that `edges` gives: in `resolve` they are what stops a chain. For one new record: keys -> candidates that
share one, with all records of their persons -> `score`, added to the stored edges of those persons -> `resolve` with
`previous`. Training imports Splink and DuckDB; the rest needs numpy, scipy, pyarrow and rapidfuzz alone, so `train` is
imported from `engine.training` by whoever trains.
"""

from services.risk.linkage.engine.clusters import Rules
from services.risk.linkage.engine.engine import Edge, Engine, Explanation, Reason
from services.risk.linkage.engine.model import Model
from services.risk.linkage.engine.records import CANONICAL, Records
from services.risk.linkage.engine.resolving import Assignments, Doubt, resolve

__all__ = [
    "CANONICAL",
    "Assignments",
    "Doubt",
    "Edge",
    "Engine",
    "Explanation",
    "Model",
    "Reason",
    "Records",
    "Rules",
    "resolve",
]
