"""What the truth says of the combination can be read from the extracts: with every record placed rightly, the
definitions of One View's profiles find nearly the same households.
"""

from pathlib import Path

import duckdb
import pytest

from demo.borough.making import Made

_FOUND = """
with people as (from read_parquet($truth || '/people.parquet')),
now_in as (select person, household from read_parquet($truth || '/residence.parquet') where valid_to = ''),
placed as (
    select people.source, regexp_replace(reference, '#[12]$', '') as record, person_no, now_in.household
    from people join now_in using (person)
),
debt as (
    select household, strptime(month || '-01', '%Y-%m-%d')::date as month, sum(balance) as total from (
        select household, month, balance from read_csv($files || '/council_tax_arrears.csv') a
        join placed on source = 'council_tax_accounts' and record = a.account_ref::varchar and person_no = 1
        union all
        select household, strftime(week_ending, '%Y-%m'), arg_max(balance, week_ending)
        from read_csv($files || '/rent_balances.csv') b
        join placed on source = 'rent_accounts' and record = b.tenancy_ref and person_no = 1
        group by b.tenancy_ref, household, strftime(week_ending, '%Y-%m')
    ) where balance > 0 group by all
),
rising as (
    select household from debt where month > date '2026-04-30' group by household
    having count(*) >= 3 and arg_max(total, month) >= 50 and max(month) >= date '2026-08-01'
    and regr_slope(total, date_diff('month', date '2026-04-01', month)) >= 20
),
claims as (
    select household, tenure, earned_income_weekly as earned, claimant_dob, "from" as began, status
    from read_csv($files || '/benefit_claims.csv') c
    join placed on source = 'benefit_claims' and record = c.claim_ref and person_no = 1 where "to" is null
),
poor as (
    select household from claims where tenure = 'PRIV' and claimant_dob > began - interval 66 year
),
shocked as (
    select household from read_csv($files || '/domestic_abuse.csv') d
    join placed on source = 'domestic_abuse' and record = incident_ref
    where role in ('victim', 'child') and incident_date > date '2024-10-31'
    union select household from read_csv($files || '/benefit_claims.csv') c
    join placed on source = 'benefit_claims' and record = c.claim_ref and person_no = 1
    where (status = 'live - job ended' and "from" > date '2025-10-31')
       or (status = 'live - bereaved' and "from" > date '2024-10-31')
    union select household from read_csv($files || '/early_help.csv') e
    join placed on source = 'early_help' and record = episode_ref
    where presenting = 'mental_health' and opened > date '2024-10-31'
    union select household from read_csv($files || '/adult_care.csv') a
    join placed on source = 'adult_care' and record = client_ref
    where primary_need = 'mental_health' and "start" > date '2024-10-31'
)
select distinct household from poor join rising using (household) join shocked using (household)
"""

_TRUE = """
select household from read_parquet($truth || '/households.parquet') where month = '2026-10' and combination
"""


def households(query: str, folder: Path) -> set[int]:
    """The households a query finds."""
    names = {"truth": str(folder / "truth"), "files": str(folder)}
    with duckdb.connect() as database:
        used = {name: value for name, value in names.items() if f"${name}" in query}
        return {row[0] for row in database.execute(query, used).fetchall()}


@pytest.fixture(scope="module")
def found_and_true(small: Made) -> tuple[set[int], set[int]]:
    return households(_FOUND, small.folder), households(_TRUE, small.folder)


def test_the_extracts_show_what_the_truth_says(found_and_true: tuple[set[int], set[int]]) -> None:
    found, true = found_and_true
    assert len(true) > 30
    assert len(found & true) / len(true) > 0.85, "of those who hold it, the files show"
    assert len(found & true) / len(found) > 0.85, "of those the files show, hold it"
