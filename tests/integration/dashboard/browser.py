"""A browser without script: it follows links and fills forms of the pages that it was shown."""

from __future__ import annotations

from typing import Any

from lxml import html
from starlette.testclient import TestClient

TOKEN = "form_token"


class Browser:
    """One person's browser."""

    def __init__(self, client: TestClient, password: str) -> None:
        self.client = client
        self._password = password

    def sign_in(
        self,
        la: str,
        role: str = "lead",
        agency: str = "",
        name: str = "",
        *,
        teams: str = "",
        lands: int = 200,
    ) -> None:
        """Sign in by the form; the name says the role, where none is given.

        lands: what the first page answers.
        """
        said = {"name": name or f"a.{role}", "la": la, "role": role, "agency": agency}
        said |= {"password": self._password, "teams": teams}
        assert self.submit("/sign-in", "/sign-in", said).status_code == lands

    def page(self, path: str, status: int = 200) -> Any:
        """Return the parsed page at this path."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return html.fromstring(answer.text)

    def submit(self, shown: str, path: str, said: dict[str, Any]) -> Any:
        """Send a form with the token of the page on which it is shown."""
        token = self.page(shown).xpath(f"//form//input[@name='{TOKEN}']/@value")[0]
        return self.client.post(path, data={TOKEN: str(token), **said})

    def send(self, path: str, said: dict[str, Any]) -> Any:
        """Send an act to the JSON API with the token of the session."""
        token = str(self.client.get("/api/me").json()["form_token"])
        return self.client.post(path, json=said, headers={"X-Form-Token": token})


def text_of(page: Any) -> str:
    """Return what a page says, on one line."""
    return " ".join(page.text_content().split())


def alerts_on(page: Any) -> list[str]:
    """Return the ids of the alerts that a page lists, in its order."""
    links = page.xpath("//div[contains(@class, 'app-alert')]//h3/a/@href")
    return [str(link).rpartition("/")[2] for link in links]
