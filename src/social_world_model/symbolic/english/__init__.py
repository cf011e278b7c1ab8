"""Stories in ordinary English, read with spaCy's dependency parse (extra ``english``)."""
