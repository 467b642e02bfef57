"""How it is reached: the command line and HTTP over one workspace."""
