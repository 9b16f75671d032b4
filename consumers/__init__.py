"""The platform listens: intake, join, relay and the store they fill."""
