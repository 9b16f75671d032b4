"""Topics as signed files: what an auditor takes along, and what a lost store is restored from."""
