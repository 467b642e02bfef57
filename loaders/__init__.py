"""How tables get in and out: readers, one validator, writers."""
