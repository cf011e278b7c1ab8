"""The phrases with which people arrive, leave and say goodbye. The conversation parser knows no other phrases.

Phrases are regular expressions that match whole words and ignore case.
"""

from __future__ import annotations

import re

from social_world_model.symbolic.conversation.patterns import any_of, listed

GROUPS = frozenset({"all", "everybody", "everyone", "both", "the group", "together", "all of them", "they", "they all"})
"""Labels for an utterance that all people in the conversation say together."""

UNKNOWN_SPEAKERS = frozenset(
    {"unknown", "unknown speaker", "unidentified", "inaudible", "somebody", "someone", "anonymous", "speaker unknown"}
)

HEADINGS = listed(
    """absent action agenda answer apologies attendees background cc chair chapter conversation date dialogue duration
    edit else end error example from goal host http https instructions invitees label location meeting minutes narrator
    note notes options participants place present ps question re recorder reminder scenario scene setting start subject
    summary system time title to topic traceback transcript update url warning"""
)
"""Words that are not names, although a colon follows."""

STAGE_JOINS = any_of(
    r"(?:re-?)?join(?:s|ed)?|is joining",
    r"enter(?:s|ed)?|arrive[sd]?|return(?:s|ed)?|appear(?:s|ed)?|connect(?:s|ed)?",
    r"(?:comes?|came|is|are|gets?|got) back",
    r"(?:comes?|came|drops?|dropped|pops?|popped|walks?|walked|runs?|ran) (?:back )?(?:in|on)",
    r"(?:dials?|dialled|logs?|logged) (?:back )?(?:in|on)",
    r"(?:shows?|showed|turns?|turned) up|(?:gets?|got) on",
    r"(?:was|were) (?:added|invited)",
)
STAGE_LEAVES = any_of(
    r"leaves?|left|exit(?:s|ed)?|depart(?:s|ed)?|quits?|dropped|is gone|goes home",
    r"(?:was |were |is |gets? )?disconnect(?:s|ed)?",
    r"(?:goes|went|steps?|stepped|walks?|walked|heads?|headed) (?:out|off|away|outside)",
    r"(?:runs?|ran|rushes|rushed|storms?|stormed) (?:out|off|away|outside)",
    r"(?:hangs?|hung) up|(?:drops?|dropped|signs?|signed|logs?|logged) (?:off|out)|(?:goes|went) offline",
    r"(?:was|were) (?:removed|kicked)|(?:takes?|took) a call",
)
"""Verbs of stage lines: "(Dan joins)", "Kate has left the meeting"."""

STAGE_ADDS, STAGE_REMOVES = any_of(r"(?:has |have )?(?:added|invited)"), any_of(r"(?:has |have )?(?:removed|kicked)")
"""Verbs for adding and removing other people."""

STAGE_ADVERBS = re.compile(
    r"^(?:(?:has|have|had|all|both|just|then|now|also|again|finally|\w{2,12}ly) )*", re.IGNORECASE
)
"""Words that are allowed between a name and the verb of a stage line."""

STAGE_OPENINGS = listed("then now later meanwhile suddenly finally again afterwards soon next the")

STAGE_DOUBT = any_of(
    r"not|never|no longer|doesn't|didn't|hasn't|isn't|won't|can't",
    r"about to|wait(?:s|ing)?|wants?|will|going to|tries|almost|yet|except|before|until|if|when|should|would|may|might",
)
"""Words that make a stage line uncertain or negated."""

STAGE_REST = re.compile(
    r"(?: (?:to |into |from |in |of )?(?:the |this |our |a )?(?:\w+ )?"
    r"(?:meeting|room|call|chat|group|conversation|channel|discussion|server|line|stream|zoom|table|door)\b.{0,60}"
    r"| (?:again|now|early|late|too)| (?:using|via|for|with) .{0,60}|:? ?)?[.!]?",
    re.IGNORECASE,
)
"""Words that are allowed after the verb of a stage line. Other words make the line a note, as in "Cy left his keys"."""

