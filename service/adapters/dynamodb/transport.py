"""DynamoDB over HTTP, on the event loop: no threads, and a call that is cancelled ends at once."""

import asyncio
from time import time
from typing import Final

import msgspec

from service import __version__
from service.adapters.aws.answers import PROXY_OR_ENDPOINT, Damaged, NotFromAws, read_answer
from service.adapters.aws.connection import NoAnswer, Unreachable
from service.adapters.aws.connections import Connections
from service.adapters.aws.credentials import Credentials, CredentialsUnavailable, RotatingCredentials
from service.adapters.aws.endpoint import Endpoint
from service.adapters.aws.signing import Signer
from service.adapters.dynamodb.client import Operation, Transport
from service.adapters.dynamodb.failures import CallFailed, ConditionFailed, Item, cancellation, refusal
from service.application.deadline import waiting_for

_VERSION: Final = "DynamoDB_20120810"
_OK: Final = 200


class HttpTransport(Transport):
    """Signed requests over connections that are kept open."""

    def __init__(self, endpoint: Endpoint, region: str, credentials: RotatingCredentials) -> None:
        self._connections = Connections(endpoint)
        self._credentials = credentials
        self._signer = Signer(region, "dynamodb")
        self._signed = {"content-type": "application/x-amz-json-1.0", "host": endpoint.authority}
        self._first = f"POST / HTTP/1.1\r\nuser-agent: shapeshift/{__version__}\r\naccept-encoding: identity\r\n"

    async def call(self, operation: Operation, parameters: Item, seconds: float) -> Item:
        waiting_for(f"dynamodb {operation}")
        missing = "credentials"
        try:
            async with asyncio.timeout(seconds):
                credentials = await self._credentials.get()
                missing = "answer"
                request = self._request(operation, msgspec.json.encode(parameters), credentials)
                response = await self._connections.exchange(request)
            answer = read_answer(response.status, response.headers, response.body)
        except TimeoutError:
            raise CallFailed(f"{operation}: no {missing} in time") from None
        except (Unreachable, NoAnswer) as error:
            raise CallFailed(f"{operation}: {error}", passes=isinstance(error, NoAnswer)) from None
        except CredentialsUnavailable as error:
            raise CallFailed(f"{operation}: {error}", passes=error.passes) from None
        except NotFromAws as error:
            text = f"{operation}: not an answer of DynamoDB: {error}; {PROXY_OR_ENDPOINT}"
            raise CallFailed(text, passes=isinstance(error, Damaged)) from None
        if response.status != _OK:
            raise _refused(operation, parameters, answer)
        return answer

    async def close(self) -> None:
        await self._connections.close()

    def _request(self, operation: Operation, body: bytes, credentials: Credentials) -> bytes:
        headers = {**self._signed, "x-amz-target": f"{_VERSION}.{operation}"}
        signed = self._signer.sign(headers, body, credentials, time())
        lines = "".join([f"{name}: {value}\r\n" for name, value in signed.items()])
        return f"{self._first}{lines}content-length: {len(body)}\r\n\r\n".encode() + body


def _refused(operation: Operation, parameters: Item, answer: Item) -> CallFailed | ConditionFailed:
    error = answer["Error"]
    if error["Code"] == "TransactionCanceledException":
        return cancellation(answer.get("CancellationReasons"), len(parameters.get("TransactItems", ())))
    return refusal(operation, error["Code"], error["Message"])
