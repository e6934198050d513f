"""How a generation lives: transitions, leases, waiting, fairness, hints, tokens and API keys."""
