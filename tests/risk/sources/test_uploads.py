"""Files in pieces: a break costs the piece at most, and what comes out is the file that was meant."""

import hashlib
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from tests.risk.sources.ground import ARREARS, Loading, as_csv

pytestmark = pytest.mark.usefixtures("inside")

SOURCE = "/v1/risk/sources/council_tax_arrears"
FILE = as_csv("council_tax_arrears", [ARREARS | {"account_ref": f"CT-{number}"} for number in range(300)])


async def announced(loading: Loading, **more: Any) -> str:
    answer = await loading.send("POST", f"{SOURCE}/uploads", {"size": len(FILE), **more})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def piece(loading: Loading, upload: str, first: int, last: int | None = None) -> Any:
    return await loading.send("PUT", upload, FILE[first:last], upload_offset=str(first))


async def test_a_file_in_pieces_loads_like_one(loading: Loading) -> None:
    upload = await announced(loading, sha256=hashlib.sha256(FILE).hexdigest())
    assert (await piece(loading, upload, 0, 5_000)).headers["upload-offset"] == "5000"
    assert (await loading.get(upload))["received"] == 5_000
    early = await loading.send("POST", f"{upload}/loads")
    assert (early.status_code, f"5000 of {len(FILE)}" in early.json()["detail"]) == (409, True)
    assert (await piece(loading, upload, 5_000)).json()["received"] == len(FILE)
    accepted = await loading.send("POST", f"{upload}/loads")
    assert accepted.status_code == 202
    await loading.work_off("load")
    load = await loading.get(accepted.headers["location"])
    assert (load["state"], load["rows_new"]) == ("succeeded", 300)
    assert load["sha256"] == hashlib.sha256(FILE).hexdigest()
    # Asked once more it is the same load; the file takes no more.
    assert (await loading.send("POST", f"{upload}/loads")).json() == accepted.json()
    assert (await piece(loading, upload, 0, 10)).status_code == 409


async def test_after_a_break_the_next_piece_begins_where_it_broke(loading: Loading) -> None:
    upload = await announced(loading)
    whole = Request.stream

    async def broken(self: Request) -> AsyncIterator[bytes]:
        async for chunk in whole(self):
            yield chunk[:1_234]
            raise ClientDisconnect

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Request, "stream", broken)
        assert (await piece(loading, upload, 0)).status_code == 400
    assert (await loading.get(upload))["received"] == 1_234
    assert (await piece(loading, upload, 1_234)).json()["received"] == len(FILE)


@pytest.mark.parametrize("offset", [0, 400, 600])
async def test_a_piece_that_begins_elsewhere_is_refused_with_the_right_place(loading: Loading, offset: int) -> None:
    upload = await announced(loading)
    assert (await piece(loading, upload, 0, 500)).status_code == 200
    answer = await piece(loading, upload, offset, 900)
    assert (answer.status_code, answer.json()["received"]) == (409, 500)
    assert (await loading.get(upload))["received"] == 500


async def test_more_than_announced_and_another_file_are_refused(loading: Loading) -> None:
    upload = await announced(loading, size=100)
    assert (await piece(loading, upload, 0, 101)).status_code == 422
    other = await announced(loading, sha256=hashlib.sha256(b"another").hexdigest())
    await piece(loading, other, 0)
    answer = await loading.send("POST", f"{other}/loads")
    assert (answer.status_code, "digest" in answer.json()["detail"]) == (409, True)
    assert loading.risk.stored.rows("select * from source_load") == []


async def test_a_wrong_file_is_refused_when_it_is_to_be_loaded(loading: Loading) -> None:
    wrong = b"a,b\n" + os.urandom(2_000)
    answer = await loading.send("POST", f"{SOURCE}/uploads", {"size": len(wrong)})
    upload = answer.headers["location"]
    assert (await loading.send("PUT", upload, wrong, upload_offset="0")).status_code == 200
    answer = await loading.send("POST", f"{upload}/loads")
    assert answer.status_code == 422
    assert loading.risk.stored.rows("select * from source_load") == []


async def test_an_upload_is_its_senders(loading: Loading) -> None:
    upload = await announced(loading)
    loading.risk.stored.execute("update source_upload set asked_by = 'somebody else'")
    for method in ("GET", "PUT"):
        assert (await loading.send(method, upload, FILE[:1], upload_offset="0")).status_code == 404
    assert (await loading.send("POST", f"{upload}/loads")).status_code == 404
    missing = upload.replace("council_tax_arrears", "rent_balances")
    assert (await loading.send("PUT", missing, FILE[:1], upload_offset="0")).status_code == 404
