"""Every way in which a client can try something on Kafka, and whether the broker refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kafka import KafkaAdminClient
from kafka.protocol.admin import (
    AlterClientQuotasRequest,
    AlterUserScramCredentialsRequest,
    CreateAclsRequest,
    CreatePartitionsRequest,
    CreateTopicsRequest,
    DeleteGroupsRequest,
    DeleteRecordsRequest,
    DeleteTopicsRequest,
    DescribeAclsRequest,
    DescribeClientQuotasRequest,
    DescribeConfigsRequest,
    DescribeGroupsRequest,
    DescribeTransactionsRequest,
    IncrementalAlterConfigsRequest,
)
from kafka.protocol.consumer import FetchRequest, HeartbeatRequest, ListOffsetsRequest
from kafka.protocol.metadata import FindCoordinatorRequest, MetadataRequest
from kafka.protocol.producer import InitProducerIdRequest, ProduceRequest
from kafka.record import MemoryRecordsBuilder

Make = Callable[[str], Any]

REFUSALS = {29, 30, 31, 53}
"""Not authorised for the topic, the group, the cluster, the transactional id."""

_TOPIC, _CLUSTER, _GROUP, _TRANSACTION = 2, 4, 0, 1
_EVERYTHING = -1
_ANY = 1


def is_refused(admin: KafkaAdminClient, request: Any) -> bool:
    """Send the request as this client's user; return whether the broker says it may not."""
    manager = admin._manager
    return bool(REFUSALS & set(_codes(manager.run(manager.send, request).to_dict())))


def _codes(answer: Any) -> Iterator[int]:
    if isinstance(answer, Mapping):
        for name, value in answer.items():
            if name == "error_code":
                yield value
            yield from _codes(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from _codes(one)


def produce(topic: str, value: bytes = b"x") -> Any:
    """Return the request that adds one record."""
    records = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=1 << 20)
    records.append(timestamp=0, key=b"999", value=value)
    records.close()
    data = ProduceRequest.TopicProduceData
    partition = data.PartitionProduceData(index=0, records=records.buffer())
    return ProduceRequest(
        transactional_id=None,
        acks=1,
        timeout_ms=5000,
        topic_data=[data(name=topic, partition_data=[partition])],
        max_version=9,
    )


def _fetch(topic: str) -> Any:
    partition = FetchRequest.FetchTopic.FetchPartition(
        partition=0, fetch_offset=0, partition_max_bytes=1000
    )
    return FetchRequest(
        max_wait_ms=0,
        min_bytes=0,
        max_bytes=1000,
        session_epoch=_EVERYTHING,
        topics=[FetchRequest.FetchTopic(topic=topic, partitions=[partition])],
        max_version=12,
    )


def _offsets(topic: str) -> Any:
    asked = ListOffsetsRequest.ListOffsetsTopic
    partition = asked.ListOffsetsPartition(partition_index=0, timestamp=-1)
    return ListOffsetsRequest(topics=[asked(name=topic, partitions=[partition])], max_version=6)


def _metadata(topic: str) -> Any:
    topics = [MetadataRequest.MetadataRequestTopic(name=topic)]
    return MetadataRequest(topics=topics, allow_auto_topic_creation=False, max_version=9)


def _delete_nothing(topic: str) -> Any:
    named = DeleteRecordsRequest.DeleteRecordsTopic
    partition = named.DeleteRecordsPartition(partition_index=0, offset=0)
    return DeleteRecordsRequest(topics=[named(name=topic, partitions=[partition])], timeout_ms=5000)


def _add_partitions(topic: str) -> Any:
    wanted = CreatePartitionsRequest.CreatePartitionsTopic(name=topic, count=99, assignments=None)
    return CreatePartitionsRequest(topics=[wanted], timeout_ms=5000, validate_only=True)


def _alter_configs(topic: str) -> Any:
    resource = IncrementalAlterConfigsRequest.AlterConfigsResource
    change = resource.AlterableConfig(name="retention.ms", config_operation=0, value="1")
    changed = resource(resource_type=_TOPIC, resource_name=topic, configs=[change])
    return IncrementalAlterConfigsRequest(resources=[changed], validate_only=True)


