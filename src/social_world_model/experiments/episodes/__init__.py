"""Episodes of agents: play, judge, sweep, store and turn into training samples."""
