"""The contract on the wire: what an event looks like, where it travels and how it is signed."""

from schemas.catalogue import EventType, PayloadField, event_type, event_types
from schemas.codec import Codec, Decoded, Undecodable, Unencodable
from schemas.registry import MemoryRegistry, Registry, RegistryError, SchemaIds, UnknownSchema
from schemas.topics import TopicSet, TopicSpec
from schemas.validation import Problem, problems

__all__ = [
    "Codec",
    "Decoded",
    "EventType",
    "MemoryRegistry",
    "PayloadField",
    "Problem",
    "Registry",
    "RegistryError",
    "SchemaIds",
    "TopicSet",
    "TopicSpec",
    "Undecodable",
    "Unencodable",
    "UnknownSchema",
    "event_type",
    "event_types",
    "problems",
]
