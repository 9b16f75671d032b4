"""The join: journeys in, timeline and alerts out, each exactly once."""
