"""From a POST to an action: reading what was posted, the form, its steps, and the press."""
