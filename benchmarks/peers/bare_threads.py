"""Threads that do nothing but call DynamoDB with boto3, one call after the other."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from benchmarks.peers.table import creation, typed, user_key

TABLE = os.environ["USERS_TABLE"]
USER = {
    "id": "01a207d0-3dbb-7488-b711-3f399d5f1624",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "created_at": 1763891417531,
}


def call(client: Any, kind: str) -> None:
    """What our adapter calls to read a user (GET), or to create one."""
    if kind == "GET":
        client.get_item(TableName=TABLE, Key=typed(user_key(str(USER["id"]))), ConsistentRead=True)
    else:
        client.transact_write_items(TransactItems=creation(TABLE, USER, typed))


def main(kind: str, threads: int, seconds: float) -> None:
    """Call for so many seconds from so many threads, and print the calls a second."""
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
