"""The HTTP gateway: events in from systems that cannot speak Kafka."""
