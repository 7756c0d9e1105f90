"""The real Kafka, schema registry and PostgreSQL on one machine, without containers and without root."""
