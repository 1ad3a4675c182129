"""The OpenAPI document against the running service: anything it allows, and much that it does not.

No answer may be an error of the service, and every answer must be as the document says.
"""

from __future__ import annotations

import schemathesis
from formcheck_api.web.app import create_app
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 12
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(create_app().openapi())


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_request(case, service, done):
    case.call_and_validate(base_url=service.url, checks=CHECKS)
    if case.method == "GET" and case.operation.path.startswith("/v1/analyses/"):
        case.path_parameters["job_id"] = done
        case.call_and_validate(base_url=service.url, checks=CHECKS)
