"""The child process that draws: `python -m kit.paper.typeset`, a request in JSON on standard input, a
PDF on standard output. Only here are Typst (35 MB of program), its fonts and pypdf loaded, and with the child they go.

The paper is PDF/UA-1 (ISO 14289-1): tagged, with a title and a language. Typst refuses a paper it cannot make so.
"""

import importlib.util
import io
import json
import re
import resource
import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

TEMPLATE = Path(__file__).with_name("template") / "paper.typ"
STANDARD: Final = "ua-1"
MOST_SECONDS = 60
MOST_BYTES = 3 * 1024**3
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_TRIES = 6


def draw(paper: dict[str, Any]) -> bytes:
    """The PDF. A character that no font of ours has is named instead: nobody's words vanish unseen."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(_fonts())])
    data = json.dumps(paper, ensure_ascii=False)
    for _ in range(_TRIES):
        try:
            pdf: bytes = typst.compile(
                TEMPLATE,
                # The only folder it could read from, if it were ever told to.
                root=TEMPLATE.parent,
                font_paths=fonts,
                format="pdf",
                sys_inputs={"paper": data},
                pdf_standards=[STANDARD],
            )
            return pdf
        except typst.TypstError as error:
            missing = set("".join(_unescaped(each) for each in _NO_GLYPH.findall(f"{error}\n{error.diagnostic}")))
            if not missing:
                raise
            data = json.dumps(_named(json.loads(data), missing), ensure_ascii=False)
    raise ValueError("there are characters that cannot be shown")


def lock(pdf: bytes, passphrase: str) -> bytes:
    """The same paper under AES-256 (PDF 2.0, ISO 32000-2 section 7.6, revision 6): any PDF reader opens it."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.pdf_header = "%PDF-2.0"
    # All permissions, screen readers' included (PDF/UA-1 section 7.16): whoever has the passphrase may do anything.
    writer.encrypt(passphrase, algorithm="AES-256", permissions_flag=-1)  # type: ignore[arg-type]  # its own default
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


def _fonts() -> Path:
    # Found, not imported: of that package only its font files are used.
    spec = importlib.util.find_spec("manimgx_fonts")
    if spec is None or spec.origin is None:
        raise RuntimeError("the fonts are not installed")
    return Path(spec.origin).parent


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda at: chr(int(at[1], 16)), text).replace("\\", "")


def _named(value: Any, missing: set[str]) -> Any:
    """The same data with each of these characters named in words."""
    if isinstance(value, str):
        return "".join(f"[{unicodedata.name(each, 'sign').lower()}]" if each in missing else each for each in value)
    if isinstance(value, list):
        return [_named(each, missing) for each in value]
    if isinstance(value, dict):
        return {name: _named(each, missing) for name, each in value.items()}
    return value


def main() -> None:
    """Read, draw, write. Whatever goes wrong is a line on standard error without a word of the paper."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    request = json.load(sys.stdin.buffer)
    pdf = draw(request["paper"])
    if request.get("passphrase"):
        pdf = lock(pdf, request["passphrase"])
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}\n")
        sys.exit(1)
