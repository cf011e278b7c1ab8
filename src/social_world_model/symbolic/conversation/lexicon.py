"""The English by which people come, go and take leave: every phrase that the conversation reader goes by.

Phrases are patterns, looked for as whole words, case aside. What is not here is not understood.
"""

from __future__ import annotations

import re

from social_world_model.symbolic.conversation.patterns import any_of, listed

GROUPS = frozenset({"all", "everybody", "everyone", "both", "the group", "together", "all of them"})
"""Labels under which all who are there speak."""

UNKNOWN_SPEAKERS = frozenset(
    {"unknown", "unknown speaker", "unidentified", "inaudible", "somebody", "someone", "anonymous", "speaker unknown"}
)

HEADINGS = listed(
    """action agenda answer attendees background cc chapter conversation date dialogue duration edit end example from
    goal http https instructions invitees label location meeting minutes narrator note notes options participants place
    ps question re reminder scenario scene setting start subject summary time title to topic transcript update url
    warning"""
)
"""Words before a colon that are no name."""

STAGE_JOINS = any_of(
    r"(?:re-?)?join(?:s|ed)?",
    r"enter(?:s|ed)?|arrive[sd]?|return(?:s|ed)?",
    r"(?:comes?|came|is|are) back",
    r"walk(?:s|ed)? (?:back )?in|log(?:s|ged)? (?:back )?(?:in|on)",
    r"(?:was|were) added",
)
STAGE_LEAVES = any_of(
    r"leaves?|left|exit(?:s|ed)?|depart(?:s|ed)?|disconnect(?:s|ed)?",
    r"(?:goes|went|step(?:s|ped)?|walk(?:s|ed)?) (?:out|away)",
    r"(?:hangs?|hung) up|drop(?:s|ped)? off|log(?:s|ged)? (?:off|out)",
    r"(?:was|were) removed",
)
"""Verbs of stage lines: "(Dan joins)", "Kate has left the meeting"."""

STAGE_REST = re.compile(
    r"(?: (?:to |into |from )?(?:the |this |our |a )?(?:\w+ )?(?:meeting|room|call|chat|group|conversation|channel"
    r"|discussion|server|line|stream|zoom)\b.{0,60}| (?:again|now|early|late)| (?:using|via) .{0,60})?[.!]?",
    re.IGNORECASE,
)
"""What may follow them on a line without brackets; with anything else it is an account, and no stage line."""

GREETING = re.compile(
    r"^\W*(?:(?:oh|well|ah)\W+)?(?:hi+|hello|hey+|hiya|greetings|howdy|yo|good (?:morning|afternoon|evening|day))\b",
    re.IGNORECASE,
)

_BACK = (
    r"i(?:'m| am) (?:finally )?back|(?:glad|good|great|nice) to be back",
    r"(?:hello|hi|hey) again|here i am again|just (?:got )?back|back (?:again|from)|made it back",
    r"what(?:'d| did|'ve| have) i (?:just )?miss(?:ed)?|did i miss (?:much|anything|something)|before i left",
    r"(?:had|have) to step (?:out|away)|i (?:stepped|was) (?:out|away)",
)
RETURN = any_of(*_BACK)
"""What only somebody says who has been away."""

ARRIVAL = any_of(
    *_BACK,
    r"i(?:'m| am) (?:finally )?here|(?:glad|good|great|nice) to be here|where were we",
    # what has been missed
    r"(?:hope|afraid|did|have|what have|what did|what'd|what've) i(?:'m not| am not| have not| haven't| have| didn't)?"
    r" (?:really |just )?(?:miss|missed|late|interrupting|intruding|disturbing)",
    r"not (?:late|interrupting|intruding|disturbing)",
    r"miss(?:ed)? (?:out )?(?:too )?much",
    r"(?:sorry|apologi[sz]e|apologies)[^.!?]{1,30}(?:late|delay|absence|about that|gone|leave|wait|entry|arrival"
    r"|missing|missed|dropping in|cutting in|interrupt\w*|intru\w*|disappear\w*|step(?:ping|ped)? (?:away|out))",
    # may I?
    r"(?:mind|okay|ok|alright|all right) if i (?:join|jump|add|chime|butt|sit)",
    r"(?:may|can|could) i (?:join|jump|chime)",
    r"join (?:in|you|your|the (?:conversation|discussion|chat))",
    r"(?:jump|jumping|chime|chiming|butt) (?:back )?in",
    # what was heard on coming
    r"(?:couldn't|can't) help (?:but )?(?:(?:over)?hear(?:ing)?|catch(?:ing)?|notice|join|chime|pick|resonate|relate"
    r"|listen)",
    r"overhear\w*|caught (?:the|a|some|your)|catch(?:ing)? the (?:tail|last|end)",
    r"just (?:joined|arrived|walked in|came in|logged (?:in|on)|finished my|got (?:here|in|off))",
    r"i've (?:been listening in|walked into|just joined)",
)
"""What somebody says who comes, or comes back."""

