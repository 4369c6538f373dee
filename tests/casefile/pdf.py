"""A paper as its readers find it: its words page by page, and what a screen reader finds of its build."""

import io
from typing import Any

from pypdf import PdfReader


def opened(pdf: bytes, passphrase: str | None = None) -> PdfReader:
    """The paper, opened with its passphrase if it has one."""
    return PdfReader(io.BytesIO(pdf), password=passphrase)


def words(pdf: bytes | PdfReader) -> str:
    """All its words, with spaces where lines break."""
    reader = pdf if isinstance(pdf, PdfReader) else opened(pdf)
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def tags(reader: PdfReader) -> list[str]:
    """The kinds of its parts in reading order, e.g. H1, P, Table."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"])[1:])
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found
