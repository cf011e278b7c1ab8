"""Adapters to other software. Each module imports the other software when it is first used."""
