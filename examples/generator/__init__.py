"""Generated example networks: a district in the ledger's own layout with planted gaps, and any size for benchmarks."""
