"""What a server that does not write to a terminal logs: JSON lines, with nothing in them that is the callers' own."""

from pathlib import Path

from tests.runtimes.processes import serving

PRIVATE = "private-f00d"


def test_each_request_is_one_json_line_with_nothing_private_in_it(tmp_path: Path) -> None:
    with serving(tmp_path) as served, served.client() as client:
        answers = [
            client.get(f"/api/users?limit=1&q={PRIVATE}"),
            client.get(f"/api/users/{PRIVATE}"),
            client.get(f"/nowhere/{PRIVATE}"),
            client.put(f"/api/users/{PRIVATE}"),
            client.post("/api/users", json={"name": PRIVATE, "email": f"{PRIVATE}@example.org"}),
            client.post("/api/users", json={"name": PRIVATE, "email": f"{PRIVATE}@example.org"}),
            client.get("/api/orders?cursor=" + PRIVATE, headers={"Authorization": PRIVATE, "Cookie": f"a={PRIVATE}"}),
        ]
        assert served.stop() == 0
    ids = {answer.headers["x-request-id"]: answer for answer in answers}
    lines = [line for line in served.lines if line.get("request_id") in ids]
    assert [line["event"] for line in lines] == ["request"] * len(answers)
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/api/users", 200),
        ("GET", "/api/users/{user_id}", 404),
        ("GET", "-", 404),
        ("PUT", "-", 405),
        ("POST", "/api/users", 201),
        ("POST", "/api/users", 409),
        ("GET", "/api/orders", 400),
    ]
    assert all(line["ms"] >= 0 for line in lines)
    assert all(line.keys() >= {"event", "level", "timestamp"} for line in served.lines)
    assert PRIVATE not in served.output


def test_an_unforeseen_failure_is_logged_with_its_traceback_once(tmp_path: Path) -> None:
    with serving(tmp_path, RUNTIME="tests.runtimes.broken:Broken") as served, served.client() as client:
        answer = client.post("/api/orders", json={"user_id": "u", "product": PRIVATE, "quantity": 1})
        assert client.get("/api/users").status_code == 200
        assert served.stop() == 0
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "planted" not in answer.text
    failed = [line for line in served.lines if "Traceback" in str(line)]
    assert [line.get("request_id") for line in failed] == [answer.headers["x-request-id"]]
    assert PRIVATE not in served.output
