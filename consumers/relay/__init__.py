"""The relay: transitions from the store's outbox to the alerts topic, in sequence, each once."""
