"""Reads for lists: QuerySets, or one page of them."""
