"""Whatever appends to the log. All of it goes through one door: an outbox in PostgreSQL and one relay."""
