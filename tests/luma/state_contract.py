"""Writes contract.json: the structure of the API's contract without its prose.

    python -m tests.luma.state_contract path/to/dream-machine.openapi.yaml

Run it when the contract changes; test_contract.py compares both where DREAM_MACHINE_OPENAPI is set.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

STATED = Path(__file__).with_name("contract.json")
METHODS = ("get", "post", "put", "patch", "delete")


def state(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas and operations of an OpenAPI document, references by name alone."""
    schemas = document["components"]["schemas"]
    return {
        "version": document["info"]["version"],
        "server": document["servers"][0]["url"],
        "schemas": {name: state_schema(schema) for name, schema in sorted(schemas.items())},
        "operations": {
            operation["operationId"]: state_operation(path, method, operation)
            for path, methods in sorted(document["paths"].items())
            for method, operation in methods.items()
            if method in METHODS
        },
    }


def state_schema(schema: dict[str, Any]) -> Any:
    """What a value must be: type, enum, default, format, items, properties, alternatives."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"ref": name, "default": schema["default"]} if "default" in schema else {"ref": name}
    stated: dict[str, Any] = {
        key: schema[key] for key in ("type", "format", "enum", "default") if key in schema
    }
    if "items" in schema:
        stated["items"] = state_schema(schema["items"])
    if "properties" in schema:
        stated["properties"] = {
            name: state_schema(value) for name, value in sorted(schema["properties"].items())
        }
    if schema.get("required"):
        stated["required"] = sorted(schema["required"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            stated[key] = [state_schema(value) for value in schema[key]]
    if "discriminator" in schema:
        stated["discriminator"] = schema["discriminator"]["propertyName"]
    return stated


def state_operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """How an operation is called and what it answers."""
    stated: dict[str, Any] = {"method": method, "path": path}
    if operation.get("parameters"):
        stated["parameters"] = [
            {
                "name": parameter["name"],
                "in": parameter["in"],
                "required": parameter["required"],
                "schema": state_schema(parameter["schema"]),
            }
            for parameter in operation["parameters"]
        ]
    if "requestBody" in operation:
        stated["request"] = _content(operation["requestBody"])
    stated["responses"] = {
        status: _content(response) for status, response in operation["responses"].items()
    }
    return stated


def _content(body: dict[str, Any]) -> Any:
    content = body.get("content", {}).get("application/json")
    return state_schema(content["schema"]) if content else None


def main() -> None:
    document = yaml.safe_load(Path(sys.argv[1]).read_text())
    STATED.write_text(json.dumps(state(document), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
