"""Reports of episodes: cells, comparisons, and the published values of the paper."""
