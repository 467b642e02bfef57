"""How fast it is, measured side by side with peers."""
