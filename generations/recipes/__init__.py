"""What is asked for: kinds, settings, inputs, variables, chains and prices. No web, no writes."""
