"""How a process is seen from outside: its numbers, whether it is ready, and its traces."""
