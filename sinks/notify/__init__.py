"""Brings an escalation to the person who is to act: the board at once, e-mail, a signed webhook.

A delivery closes nothing: an escalation is closed by an act (requirements A7, trap 55).
"""
