"""The read API: JSON over what the sinks wrote. Every read takes `as_at`."""