GREETING = re.compile(
    r"^\W*(?:(?:oh|well|ah)\W+)?(?:hi+|hello|hey+|hiya|greetings|howdy|yo|good (?:morning|afternoon|evening|day))\b"
    r"|^\W*back(?=[.!,]|$)",
    re.IGNORECASE,
)

_BACK = (
    r"i(?:'m| am) (?:finally )?back(?! (?:at|in|on|to))",
    r"(?:glad|good|great|nice) to be back|(?:and |ok(?:ay)? |right )?(?:here i am|back) again",
    r"just got back|made it back",
    r"what(?:'d| did|'ve| have) i (?:just )?miss(?:ed)?|did i miss (?:much|anything|something)",
    r"(?:sorry|apologies)[^.!?]{1,30}(?:had to (?:step|leave|go|run)|stepped (?:out|away))",
)
RETURN = any_of(*_BACK)
"""Phrases that only a returning person says."""

ARRIVAL = any_of(
    *_BACK,
    r"(?:hello|hi|hey) again|back (?:again|from|now)|just back|before i left|(?:had|have) to step (?:out|away)",
    r"i(?:'m| am) (?:finally )?(?:here|back)|(?:glad|good|great|nice) to be here|where were we",
    # asking about missed topics
    r"(?:hope|afraid|did|have|what have|what did|what'd|what've) i(?:'m not| am not| have not| haven't| have| didn't)?"
    r" (?:really |just )?(?:miss|missed|late|interrupting|intruding|disturbing)",
    r"not (?:late|interrupting|intruding|disturbing)",
    r"miss(?:ed)? (?:out )?(?:too )?much",
    r"(?:sorry|apologi[sz]e|apologies)[^.!?]{1,30}(?:late|delay|absence|about that|gone|leave|wait|entry|arrival"
    r"|missing|missed|dropping in|cutting in|interrupt\w*|intru\w*|disappear\w*|step(?:ping|ped)? (?:away|out))",
    # asking for permission
    r"(?:mind|okay|ok|alright|all right) if i (?:join|jump|add|chime|butt|sit)",
    r"(?:may|can|could) i (?:join|jump|chime)",
    r"join (?:in|you|your|the (?:conversation|discussion|chat))",
    r"(?:jump|jumping|chime|chiming|butt) (?:back )?in",
    # overhearing
    r"(?:couldn't|can't) help (?:but )?(?:(?:over)?hear(?:ing)?|catch(?:ing)?|notice|join|chime|pick|resonate|relate"
    r"|listen)",
    r"overhear\w*|caught (?:the|a|some|your)|catch(?:ing)? the (?:tail|last|end)",
    r"just (?:joined|arrived|walked in|came in|logged (?:in|on)|finished my|got (?:here|in|off))",
    r"i've (?:been listening in|walked into|just joined)",
)
"""Phrases of a person who arrives or returns."""

WELCOME = any_of(
    r"welcome(?: back)?|hi|hello|hey",
    r"(?:good|great|nice|glad|lovely) (?:to (?:see|have) you|you(?:'re| are| could| made)|having you)",
    r"not at all|of course not|join us|jump in|feel free",
)
"""Phrases that others say to a person who has arrived."""

_MUST = (
    r"(?:i(?:'ve| have)?(?: really| just| unfortunately)? (?:have|need|ought|got)(?: to)?"
    r"|i(?:'ve| have) got to|gotta|got to|i must|i should|i(?:'d| had) better|it's time (?:for me )?to"
    r"|i(?:'m| am) (?:about|going|afraid i have|afraid i need) to|i(?:'ll| will)(?: have to| need to)?"
    r"|(?:have|has|need|needs) to)(?: to)? (?:really |just |quickly |now |unfortunately |also )?"
)
"""Variants of "I must" and "I have to"."""

