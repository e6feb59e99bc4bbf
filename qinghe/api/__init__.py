"""The machines' door: JSON with keys, one error shape."""
