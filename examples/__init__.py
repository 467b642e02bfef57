"""Generated example networks and the public reference data they stand on."""
