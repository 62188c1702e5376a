"""A bare Lambda handler with one call of DynamoDB: what a function costs by itself. It answers for an HTTP API only."""

import json
import os
import time
from typing import Any
from uuid import uuid4

import boto3

from benchmarks.peers.constant import BODY, HEADERS, LINE, LOCATION
from benchmarks.peers.table import creation, typed, user_key

TABLE = os.environ["USERS_TABLE"]

dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Write what was sent, or read what is asked for, and answer with the user that is always the same."""
    method = event["requestContext"]["http"]["method"]
    status, headers = 200, HEADERS
    if method == "POST":
        sent = json.loads(event["body"])
        user = {"id": str(uuid4()), "name": sent["name"], "email": sent["email"], "created_at": int(time.time() * 1000)}
        dynamodb.transact_write_items(TransactItems=creation(TABLE, user, typed))
        status, headers = 201, {**HEADERS, **LOCATION}
    else:
        user_id = event["rawPath"].rpartition("/")[2]
        dynamodb.get_item(TableName=TABLE, Key=typed(user_key(user_id)), ConsistentRead=True)
    print(LINE % (method, status), flush=True)
    return {"statusCode": status, "headers": headers, "body": BODY, "isBase64Encoded": False}
