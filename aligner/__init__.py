"""Align English and Chinese sentences."""
