"""The operating system's processes of a running studio: starting, restarting and ending them."""
