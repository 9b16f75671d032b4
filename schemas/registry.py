"""The schema registry: which number stands for which schema on the wire."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from schemas.catalogue import EventType, event_type

COMPATIBILITY = "FULL_TRANSITIVE"
_NOT_FOUND, _CONFLICT = 404, 409
_CONFIG = "/config"
_TOO_MANY, _SERVER_ERROR = 429, 500


class RegistryError(Exception):
    """The registry could not be asked, or refused; the sentence says what to do."""


class UnknownSchema(RegistryError):
    """The registry has no such schema."""


class IncompatibleSchema(RegistryError):
    """The registry refused a schema that not every reader and writer could live with."""


class _Unavailable(Exception):
    """The registry did not answer as it should; asking again may help."""


class SchemaIds(Protocol):
    """What the codec needs of a registry."""

    def id_of(self, full_name: str) -> int:
        """Return the number of our schema of this type; raises UnknownSchema."""

    def schema_of(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number; raises UnknownSchema."""


class MemoryRegistry:
    """A registry in memory, which knows every type of ours from the beginning."""

    def __init__(self) -> None:
        """Begin with no number given."""
        self._schemas: dict[int, dict[str, Any]] = {}

    def register(self, full_name: str, schema: dict[str, Any]) -> int:
        """Return the number of a schema of this type, new or known."""
        for schema_id, known in self._schemas.items():
            if known == schema:
                return schema_id
        schema_id = len(self._schemas) + 1
        self._schemas[schema_id] = schema
        return schema_id

    def id_of(self, full_name: str) -> int:
        """Return the number of our schema of this type; raises UnknownSchema."""
        return self.register(full_name, _ours(full_name))

    def schema_of(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number; raises UnknownSchema."""
        schema = self._schemas.get(schema_id)
        if schema is None:
            raise UnknownSchema(f"No schema has the number {schema_id}; register it first.")
        return schema


class Registry:
    """A registry that speaks the Confluent API, with what it said once remembered for ever."""

    def __init__(
        self,
        url: str,
        *,
        client: httpx.Client | None = None,
        ca_file: Path | None = None,
        attempts: int = 5,
    ) -> None:
        """Take the API's address, such as ``http://127.0.0.1:8081/apis/ccompat/v7``.

        ca_file: over HTTPS, who certifies it besides the authorities that this machine trusts;
            raises RegistryError where it cannot be read.
        """
        self._url = url.rstrip("/")
        verify = trusting(ca_file) if ca_file else True
        self._client = client or httpx.Client(timeout=5.0, verify=verify)
        self._attempts = attempts
        self._ids: dict[str, int] = {}
        self._schemas: dict[int, dict[str, Any]] = {}

    def set_compatibility(self) -> None:
        """Make the registry refuse a schema that any earlier version could not live with."""
        self._ask("PUT", _CONFIG, {"compatibility": COMPATIBILITY})

    def compatibility(self) -> str:
        """Return the rule that the registry holds every schema to."""
        answer = self._ask("GET", _CONFIG)
        return str(answer.get("compatibilityLevel") or answer.get("compatibility"))

    def register(self, full_name: str, schema: dict[str, Any]) -> int:
        """Return the number of a schema, new or known; raises IncompatibleSchema."""
        answer = self._ask("POST", f"/subjects/{full_name}/versions", _body(schema))
        return int(answer["id"])

    def register_all(self, types: Iterable[EventType]) -> dict[str, int]:
        """Set the rule, register these types and return the numbers by full name."""
        self.set_compatibility()
        for one in types:
            self._ids[one.full_name] = self.register(one.full_name, one.schema)
        return dict(self._ids)

    def schema(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number; raises UnknownSchema."""
        known = self._schemas.get(schema_id)
        if known is None:
            answer = self._ask("GET", f"/schemas/ids/{schema_id}")
            known = self._schemas[schema_id] = _avro(answer)
        return known

    def every_schema(self) -> dict[int, dict[str, Any]]:
        """Return each version of each schema that the registry has, by its number."""
        found: dict[int, dict[str, Any]] = {}
        for subject in self._list("/subjects"):
            for version in self._list(f"/subjects/{subject}/versions"):
                answer = self._ask("GET", f"/subjects/{subject}/versions/{version}")
                found[int(answer["id"])] = json.loads(answer["schema"])
        return found

    def id_of(self, full_name: str) -> int:
        """Return the number of our schema of this type; raises UnknownSchema."""
        known = self._ids.get(full_name)
        if known is None:
            known = self._ids[full_name] = self.number_of(full_name, _ours(full_name))
        return known

    def number_of(self, full_name: str, schema: dict[str, Any]) -> int:
        """Return the number of a schema that is registered; raises UnknownSchema."""
        answer = self._ask("POST", f"/subjects/{full_name}", _body(schema))
        return int(answer["id"])

    def schema_of(self, schema_id: int) -> dict[str, Any]:
        """Return the schema of this number; raises UnknownSchema."""
        return self.schema(schema_id)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _list(self, path: str) -> list[Any]:
        response = self._request("GET", path, None)
        if response.is_success and isinstance(found := response.json(), list):
            return found
        raise RegistryError(
            f"The schema registry lists nothing at {path} (status {response.status_code}); "
            "see whether JOINEDUP_REGISTRY_URL ends in /apis/ccompat/v7 or /registry, and its log."
        )

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        return _answer(self._request(method, path, body), path)

    def _request(self, method: str, path: str, body: dict[str, str] | None) -> httpx.Response:
        retrying = Retrying(
            retry=retry_if_exception_type(_Unavailable),
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential(multiplier=0.1, max=2.0),
            reraise=True,
        )
        try:
            return retrying(self._send, method, path, body)
        except _Unavailable as reason:
            raise RegistryError(
                f"The schema registry at {self._url} did not answer ({reason}) after "
                f"{self._attempts} attempts; see whether it runs with `joinedup status`."
            ) from reason

    def _send(self, method: str, path: str, body: dict[str, str] | None) -> httpx.Response:
        try:
            response = self._client.request(method, self._url + path, json=body)
        except httpx.TransportError as error:
            raise _Unavailable(type(error).__name__) from error
        if _is_to_be_asked_again(response.status_code, path):
            raise _Unavailable(f"status {response.status_code}")
        return response


def trusting(ca_file: Path) -> ssl.SSLContext:
    """Return whom to trust over HTTPS: this authority, and those that this machine trusts.

    Raises RegistryError where it cannot be read.
    """
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(ca_file)
    except OSError:
        raise RegistryError(
            f"{ca_file} is no certificate that can be read: see JOINEDUP_KAFKA_CA_FILE."
        ) from None
    return context


def _is_to_be_asked_again(status: int, path: str) -> bool:
    # Of two who set the rule at once, or of one who was not answered and asked again, the registry
    # refuses the second.
    is_being_set = path == _CONFIG and status == _CONFLICT
    return is_being_set or status == _TOO_MANY or status >= _SERVER_ERROR


def _answer(response: httpx.Response, path: str) -> dict[str, Any]:
    answer = _json(response, path)
    # Any server answers 404 at a wrong address; only a registry adds its own code. Without this
    # distinction a mistyped address would make every message one with an unknown schema.
    if response.status_code == _NOT_FOUND and "error_code" in answer:
        raise UnknownSchema(
            f"The schema registry has nothing at {path}; register the schemas first."
        )
    if response.status_code == _CONFLICT:
        raise IncompatibleSchema(
            f"The schema registry refused the schema at {path}: some earlier version could not "
            "be read with it, or it by them; add fields with defaults, and rename nothing."
        )
    if response.is_error:
        raise RegistryError(
            f"The schema registry refused {path} with status {response.status_code}; "
            "see whether JOINEDUP_REGISTRY_URL ends in /apis/ccompat/v7 or /registry, and its log."
        )
    return answer


def _json(response: httpx.Response, path: str) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise RegistryError(
            f"What answered {path} is no schema registry; "
            "see whether JOINEDUP_REGISTRY_URL ends in /apis/ccompat/v7 or /registry."
        )
    return answer


def _avro(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer; raises UnknownSchema where it is of another kind."""
    try:
        found = json.loads(answer["schema"])
    except (KeyError, TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UnknownSchema("What has this number is no Avro schema of a record.")
    return found


def _body(schema: dict[str, Any]) -> dict[str, str]:
    return {"schema": json.dumps(schema)}


def _ours(full_name: str) -> dict[str, Any]:
    found = event_type(full_name)
    if found is None:
        raise UnknownSchema(f"There is no record type {full_name!r}; see docs/schemas.md.")
    return found.schema
