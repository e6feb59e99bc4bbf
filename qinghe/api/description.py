"""The description of the machines' door: what every address has in common is added here, once."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from qinghe.api.auth import KEY_HEADER, LONGEST_KEY
from qinghe.api.errors import Problem

WRITES = ("post", "put", "patch", "delete")
REFUSAL = {
    "description": "A refusal or a mistake, always in this shape.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
REPEATABLE = {
    "in": "header",
    "name": KEY_HEADER,
    "required": False,
    "description": "Sending the same request with the same key again returns the stored answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


class Described(NinjaAPI):
    """An API whose description names the one error shape and the idempotency key."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        """Return the OpenAPI 3.1 description."""
        schema = super().get_openapi_schema(*args, **kwargs)
        schemas = schema["components"].setdefault("schemas", {})
        schemas.setdefault("Problem", Problem.model_json_schema())
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                operation["responses"]["default"] = REFUSAL
                if method in WRITES and "/webhooks/" not in path:
                    operation.setdefault("parameters", []).append(REPEATABLE)
        return schema
