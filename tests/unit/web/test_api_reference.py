from typing import Any

from linkbridge.web.api_reference import TypeName, read_reference, type_name

DOCUMENT: dict[str, Any] = {
    "info": {"title": "Test", "version": "1"},
    "paths": {
        "/api/v1/things/{id}": {
            "get": {
                "summary": "Read",
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "maxLength": 4, "examples": ["one"]},
                    },
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "It.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                        "headers": {"ETag": {"description": "Tag."}},
                    },
                    "404": {"description": "None."},
                },
            },
            "delete": {
                "tags": ["Change"],
                "security": [{"bearer": []}],
                "responses": {"204": {"description": "Gone."}},
            },
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "description": "A thing.",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "at": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                },
                "type": "object",
            },
            "Kind": {"type": "string", "enum": ["a", "b"]},
        }
    },
}


def test_operations_by_group_with_their_calls() -> None:
    reference = read_reference(DOCUMENT)
    assert [(group.name, len(group.operations)) for group in reference.groups] == [("Other", 1), ("Change", 1)]
    read, delete = (group.operations[0] for group in reference.groups)
    assert (read.id, read.method, read.needs_token) == ("get-things-id", "GET", False)
    assert read.command == 'curl "$LINKBRIDGE/api/v1/things/one"'
    assert delete.command == 'curl -X DELETE -H "Authorization: Bearer $TOKEN" "$LINKBRIDGE/api/v1/things/{id}"'
    assert [(field.name, field.place, field.required, field.limits) for field in read.parameters] == [
        ("id", "path", True, "at most 4 characters"),
        ("limit", "query", False, "at least 1, at most 9, 5 when absent"),
    ]
    assert [(answer.status, answer.headers) for answer in read.answers] == [("200", ("ETag: Tag.",)), ("404", ())]
    assert '"kind": "a"' in read.answers[0].example
    assert '"at": "2026-11-24"' in read.answers[0].example


def test_schemas_with_fields_and_choices() -> None:
    kind, thing = read_reference(DOCUMENT).schemas
    assert (kind.name, kind.choices, kind.fields) == ("Kind", ("a", "b"), ())
    assert [(field.name, field.type.words, field.type.schema, field.required) for field in thing.fields] == [
        ("id", "string", None, True),
        ("kind", "Kind", "Kind", False),
        ("parts", "list of Thing", "Thing", False),
        ("at", "string (date) or null", None, False),
    ]


def test_type_name_of_constants_and_of_anything() -> None:
    assert type_name({"const": "x"}) == TypeName("“x”")
    assert type_name({"enum": ["a", "b"], "type": "string"}) == TypeName("“a” or “b”")
    assert type_name({}) == TypeName("any")
