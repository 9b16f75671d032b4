"""The notifier: alerts told to people, each delivery on record before anything else knows of it."""
