"""Web pages as a browser without JavaScript would see and use them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

VOID = {"input", "link", "meta"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page's elements, each with the text inside it."""

    response: httpx.Response
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        assert self.response.headers["content-type"] == "text/html; charset=utf-8", self.response.text
        self.feed(self.response.text)
        assert self._open == [], "tags are closed in order"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    @property
    def status(self) -> int:
        return self.response.status_code

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.strip("_"): value for name, value in attributes.items()}
        return [each for each in self.elements if each.tag == tag and wanted.items() <= each.attributes.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def main(self) -> str:
        return " ".join(self.one("main").text.split())

    def error(self, input_id: str) -> str:
        """What is said at a field, which the field refers to."""
        input_ = next(each for each in self.elements if each.attributes.get("id") == input_id)
        assert input_.attributes.get("aria-invalid") == "true", f"{input_id} is not marked"
        described_by = (input_.attributes["aria-describedby"] or "").split()
        assert f"{input_id}-error" in described_by
        return self.one("p", id=f"{input_id}-error").text

    def typed(self, input_id: str) -> str | None:
        return self.one("input", id=input_id).attributes["value"]

    def names(self) -> list[str]:
        return [heading.text for heading in self.all("h3")]

    def link(self, text: str) -> str:
        return next(each for each in self.all("a") if each.text == text).attributes["href"] or ""


async def show(client: httpx.AsyncClient, path: str) -> Page:
    return Page(await client.get(path))


async def send(client: httpx.AsyncClient, path: str, do: str, **fields: str) -> httpx.Response:
    """Fill in a form of that page, and send it."""
    return await client.post(path, data={**hidden(await show(client, path)), "do": do, **fields})


def hidden(page: Page) -> dict[str, str]:
    """Return what the form that creates sends beside what is typed: its token and its key."""
    return {name: page.all("input", name=name)[0].attributes["value"] or "" for name in ("token", "key")}


async def refused(client: httpx.AsyncClient, path: str, do: str, **fields: str) -> Page:
    return Page(await send(client, path, do, **fields))


async def done(client: httpx.AsyncClient, path: str, do: str, **fields: str) -> Page:
    """The page that a form which succeeded leads to."""
    response = await send(client, path, do, **fields)
    assert response.status_code == 303, response.text
    assert response.content == b""
    return await show(client, str(response.url.join(response.headers["location"])))
