"""An answer of DynamoDB is what DynamoDB sent, whole; whatever else comes back is an outage."""

import gzip
import json
import zlib
from typing import Any

import pytest

from service.adapters.dynamodb.client import DynamoClient
from service.domain.errors import StoreUnavailable
from tests.adapters.dynamodb.conftest import KEY, Script
from tests.adapters.dynamodb.server import Step, answer, response, then_closes, trickles

ITEM = {**KEY, "name": {"S": "Zoë"}}
WHOLE = json.dumps({"Item": ITEM}).encode()


async def get(client: DynamoClient) -> Any:
    return await client.get("users", KEY)


async def newest(client: DynamoClient) -> Any:
    return await client.newest("users", "users#0", 10, None)


async def transact(client: DynamoClient) -> Any:
    return await client.transact({"Put": {"TableName": "users", "Item": ITEM}})


OPERATIONS = {"GetItem": get, "Query": newest, "TransactWriteItems": transact}


@pytest.mark.parametrize(
    ("step", "item"),
    [
        (answer({"Item": ITEM}), ITEM),
        (answer({}), None),
        (response(WHOLE), ITEM),
        (answer({"Item": ITEM}, content_type="application/x-amz-json-1.0; charset=utf-8"), ITEM),
        (response(gzip.compress(WHOLE), content_encoding="gzip"), ITEM),
        (response(packed := gzip.compress(WHOLE), content_encoding="gzip", x_amz_crc32=str(zlib.crc32(packed))), ITEM),
        (response(b"2\r\n{}\r\n0\r\n\r\n", content_length="", transfer_encoding="chunked"), None),
    ],
    ids=["an item", "no item", "without a checksum", "with a parameter", "gzip", "gzip, with a checksum", "in chunks"],
)
def test_the_item_is_returned(step: bytes, item: Any, script: Script) -> None:
    opened = script(step)
    assert opened.run(get) == item
    assert opened.server.calls == [("GetItem", {"TableName": "users", "Key": KEY, "ConsistentRead": True})]


IN_CHUNKS = response(
    b"%x;extension=1\r\n%s\r\n2\r\n}}\r\n0\r\ntrailer: x\r\n\r\n" % (len(WHOLE) - 2, WHOLE[:-2]),
    content_length="",
    transfer_encoding="chunked",
)


@pytest.mark.parametrize("content", [answer({"Item": ITEM}), IN_CHUNKS], ids=["with its length", "in chunks"])
def test_an_answer_that_comes_in_pieces_is_put_together(content: bytes, script: Script) -> None:
    assert script(trickles(content, pause_seconds=0.002)).run(get) == ITEM


