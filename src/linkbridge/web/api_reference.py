"""Reads an OpenAPI document into what the API's page shows: groups of operations, and the schemas they name."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class TypeName:
    """How a type is written: words, and the schema to which they lead, if any."""

    words: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a schema. ``place`` is ``path``, ``query``, ``header`` or empty."""

    name: str
    type: TypeName
    required: bool
    description: str
    place: str = ""
    limits: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What can come back."""

    status: str
    description: str
    type: TypeName | None
    headers: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one address. ``id`` is its anchor on the page."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    parameters: tuple[Field, ...]
    body: TypeName | None
    answers: tuple[Answer, ...]
    command: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A named schema: its fields, or its choices if it is an enumeration."""

    name: str
    description: str
    fields: tuple[Field, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole document."""

    title: str
    version: str
    description: str
    groups: tuple[Group, ...]
    schemas: tuple[Schema, ...]


def read_reference(document: Document) -> Reference:
    """Return the reference of an OpenAPI 3.1 document."""
    named: dict[str, Document] = document.get("components", {}).get("schemas", {})
    groups: dict[str, list[Operation]] = {}
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                group = item[method].get("tags", ["Other"])[0]
                groups.setdefault(group, []).append(_operation(method, path, item[method], named))
    info = document["info"]
    return Reference(
        title=info["title"],
        version=info["version"],
        description=info.get("description", ""),
        groups=tuple(Group(name, tuple(operations)) for name, operations in groups.items()),
        schemas=tuple(_schema(name, schema) for name, schema in sorted(named.items())),
    )


def _operation(method: str, path: str, found: Document, named: Mapping[str, Document]) -> Operation:
    parameters = tuple(_parameter(parameter) for parameter in found.get("parameters", ()))
    needs_token = bool(found.get("security"))
    content = found.get("requestBody", {}).get("content", {})
    return Operation(
        id=_anchor(method, path),
        method=method.upper(),
        path=path,
        summary=found.get("summary", ""),
        description=found.get("description", ""),
        needs_token=needs_token,
        parameters=parameters,
        body=next((type_name(body["schema"]) for body in content.values()), None),
        answers=tuple(_answer(status, answer, named) for status, answer in sorted(found["responses"].items())),
        command=_command(method, path, parameters, needs_token=needs_token),
    )


def _parameter(found: Document) -> Field:
    schema = found.get("schema", {})
    return Field(
        name=found["name"],
        type=type_name(schema),
        required=found.get("required", False),
        description=found.get("description", schema.get("description", "")),
        place=found["in"],
        limits=_limits(schema),
        example=_first_example(schema) or _written(found.get("example")),
    )


def _answer(status: str, found: Document, named: Mapping[str, Document]) -> Answer:
    schema = next((body.get("schema") for body in found.get("content", {}).values()), None)
    example = ""
    if schema and status.startswith("2"):
        example = json.dumps(_sample(schema, named), ensure_ascii=False, indent=2)
    return Answer(
        status=status,
        description=found.get("description", ""),
        type=type_name(schema) if schema else None,
        headers=tuple(f"{name}: {header.get('description', '')}" for name, header in found.get("headers", {}).items()),
        example=example,
    )


def _schema(name: str, found: Document) -> Schema:
    required = set(found.get("required", ()))
    fields = [
        Field(
            name=field,
            type=type_name(schema),
            required=field in required,
            description=schema.get("description", ""),
            limits=_limits(schema),
            example=_first_example(schema),
        )
        for field, schema in found.get("properties", {}).items()
    ]
    return Schema(name, found.get("description", ""), tuple(fields), tuple(map(str, found.get("enum", ()))))


def type_name(schema: Document) -> TypeName:
    """Return how the type of a schema is written."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return TypeName(name, name)
    if "anyOf" in schema:
        parts = [type_name(part) for part in schema["anyOf"]]
        return TypeName(" or ".join(part.words for part in parts), next((p.schema for p in parts if p.schema), None))
    if "enum" in schema or "const" in schema:
        return TypeName(" or ".join(f"“{value}”" for value in schema.get("enum", [schema.get("const")])))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        inner = type_name(schema.get("items", {}))
        return TypeName(f"list of {inner.words}", inner.schema)
    return TypeName(f"{kind} ({schema['format']})" if "format" in schema else kind)


def _limits(schema: Document) -> str:
    found = {key: value for part in _parts(schema) for key, value in part.items()}
    words = {
        "minimum": "at least {}",
        "maximum": "at most {}",
        "maxLength": "at most {} characters",
        "pattern": "matches {}",
    }
    limits = [text.format(found[key]) for key, text in words.items() if key in found]
    if found.get("default") not in {None, ""}:
        limits.append(f"{found['default']} when absent")
    return ", ".join(limits)


def _parts(schema: Document) -> Iterator[Document]:
    yield schema
    yield from schema.get("anyOf", ())


def _first_example(schema: Document) -> str:
    found = next((part["examples"][0] for part in _parts(schema) if part.get("examples")), None)
    return _written(found)


def _written(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _sample(schema: Document, named: Mapping[str, Document], depth: int = 0) -> object:  # noqa: PLR0911 - one for each type
    """Return a value that fits a schema, made of its examples."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return _sample(named[schema["$ref"].rsplit("/", 1)[-1]], named, depth)
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], named, depth)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "array":
        return [_sample(schema.get("items", {}), named, depth + 1)] if depth < 6 else []
    if kind == "object":
        return {name: _sample(field, named, depth + 1) for name, field in schema.get("properties", {}).items()}
    formats = {"date": "2026-11-24", "date-time": "2026-11-24T12:00:00Z"}
    plain: dict[object, object] = {"integer": 1, "number": 1, "boolean": True, "string": "…"}
    return formats.get(str(schema.get("format"))) or plain.get(kind)


def _command(method: str, path: str, parameters: tuple[Field, ...], *, needs_token: bool) -> str:
    """Return how the operation is called from a command line."""
    for parameter in parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", parameter.example or parameter.name)
    verb = "" if method == "get" else f" -X {method.upper()}"
    token = ' -H "Authorization: Bearer $TOKEN"' if needs_token else ""
    return f'curl{verb}{token} "$LINKBRIDGE{path}"'


def _anchor(method: str, path: str) -> str:
    words = "".join(letter if letter.isalnum() else "-" for letter in path.removeprefix("/api/v1"))
    return f"{method}-{'-'.join(part for part in words.split('-') if part)}"
