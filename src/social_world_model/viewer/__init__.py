"""The viewer: contexts, runs and items as pages in a browser, or as one file."""
