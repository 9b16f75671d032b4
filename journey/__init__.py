"""What the agencies' events mean for a child: pure, without I/O and without a clock."""
