"""A small marketplace of boxes, as Swagger 2.0 and as OpenAPI 3.1, and an exchange that both allow."""

from __future__ import annotations

import json
from typing import Any

from multidict import CIMultiDict, CIMultiDictProxy

from specs.documents import readable
from specs.judge import Judge, Kind
from specs.wire import Exchange

BOX = {
    "type": "object",
    "required": ["size"],
    "properties": {"size": {"type": "integer"}, "colour": {"type": "string"}},
}
SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Boxes", "version": "1"},
    "basePath": "/api",
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "definitions": {"Box": BOX},
    "paths": {
        "/boxes/{id}": {
            "put": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "string"},
                    {
                        "name": "place",
                        "in": "query",
                        "required": True,
                        "type": "array",
                        "items": {"enum": ["br", "mx"]},
                    },
                    {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Box"}},
                ],
                "responses": {"200": {"description": "", "schema": {"$ref": "#/definitions/Box"}}},
            }
        }
    },
}
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Boxes", "version": "1"},
    "servers": [{"url": "https://{account}.example/api"}],
    "components": {"schemas": {"Box": BOX}},
    "paths": {
        "/boxes/{id}": {
            "put": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "place", "in": "query", "required": True, "schema": {"enum": ["br", "mx"]}},
                    {"name": "Content-Type", "in": "header", "required": True, "schema": {"enum": ["nothing"]}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Box"}}},
                },
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Box"}}},
                    }
                },
            }
        },
        "/files": {
            "post": {
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {
                                    "file": {"type": "string", "format": "binary"},
                                    "whole": {"type": "boolean"},
                                },
                            }
                        }
                    }
                },
                "responses": {"201": {"description": ""}},
            }
        },
    },
}
JSON = CIMultiDictProxy(CIMultiDict({"Content-Type": "application/json"}))
GOOD = Exchange("PUT", "/api/boxes/7", (("place", "br"),), JSON, b'{"size": 3}', 200, JSON, b'{"size": 3}')


def document(told: dict[str, Any]) -> dict[str, Any]:
    """Return a copy as the judge reads it."""
    return readable(json.loads(json.dumps(told)))


def headers(kind: str) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict({"Content-Type": kind}))


def kinds(judge: Judge, exchange: Exchange) -> set[Kind]:
    return {one.kind for one in judge.judged(exchange)}
