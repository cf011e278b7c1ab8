"""The words that the reader of changes knows. All lists contain lemmas in lower case."""

from __future__ import annotations

from social_world_model.symbolic.conversation.patterns import listed

PERCEIVING = listed(
    "see notice hear observe witness spot sense realize realise discover learn feel smell taste detect recognize"
    " recognise check inspect overhear watch know understand perceive find"
    " read view examine encounter aware conscious idea clue knowledge"
)
"""Verbs and adjectives that say that a person perceives something or knows it."""
ENABLING = listed("fail manage able unable get come happen")
"""Words before the infinitive of a perception that takes place, or that fails: "manages to see"."""
TELLING = listed("tell inform warn alert notify show")
"""Verbs whose object learns something."""
NEGATIONS = listed("not n't never no without hardly barely fail unable nobody neither nor")
UNAWARE = listed(
    "unaware oblivious unknowingly unwittingly unnoticed unseen unbeknownst unsuspecting miss overlook asleep absent"
)
"""Words that deny a perception without a negation."""
REFERRING = listed("change happen event occur incident switch swap exchange mistake accident difference time")
"""Words that can refer to any change."""
THINKING = listed(
    "want wish hope intend plan like love hate dislike need desire dream believe think assume suppose expect prefer"
)
"""Verbs of mental states."""
STATIVE = listed("be seem appear look contain have hold remain stay lie stand sit exist belong smell taste feel")
"""Verbs that describe a state. A sentence with another verb describes an event."""
CONTRAST = listed(
    "however suddenly meanwhile unexpectedly accidentally overnight but though although unfortunately mistakenly later"
)
"""Words that introduce a change."""
DURING = listed("while when as whilst before after until once since")
"""Conjunctions of a clause about another action at the time of a change."""

STARTING = listed("continue begin start proceed")
"""Words of an action that follows the plan."""
REACTING = listed(
    "another new different alternative other else instead again back first before until replace swap switch change"
    " repair fix clean dry wait postpone delay cancel avoid stop search find look check inspect examine test adjust"
    " return retrieve recover remove discard throw ask tell inform notify report call warn try"
    " refill reorder choose buy"
)
"""Words of an action that reacts to a change."""

MEANINGFUL = listed("on off empty full whole out less first last")
"""Stop words of spaCy that can describe a state."""
