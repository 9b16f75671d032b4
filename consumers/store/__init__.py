"""The shared store in PostgreSQL: the timeline, the join's state, and what readers may see."""
