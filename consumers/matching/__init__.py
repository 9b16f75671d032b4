"""Records that share no identifier and may be one child: compared in memory, for people to see."""