def _describe_configs(topic: str) -> Any:
    asked = DescribeConfigsRequest.DescribeConfigsResource(
        resource_type=_TOPIC, resource_name=topic, configuration_keys=["retention.ms"]
    )
    return DescribeConfigsRequest(resources=[asked])


def delete_topic(topic: str) -> Any:
    """Return the request that deletes a topic for good."""
    return DeleteTopicsRequest(topic_names=[topic], timeout_ms=5000, max_version=5)


ON_TOPICS: Mapping[str, tuple[Make, ...]] = {
    "DESCRIBE": (_metadata, _offsets),
    "READ": (_fetch,),
    "WRITE": (produce,),
    "DELETE": (_delete_nothing,),
    "ALTER": (_add_partitions,),
    "ALTER_CONFIGS": (_alter_configs,),
    "DESCRIBE_CONFIGS": (_describe_configs,),
}
"""By operation. None of them changes anything but WRITE, which adds a record."""


def _coordinator(kind: int) -> Make:
    return lambda name: FindCoordinatorRequest(key=name, key_type=kind, max_version=3)


ON_GROUPS: Mapping[str, tuple[Make, ...]] = {
    "READ": (lambda name: HeartbeatRequest(group_id=name, generation_id=1, member_id="none"),),
    "DESCRIBE": (lambda name: DescribeGroupsRequest(groups=[name]), _coordinator(_GROUP)),
    "DELETE": (lambda name: DeleteGroupsRequest(groups_names=[name]),),
}

ON_TRANSACTIONS: Mapping[str, tuple[Make, ...]] = {
    "WRITE": (
        lambda name: InitProducerIdRequest(
            transactional_id=name,
            transaction_timeout_ms=10_000,
            producer_id=-1,
            producer_epoch=-1,
            max_version=4,
        ),
    ),
    "DESCRIBE": (
        lambda name: DescribeTransactionsRequest(transactional_ids=[name]),
        _coordinator(_TRANSACTION),
    ),
}


def _create_topic(name: str) -> Any:
    wanted = CreateTopicsRequest.CreatableTopic(
        name=name, num_partitions=1, replication_factor=1, assignments=[], configs=[]
    )
    return CreateTopicsRequest(topics=[wanted], timeout_ms=5000, validate_only=True)


def _allow_everybody(name: str) -> Any:
    allowed = CreateAclsRequest.AclCreation(
        resource_type=_TOPIC,
        resource_name=name,
        resource_pattern_type=3,
        principal="User:nobody/at-all",
        host="*",
        operation=3,
        permission_type=3,
    )
    return CreateAclsRequest(creations=[allowed])


def _read_acls(_name: str) -> Any:
    return DescribeAclsRequest(
        resource_type_filter=_ANY,
        resource_name_filter=None,
        pattern_type_filter=_ANY,
        principal_filter=None,
        host_filter=None,
        operation=_ANY,
        permission_type=_ANY,
    )


def _lift_quota(_name: str) -> Any:
    data = AlterClientQuotasRequest.EntryData
    entity = [data.EntityData(entity_type="user", entity_name="nobody/at-all")]
    entry = data(
        entity=entity, ops=[data.OpData(key="producer_byte_rate", value=1e9, remove=False)]
    )
    return AlterClientQuotasRequest(entries=[entry], validate_only=True)


ON_THE_CLUSTER: Mapping[str, tuple[Make, ...]] = {
    "CREATE": (_create_topic,),
    "ALTER": (
        _allow_everybody,
        lambda _: AlterUserScramCredentialsRequest(deletions=[("nobody/at-all", 2)], upsertions=[]),
    ),
    "DESCRIBE": (_read_acls,),
    "ALTER_CONFIGS": (_lift_quota,),
    "DESCRIBE_CONFIGS": (lambda _: DescribeClientQuotasRequest(components=[], strict=False),),
}
"""What only the administrator may: topics, permissions, passwords, quotas."""


def number_without_transaction(_name: str) -> Any:
    """Return the request of an idempotent producer, which any writer may make."""
    return InitProducerIdRequest(
        transactional_id=None,
        transaction_timeout_ms=10_000,
        producer_id=-1,
        producer_epoch=-1,
        max_version=4,
    )
