"""Events of load balancers: ALB, and VPC Lattice with its two versions. They leave path and query as they were spelled.

Sources: "Using AWS Lambda with an Application Load Balancer" (docs.aws.amazon.com/lambda), "Lambda functions as
targets" (docs.aws.amazon.com/elasticloadbalancing), "Lambda functions as targets in VPC Lattice"
(docs.aws.amazon.com/vpc-lattice). VPC Lattice's page does not say how queries are spelled, or whether the path
contains the query: both are accepted, and of a query that comes twice, the one in the path counts.
"""

from typing import Any
from urllib.parse import unquote

from containers.entrypoints.events.headers import (
    Event,
    by_name,
    in_lower_case,
    last_forwarded_for,
    one_value_each,
    takes_many,
)
from containers.entrypoints.events.reading import JsonObject, Pairs, Request


def read_alb(event: JsonObject) -> Request:
    """An ALB's event, with multi-value headers or without."""
    query = event.pairs("multiValueQueryStringParameters", "queryStringParameters")
    headers = event.pairs("multiValueHeaders", "headers")
    return _request(event.required("httpMethod"), event.required("path"), query, headers)


def read_lattice(event: JsonObject, path: str) -> Request:
    """An event of VPC Lattice; its versions spell the names of their members differently."""
    query = event.pairs("query_string_parameters", "queryStringParameters")
    return _request(event.required("method"), event.required(path), query, event.pairs("headers"))


def read_lattice_v1(event: JsonObject) -> Request:
    """Event structure version 1."""
    return read_lattice(event, "raw_path")


def read_lattice_v2(event: JsonObject) -> Request:
    """Event structure version 2."""
    return read_lattice(event, "path")


def write_alb(event: Event, headers: Pairs) -> dict[str, Any]:
    """A target group with multi-value headers reads no others."""
    return {"multiValueHeaders": by_name(headers)} if takes_many(event) else one_value_each(event, headers)


def _request(method: str, target: str, parameters: Pairs, pairs: Pairs) -> Request:
    headers = in_lower_case(pairs)
    path, _, query = target.partition("?")
    query = query or "&".join(f"{name}={value}" for name, value in parameters)
    return Request(method, unquote(path), query, headers, last_forwarded_for(headers))
