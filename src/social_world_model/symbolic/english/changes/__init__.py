"""Stories in which something changes, and in which a person perceives the change or does not perceive it.

The reader finds the change, and the sentence or clause that says who perceives the change. Answers compare the options
of a question with the story before the change and with the change.
"""
