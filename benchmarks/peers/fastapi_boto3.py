"""FastAPI with boto3 in its routes: the monolith that most begin with."""

import os
from datetime import UTC, datetime

import boto3
from botocore.exceptions import ClientError
from fastapi import Response

from benchmarks.peers.fastapi_parts import new_app
from benchmarks.peers.models import EmailTaken, NewUser, User, UserNotFound, could_be_id
from benchmarks.peers.table import creation, email_is_taken, user_key

table = boto3.resource("dynamodb").Table(os.environ["USERS_TABLE"])
app = new_app()


@app.post("/api/users", status_code=201)
def create_user(new: NewUser, response: Response) -> User:
    """Register a user."""
    user = User(name=new.name, email=new.email)
    item = {**user.model_dump(exclude={"created_at"}), "created_at": round(user.created_at.timestamp() * 1000)}
    try:
        # The resource's own client takes and gives plain Python values.
        table.meta.client.transact_write_items(TransactItems=creation(table.name, item, dict))
    except ClientError as error:
        if email_is_taken(error):
            raise EmailTaken(new.email) from None
        raise
    response.headers["Location"] = f"users/{user.id}"
    return user


@app.get("/api/users/{user_id}")
def get_user(user_id: str) -> User:
    """Look a user up."""
    item = could_be_id(user_id) and table.get_item(Key=user_key(user_id), ConsistentRead=True).get("Item")
    if not item:
        raise UserNotFound(user_id)
    created_at = datetime.fromtimestamp(int(item["created_at"]) / 1000, UTC)
    return User(id=item["id"], name=item["name"], email=item["email"], created_at=created_at)
