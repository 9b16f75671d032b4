"""Safeguarding leads see what is missing and act on it: the web application."""
