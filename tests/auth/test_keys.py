"""An idempotency key is its caller's own."""

from typing import Any

import httpx

from tests.auth.conftest import Tell
from tests.auth.tokens import token

CALLERS: dict[str, dict[str, Any]] = {
    "ada": {"sub": "ada"},
    "grace": {"sub": "grace"},
    "a client": {"sub": None, "client_id": "shop-cli"},
}


def test_one_key_of_several_callers_is_a_key_for_each(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for _ in range(2):
            for number, claims in enumerate(CALLERS.values()):
                answer = await client.post(
                    "/api/users",
                    json={"name": "Ada", "email": f"{number}@example.com"},
                    headers={"authorization": f"Bearer {token(**claims)}", "idempotency-key": "k1"},
                )
                assert answer.status_code == 201, answer.text
        users = await client.get("/api/users", headers={"authorization": f"Bearer {token()}"})
        assert len(users.json()) == 3

    tell(story)
