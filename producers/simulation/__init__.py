"""Plausible histories of providers: drawn from a seed (`histories`), put through the door (`filling`)."""
