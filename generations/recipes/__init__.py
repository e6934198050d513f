"""Drafts, orders and recipes: kinds, settings, inputs, variables, chains and prices. No writes."""
