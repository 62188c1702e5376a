"""Powertools for AWS Lambda: its event handler for HTTP APIs with validation, its logger, and boto3's client."""

import json
import os
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from botocore.exceptions import ClientError

from benchmarks.peers.models import EmailTaken, Failure, NewUser, User, UserNotFound, could_be_id, violations
from benchmarks.peers.responses import (
    OF_A_VERSION,
    PROBLEM,
    SECURITY_HEADERS,
    invalid_request,
    problem,
    request_id_of,
    tag_of,
)
from benchmarks.peers.table import creation, email_is_taken, typed, user_key

TABLE = os.environ["USERS_TABLE"]

dynamodb = boto3.client("dynamodb")
logger = Logger(service="shop")
# Text beyond ASCII is sent as it is.
app = APIGatewayHttpResolver(
    enable_validation=True, serializer=partial(json.dumps, separators=(",", ":"), ensure_ascii=False)
)


@app.post("/api/users")
def create_user(new: NewUser) -> Response[User]:
    """Register a user."""
    user = User(name=new.name, email=new.email)
    item = {**user.model_dump(exclude={"created_at"}), "created_at": round(user.created_at.timestamp() * 1000)}
    try:
        dynamodb.transact_write_items(TransactItems=creation(TABLE, item, typed))
    except ClientError as error:
        if email_is_taken(error):
            raise EmailTaken(new.email) from None
        raise
    return Response(201, "application/json", user, headers={"Location": f"users/{user.id}"})


@app.get("/api/users/<user_id>")
def get_user(user_id: str) -> User:
    """Look a user up."""
    item = could_be_id(user_id) and _item(user_id)
    if not item:
        raise UserNotFound(user_id)
    return User(
        id=item["id"]["S"],
        name=item["name"]["S"],
        email=item["email"]["S"],
        created_at=datetime.fromtimestamp(int(item["created_at"]["N"]) / 1000, UTC),
    )


def _item(user_id: str) -> Any:
    answer = dynamodb.get_item(TableName=TABLE, Key=typed(user_key(user_id)), ConsistentRead=True)
    return answer.get("Item")


@app.exception_handler(RequestValidationError)
def invalid(error: RequestValidationError) -> Response[str]:
    """A request with invalid fields."""
    return _problem(invalid_request(violations(error.errors()), app.context["request_id"]))


@app.exception_handler(Failure)
def failed(error: Failure) -> Response[str]:
    """A request that the shop refuses."""
    return _problem(problem(error.status, error.slug, error.title, str(error), app.context["request_id"]))


def _problem(content: dict[str, Any]) -> Response[str]:
    return Response(content["status"], PROBLEM, json.dumps(content, separators=(",", ":"), ensure_ascii=False))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an event of an HTTP API."""
    began = perf_counter()
    http = event["requestContext"]["http"]
    request_id = request_id_of(event["headers"].get("x-request-id"))
    app.append_context(request_id=request_id)
    answer: dict[str, Any] = app.resolve(event, context)
    answer["headers"] |= {**SECURITY_HEADERS, "x-request-id": request_id}
    if answer["statusCode"] in (200, 201):
        answer["headers"] |= {"etag": tag_of(answer["body"].encode()), "cache-control": OF_A_VERSION}
    logger.info(
        "request",
        method=http["method"],
        path=event["routeKey"],
        status=answer["statusCode"],
        ms=round((perf_counter() - began) * 1000, 1),
        client=http["sourceIp"],
        request_id=request_id,
    )
    return answer