NOT_DYNAMODB: dict[str, Step] = {
    "a web page": response(b"<html>Welcome</html>", content_type="text/html"),
    "an empty web page": response(b"", content_type="text/html"),
    "an empty body": response(b""),
    "no content type": response(b"{}", content_type=""),
    "other JSON": response(b"{}", content_type="application/json"),
    "not JSON": response(b"<html>Welcome</html>"),
    "half of the JSON": response(WHOLE[:-1]),
    "deeply nested JSON": response(b"[" * 100_000),
    "a list": response(b"[]"),
    "null": response(b"null"),
    "not UTF-8": response(b'{"\xff": 1}'),
    "an unknown encoding": response(b"\x0b\x01\x80{}\x03", content_encoding="br"),
    "not gzip": response(WHOLE, content_encoding="gzip"),
    "half of the gzip": response(gzip.compress(WHOLE)[:-9], content_encoding="gzip"),
    "gzip without its end": response(gzip.compress(WHOLE)[:-8], content_encoding="gzip"),
    "half of the head": then_closes(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "a head without an end": then_closes(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"),
    "no content": response(b"", 204, content_length=""),
    "created": answer({}, 201),
    "a redirect": response(b"", 302, location="http://127.0.0.1:9/", content_type=""),
    "a redirect in JSON": answer({}, 307, location="http://127.0.0.1:9/"),
    "a portal's redirect": response(b"<html>Log in</html>", 301, location="/login", content_type="text/html"),
    "forbidden by a proxy": response(b"<html>Forbidden</html>", 403, content_type="text/html"),
    "a proxy's log-in": response(b"<html>Log in</html>", 407, content_type="text/html"),
    "too many requests": response(b"<html>Slow down</html>", 429, content_type="text/html"),
    "an unreachable backend": response(b"<html>Bad gateway</html>", 502, content_type="text/html"),
    "an error without its code": answer({"message": "Forbidden"}, 403),
    "an error that is a list": response(b"[]", 400),
    "an error that is empty": response(b"", 400),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", NOT_DYNAMODB)
def test_what_is_not_dynamodbs_own_answer_is_an_outage(name: str, operation: str, script: Script) -> None:
    opened = script(NOT_DYNAMODB[name])
    with pytest.raises(StoreUnavailable) as outage:
        opened.run(OPERATIONS[operation])
    assert len(opened.server.calls) == 1
    assert f"{operation}: not an answer of DynamoDB: status " in str(outage.value.__cause__)
    assert "is there a proxy in between" in str(outage.value.__cause__)


DAMAGED: dict[str, Step] = {
    "nothing": then_closes(b""),
    "no body": then_closes(response(b"", content_length="2")),
    "half of the body": then_closes(response(WHOLE[:-1], content_length=str(len(WHOLE)))),
    "half of the chunks": then_closes(
        response(b"2\r\n{}\r\n", content_length="", transfer_encoding="chunked"),
    ),
    "another body than the checksum's": answer({}, x_amz_crc32=str(zlib.crc32(b"{ }"))),
    "a checksum that is no number": answer({}, x_amz_crc32="none"),
    "a length that is no number": answer({}, content_length="two"),
    "a negative length": answer({}, content_length="-1"),
    "a chunk of a negative length": response(
        b"-2\r\n2\r\n{}\r\n0\r\n\r\n", content_length="", transfer_encoding="chunked"
    ),
    "not HTTP": then_closes(b"SSH-2.0-OpenSSH_9.6\r\n"),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", DAMAGED)
def test_an_answer_that_is_damaged_on_its_way_is_asked_for_again(name: str, operation: str, script: Script) -> None:
    opened = script(DAMAGED[name], answer({"Items": []}))
    assert opened.run(OPERATIONS[operation]) in (None, [])
    assert len(opened.server.calls) == 2


@pytest.mark.parametrize("name", DAMAGED)
def test_answers_that_are_always_damaged_are_an_outage(name: str, script: Script) -> None:
    with pytest.raises(StoreUnavailable):
        script(DAMAGED[name]).run(get)


@pytest.mark.parametrize(
    ("step", "operation"),
    [
        (answer({"Item": None}), get),
        (answer({"Item": "x"}), get),
        (answer({}), newest),
        (answer({"Items": None}), newest),
        (answer({"Items": {}}), newest),
        (answer({"Items": [None]}), newest),
        (answer({"Items": [{}]}), newest),
        (answer({"Items": [{"sk": None}]}), newest),
        (answer({"Items": [{"sk": {"N": "1"}}]}), newest),
    ],
)
def test_an_answer_without_what_its_operation_returns_is_an_outage(step: bytes, operation: Any, script: Script) -> None:
    with pytest.raises(StoreUnavailable):
        script(step).run(operation)


def test_a_partition_that_comes_in_parts_is_read_on_to_the_limit(script: Script) -> None:
    rows = [{"pk": {"S": "users#0"}, "sk": {"S": str(number)}} for number in range(9, 5, -1)]
    parts = [
        answer({"Items": rows[:2], "LastEvaluatedKey": rows[1]}),
        answer({"Items": [], "LastEvaluatedKey": rows[2]}),
        answer({"Items": rows[2:], "LastEvaluatedKey": rows[3]}),
    ]
    opened = script(*parts)
    assert opened.run(lambda client: client.newest("users", "users#0", 4, None)) == rows
    asked = [(parameters["Limit"], parameters.get("ExclusiveStartKey")) for _, parameters in opened.server.calls]
    assert asked == [(4, None), (2, rows[1]), (2, rows[2])]


def test_a_partition_that_never_ends_is_an_outage(script: Script) -> None:
    with pytest.raises(StoreUnavailable):
        script(answer({"Items": [], "LastEvaluatedKey": KEY})).run(newest)


def test_an_answer_without_an_end_is_an_outage(script: Script) -> None:
    """And costs no more memory than the largest answer may."""

    def endless(connection: Any) -> None:
        connection.sendall(response(b"", content_length="4000000000"))
        while True:
            connection.sendall(bytes(65536))

    with pytest.raises(StoreUnavailable):
        script(endless).run(get)
