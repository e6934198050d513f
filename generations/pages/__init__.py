"""What pages show: objects for templates. No writes and no request."""
