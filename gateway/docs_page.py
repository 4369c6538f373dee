"""The documents page: the merged OpenAPI document as plain HTML, without scripts and with nothing from elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

Document = Mapping[str, Any]

_ONE_LINE = 80
_METHODS = ("get", "post", "put", "patch", "delete")


def page(title: str, body: str) -> str:
    """A whole page in the house style."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<link rel="stylesheet" href="/docs/style.css"></head><body><main>{body}</main></body></html>'
    )


def docs_page(document: Document) -> str:
    """Every operation by service: method, path, action, purposes, fields, bodies and answers."""
    parts = ["<h1>New Start API</h1>"]
    parts += [f"<p>{_prose(text)}</p>" for text in document["info"]["description"].split("\n\n")]
    parts.append('<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>')
    by_service: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                by_service.setdefault(operations[method]["tags"][0], []).append((method, path, operations[method]))
    names = [tag["name"] for tag in document["tags"] if tag["name"] in by_service]
    links = "".join(f'<li><a href="#{escape(name)}">{escape(name)}</a></li>' for name in names)
    parts.append(f'<nav aria-label="Services"><ul class="inline">{links}</ul></nav>')
    schemas = document["components"]["schemas"]
    for name in names:
        parts.append(f'<section><h2 id="{escape(name)}">{escape(name)}</h2>')
        parts += [_operation(method, path, operation, schemas) for method, path, operation in by_service[name]]
        parts.append("</section>")
    return page("New Start API", "".join(parts))


def _prose(text: str) -> str:
    """Words with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _operation(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    told = operation.get("description") or operation.get("summary", "")
    says, _, rest = told.partition(". ") if len(told) > _ONE_LINE else (told, "", "")
    parts = [
        f'<details><summary><span class="method">{method.upper()}</span> <code>{escape(path)}</code> '
        f'<span class="says">{_prose(says)}</span></summary><div>'
    ]
    if rest:
        parts.append(f"<p>{_prose(rest)}</p>")
    facts = []
    if "x-newstart-action" in operation:
        facts.append(("Action", f"<code>{escape(operation['x-newstart-action'])}</code>"))
        facts.append(("Purposes", ", ".join(f"<code>{escape(p)}</code>" for p in operation["x-newstart-purposes"])))
    else:
        facts.append(("Sign-in", "not needed"))
    facts.append(("Rate class", escape(operation.get("x-newstart-rate", ""))))
    rows = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in facts)
    parts.append(f"<table>{rows}</table>")
    if operation.get("parameters"):
        parts.append(_table("Parameters and header fields", _parameters(operation["parameters"], schemas)))
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(_body(f"Body, {media}", content.get("schema", {}), schemas))
    for status, answer in operation.get("responses", {}).items():
        if status < "300":
            parts += [
                _body(f"Answer {status}, {media}", content.get("schema", {}), schemas)
                for media, content in answer.get("content", {}).items()
            ]
    refusals = [
        (status, escape(a.get("description", ""))) for status, a in operation["responses"].items() if status >= "300"
    ]
    parts.append(_table("Other answers", refusals))
    parts.append("</div></details>")
    return "".join(parts)


def _parameters(parameters: Iterable[Mapping[str, Any]], schemas: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in parameters:
        needed = "required" if each.get("required") else "optional"
        kind = _kind(each.get("schema", {}), schemas)
        described = escape(each.get("description", ""))
        yield f"{each['name']} ({each['in']})", f"{escape(kind)}, {needed}. {described}"


def _body(title: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    target = _resolved(schema, schemas)
    if target.get("type") == "array":
        title, target = f"{title}: a list of", _resolved(target.get("items", {}), schemas)
    properties = target.get("properties")
    if not properties:
        return f"<p><strong>{escape(title)}</strong>: {escape(_kind(schema, schemas))}</p>"
    required = set(target.get("required", ()))
    rows = [
        (
            name,
            escape(_kind(each, schemas))
            + (", required" if name in required else "")
            + (f". {escape(_words(each, schemas))}" if _words(each, schemas) else ""),
        )
        for name, each in properties.items()
    ]
    return _table(title, rows)


def _words(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    return str(schema.get("description") or _resolved(schema, schemas).get("description") or "")


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        target = _resolved(schema, schemas)
        name = schema["$ref"].rpartition("/")[2]
        return _kind(target, schemas) if "enum" in target else name
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join("nothing" if s.get("type") == "null" else _kind(s, schemas) for s in schema[word])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), schemas)}"
    kind = str(schema.get("type", "anything"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = schemas.get(schema["$ref"].rpartition("/")[2], {})
        return found
    return schema


def _table(caption: str, rows: Iterable[tuple[str, str]]) -> str:
    """`rows` are (name, HTML)."""
    filled = "".join(f'<tr><th scope="row"><code>{escape(name)}</code></th><td>{html}</td></tr>' for name, html in rows)
    return f"<table><caption>{escape(caption)}</caption>{filled}</table>" if filled else ""
