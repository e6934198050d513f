"""How a generation moves from state to state: transitions, leases, fairness, hints, tokens."""
