"""Views of the work, by what they show."""
