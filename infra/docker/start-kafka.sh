#!/bin/bash
# Formats Kafka's storage at the first start, with the two users that must be there before any other; then runs it.
set -eu
properties=/etc/joinedup/kafka.properties
if [ ! -e /var/lib/kafka/data/meta.properties ]; then
  /opt/kafka/bin/kafka-storage.sh format \
    --cluster-id "$(/opt/kafka/bin/kafka-storage.sh random-uuid)" \
    --config "$properties" \
    --add-scram "SCRAM-SHA-512=[name=admin,password=${KAFKA_PASSWORD_ADMIN:?}]" \
    --add-scram "SCRAM-SHA-512=[name=broker,password=${KAFKA_PASSWORD_BROKER:?}]"
fi
exec /opt/kafka/bin/kafka-server-start.sh "$properties"
