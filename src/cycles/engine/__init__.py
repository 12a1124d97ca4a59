"""What happens to one cycle: pure rules, without clock, chance or I/O."""
