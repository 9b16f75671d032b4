"""What is written down of each thing that happens: who was told, asked, visited and assessed."""

from producers.simulate.papers.all import write_down

__all__ = ["write_down"]
