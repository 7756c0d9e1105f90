"""Invented reports for the demonstration, and what makes them."""
