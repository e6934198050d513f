"""Luma's Dream Machine API: schema, client, prices, capabilities, advice. Knows no Django."""
