"""Making the tables of DynamoDB."""

import boto3
import pytest
from moto import mock_aws

from service.adapters.dynamodb.tables import create_tables


def test_only_the_tables_that_are_missing_are_created(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.session.Session().client("dynamodb")

        assert create_tables(client, ["users"]) == ["users"]
        assert create_tables(client, ["users", "orders"]) == ["orders"]
        assert create_tables(client, ["users", "orders"]) == []
        assert sorted(client.list_tables()["TableNames"]) == ["orders", "users"]
        table = client.describe_table(TableName="orders")["Table"]
        expiry = client.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]
        client.close()

    assert [(each["AttributeName"], each["KeyType"]) for each in table["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