_ITS = r"(?:my|your|his|her|their|its|it|him|them|you)"
LEAVING = any_of(
    r"excuse (?:me|myself)(?! for)|excuse me for a|take my leave|be right back|brb|gtg|g2g|afk|(?:sign|logg)ing off",
    r"(?:be|come) back (?:soon|shortly|later)",
    r"(?:be|come) back in (?:a|an|one|two|five|ten|half)? ?(?:moment|minutes?|second|sec|bit|hour)",
    r"give me (?:a|one|two|five|ten) (?:minutes?|moment|sec(?:ond)?s?)|continue (?:on )?without me|duty calls",
    r"(?:i|me|to) (?:just |quickly )?(?:need to |have to |must |to )?(?:step(?:ping)?|pop(?:ping)?)"
    r" (?:out|away|off|aside|to)",
    # obligations
    rf"{_MUST}go(?! (?:to \w+ )?(?:next|tomorrow|every|often))",
    rf"{_MUST}(?:run|dash|head (?:out|off|home|back)|get (?:going|back|home|off)|be (?:going|off))",
    rf"{_MUST}(?:leave(?! {_ITS})|take off|attend to|pick up|duck out|hang up|cut (?:this|it)|catch (?:a|my))",
    rf"{_MUST}(?:log|sign|drop|hop) off",
    rf"{_MUST}(?:make|take|have|grab|answer|return) (?:a|an|this|that|my|the) (?:\w+ )?"
    r"(?:call|break|leave|phone|trip|snack|walk|nap)",
    r"(?:need|have|got) to take care of|i(?:'d| had) better (?:take|get) (?:this|that)",
    r"i need (?:to|a)[^.!?]{1,60}(?:break|moment|call|errand)",
    r"i(?:'m| am) (?:leaving|stepping (?:out|away)|heading (?:out|off|home)|going to bed)",
    r"i(?:'m| am) off(?: to| now|(?=\s*[.!,]|$))",
    # regrets
    r"(?:hate|sorry|afraid|regret) (?:to|i have to|i must|i need to)"
    r" (?:cut|dash|break|duck|leave|run|bail|go|interrupt)",
    # reasons
    r"unexpected visitor|someone (?:is )?at (?:my|the) door|technical (?:difficulties|problems|issues)",
    r"my (?:battery|phone) is dying",
)
"""Phrases of a person who is about to leave."""

FAREWELL = any_of(
    r"good ?bye|bye(?:-bye)?|farewell|so long|ttyl|take care(?! of)|(?:safe|happy) travels",
    r"see (?:you|ya)(?: (?:all|both|guys|later|soon|around|tomorrow|then|next))?",
    r"talk (?:to you )?(?:later|soon)|until (?:next|the next|later)|till next time",
    r"catch (?:up with )?(?:you|ya)(?: (?:all|both|guys|later))?|catch up (?:later|soon|again|with you)",
    r"have a (?:good|great|nice|lovely) (?:day|evening|night|one|time|weekend)",
    r"(?:carry|keep) (?:on|up|going|the \w+ (?:going|flowing|coming))",
    r"(?:enjoy|continue) (?:the|your|with|this) (?:chat|talk|conversation|discussion)",
    r"continue (?:this|it) (?:later|another time|some other time|next time|soon)",
)
"""Phrases of farewell, by the person who leaves and by the others."""

GONE = any_of(
    r"(?:while|now that|since|with|until|till|before|when|once|as) (?P<name>\w+)(?:'s| is| has| was)? ?(?:been |just )?"
    r"(?:gone|away|out|left|leaving|off|not here|missing|comes? back|gets? back|returns?|is back|rejoins?)"
)
"""Phrases about an absent person."""

GONE_JUST_NOW = any_of(
    r"(?:while|now that|since) (?:he|she|they)(?:'s|'re| is| are| has| have)? (?:been )?"
    r"(?:gone|away|out|left|off|at the \w+)"
)
"""Phrases with a pronoun for the person who spoke in the preceding line and is now absent."""
