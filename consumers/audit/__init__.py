"""Tamper evidence: reads sealed, chain heads signed, and both checked without the platform."""
