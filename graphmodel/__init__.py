"""What exists: schema, values, policy, network, changes and stores."""
