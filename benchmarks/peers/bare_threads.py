"""Threads that do nothing but call DynamoDB with boto3, one call after the other."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

KEY = {"pk": {"S": "user#01a207d0-3dbb-7488-b711-3f399d5f1624"}, "sk": {"S": "user"}}
ITEM = {
    **KEY,
    "id": {"S": "01a207d0-3dbb-7488-b711-3f399d5f1624"},
    "name": {"S": "Ada Lovelace"},
    "email": {"S": "ada@example.com"},
    "created_at": {"N": "1763891417531"},
}


def call(client: Any, kind: str) -> None:
    """What our adapter calls to read a user, or to create one."""
    table = os.environ["USERS_TABLE"]
    if kind == "GET":
        client.get_item(TableName=table, Key=KEY, ConsistentRead=True)
        return
    put = {"TableName": table, "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
    client.transact_write_items(TransactItems=[{"Put": put}, {"Put": put}, {"Put": put}])


def main(kind: str, threads: int, seconds: float) -> None:
    """Read a user (GET) or create one (POST) for so many seconds from so many threads, and print the calls a second."""
    client = boto3.client("dynamodb", config=Config(max_pool_connections=threads))
    call(client, kind)
    end = time.monotonic() + seconds

    def work() -> int:
        calls = 0
        while time.monotonic() < end:
            call(client, kind)
            calls += 1
        return calls

    with ThreadPoolExecutor(threads) as pool:
        done = sum(each.result() for each in [pool.submit(work) for _ in range(threads)])
    print(done / seconds)