WELCOME = any_of(
    r"welcome(?: back)?|hi|hello|hey",
    r"(?:good|great|nice|glad|lovely) (?:to (?:see|have) you|you(?:'re| are| could| made)|having you)",
    r"not at all|of course not|join us|jump in|feel free",
)
"""What others say to somebody who has come."""

LEAVING = any_of(
    r"excuse (?:me|myself)|take my leave|be right back|brb|gtg",
    r"(?:be|come) back (?:soon|shortly|later|in (?:a|an|one|two|five|ten|half)? ?(?:moment|minutes?|second|bit|hour))",
    r"step(?:ping)? (?:out|away|off|aside)|continue (?:on )?without me",
    r"pop (?:out|to)|(?:sign|log)(?:ging|ning)? off|mak(?:e|ing) a (?:quick )?(?:trip|call|phone call)",
    # I have to …
    r"(?:(?:have|has|need|needs|ought|going|about|got|'ve got) to|gotta|must|should|'ll|will|better)"
    r" (?:really |just |quickly |now |unfortunately |also )?(?:go|leave|run|dash|take off|attend to|pick up|duck out"
    r"|hang up|head (?:out|off|home|back)|get (?:going|back|home|off)|be (?:going|off)|(?:log|sign|drop|hop) off"
    r"|cut (?:this|it)|catch (?:a|my)|take (?:a|this|my|the|care of|an) (?:quick |short |urgent |important )?"
    r"(?:call|break|leave|phone))",
    r"i need (?:to|a)[^.!?]{1,60}(?:break|moment|call|errand)",
    r"i(?:'m| am) (?:leaving|stepping|heading (?:out|off|home)|off (?:to|now))",
    r"i(?:'m| am) going to (?:leave|head|step|take|grab|go)",
    # I hate to …
    r"(?:hate|sorry|afraid|regret) (?:to|i have to|i must|i need to)"
    r" (?:cut|dash|break|duck|leave|run|bail|go|interrupt)",
    # why
    r"unexpected visitor|someone (?:is )?at (?:my|the) door|technical (?:difficulties|problems|issues)",
)
"""What somebody says who goes."""

FAREWELL = any_of(
    r"good ?bye|bye(?:-bye)?|farewell|so long|ttyl|take care|(?:safe|happy) travels",
    r"see (?:you|ya)(?: (?:all|both|guys|later|soon|around|tomorrow|then|next))?",
    r"talk (?:to you )?(?:later|soon)|until (?:next|the next|later)|till next time",
    r"catch (?:up with )?(?:you|ya)(?: (?:all|both|guys|later))?|catch up (?:later|soon|again|with you)",
    r"have a (?:good|great|nice|lovely) (?:day|evening|night|one|time|weekend)",
    r"(?:carry|keep) (?:on|up|going|the \w+ (?:going|flowing|coming))",
    r"(?:enjoy|continue) (?:the|your|with|this) (?:chat|talk|conversation|discussion)",
    r"continue (?:this|it) (?:later|another time|some other time|next time|soon)",
)
"""What goes with it, and what others answer."""

GONE = any_of(
    r"(?:while|now that|since|with|until|till|before|when|once|as) (?P<name>\w+)(?:'s| is| has| was)? ?(?:been |just )?"
    r"(?:gone|away|out|left|leaving|off|not here|missing|comes? back|gets? back|returns?|is back|rejoins?)"
)
"""Somebody is spoken of as being away."""
