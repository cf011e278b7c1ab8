"""The phrases with which people arrive, leave and say goodbye. The conversation parser knows no other phrases.

Phrases are regular expressions that match whole words and ignore case.
"""

from __future__ import annotations

import re

from social_world_model.symbolic.conversation.patterns import Phrases, about_someone, any_of, listed

GROUPS = frozenset({"all", "everybody", "everyone", "both", "the group", "together", "all of them", "they", "they all"})
"""Labels for an utterance that all people in the conversation say together."""

UNKNOWN_SPEAKERS = frozenset(
    {"unknown", "unknown speaker", "unidentified", "inaudible", "somebody", "someone", "anonymous", "speaker unknown"}
)

HEADINGS = listed(
    """absent action agenda answer apologies attendees background cc chapter conversation date dialogue duration
    edit else end error example from goal http https instructions invitees label location meeting minutes narrator
    note notes options participants place present ps question re recorder reminder scenario scene setting start subject
    summary system time title to topic traceback transcript update url warning"""
)
"""Words that are not names, although a colon follows."""

ROLES = frozenset({"chair", "host"})
"""Words that are a role of a person if they stand before at least two lines."""

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

RETURN = Phrases(*_BACK)
"""Phrases that only a returning person says."""

ARRIVAL = Phrases(
    *_BACK,
    r"(?:hello|hi|hey) again|back (?:again|from|now)",
    r"i(?:'m| am) (?:finally )?(?:here|back)|(?:glad|good|great|nice) to be here",
    # asking about missed topics
    r"(?:hope|afraid|did|have|what have|what did|what'd|what've) i(?:'m not| am not| have not| haven't| have"
    r"| didn't)?"
    r" (?:really |just )?(?:miss|missed|late|interrupting|intruding|disturbing)",
    r"(?:sorry|apologi[sz]e|apologies)[^.!?]{1,30}(?:late|delay|stuck|held up|traffic|absence|about that|gone"
    r"|leave|wait|entry|arrival"
    r"|missing|missed|dropping in|cutting in|interrupt\w*|intru\w*|disappear\w*|step(?:ping|ped)? (?:away|out))",
    # asking for permission
    r"(?:mind|okay|ok|alright|all right) if i (?:join|jump|add|chime|butt|sit)",
    r"join (?:in|you|your|the (?:conversation|discussion|chat))",
    # overhearing
    r"(?:couldn't|can't) help (?:but )?(?:(?:over)?hear(?:ing)?|catch(?:ing)?|notice|join|chime|pick|resonate|relate"
    r"|listen)",
    r"overhear\w*",
    r"just (?:joined|arrived|walked in|came in|logged (?:in|on)|got (?:here|in|off))",
    r"i've (?:been listening in|walked into|just joined)",
)
"""Phrases of a person who arrives or returns."""

LATE = Phrases(
    *_BACK,
    r"(?:sorry|apolog\w+)[^.!?]{1,30}(?:late|delay|stuck|held up|traffic)",
    r"(?:i'm|am i) (?:late|too late)|just (?:arrived|got here)",
)
"""Phrases of a person who arrives, also if only one other person has spoken."""

COME_IN = Phrases(
    r"come (?:on |right )?in|there you are|you made it|good of you to come|pull up a chair|take a seat|have a seat"
)
"""Phrases that others say to a person who has just arrived, also without a greeting."""

MEETS = Phrases(
    r"welcome|(?:good|great|nice|glad|lovely|pleased|pleasure) (?:to )?(?:meet|see|have|be)\w*", r"how are you"
)
"""Phrases in the greetings at the beginning of a conversation."""

WELCOME = Phrases(
    r"welcome(?: back)?|hi|hello|hey",
    r"(?:good|great|nice|glad|lovely) (?:to (?:see|have) you|you(?:'re| are| could| made)|having you)",
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

LEAVING = Phrases(
    r"excuse (?:me|myself)(?! for)|excuse me for a|gtg|g2g|(?:sign|logg)ing off",
    r"(?:be|come) back (?:soon|shortly|later)",
    r"(?:be|come) back in (?:a|an|one|two|five|ten|half)? ?(?:moment|minutes?|second|sec|bit|hour)",
    r"give me (?:a|one|two|five|ten) (?:minutes?|moment|sec(?:ond)?s?)",
    r"(?:i|me|to) (?:just |quickly )?(?:need to |have to |must |to )?(?:step(?:ping)?|pop(?:ping)?)"
    r" (?:out|away|off|aside|to)",
    # obligations
    rf"{_MUST}go(?! (?:to \w+ )?(?:next|tomorrow|every|often))",
    rf"{_MUST}(?:run|dash|jump|drop|bounce|scoot|hop|head (?:out|off|home|back)|get (?:going|back|home|off)"
    rf"|be (?:going|off))",
    rf"{_MUST}(?:leave(?! {_ITS})|take off|attend to|pick up|duck out|hang up|cut (?:this|it)|catch (?:a|my))",
    rf"{_MUST}(?:log|sign|drop|hop) off",
    rf"{_MUST}(?:make|take|have|grab|answer|return) (?:a|an|this|that|my|the) (?:\w+ )?"
    r"(?:call|break|leave|phone|trip|snack|walk|nap)",
    r"(?:need|have|got) to take care of",
    r"i(?:'m| am) (?:leaving(?= (?:now|early|you|already)|\W*$|[.!,])|stepping (?:out|away)|heading (?:out|off"
    r"|home))",
    r"i(?:'m| am) off(?: to| now|(?=\s*[.!,]|$))",
    # regrets
    r"(?:hate|sorry|afraid|regret) (?:to|i have to|i must|i need to)"
    r" (?:cut|dash|break|duck|leave|run|bail|go|interrupt)",
    # reasons
    r"someone (?:is )?at (?:my|the) door|technical (?:difficulties|problems|issues)|my (?:battery|phone) is dying",
)
"""Phrases of a person who is about to leave."""

_GOING = (
    r"(?:i'll|i will|i'm (?:going to|gonna|off to|about to)|going to|gonna|let me|i (?:need|have|want|ought) to"
    r"|gotta|have to"
    r"|need to|must|i should|i'd better)(?: just| quickly| have to| need to| go| and)*"
)

_PLACE = r"the (?:\w+ )?(?:kitchen|car|garage|cellar|basement|attic|shed|other room|next room|hall|garden)"

ERRAND = Phrases(
    r"(?:be )?right back|brb|afk|back in (?:a|an|one|two|five|ten|half|\d+)(?: \w+)?",
    rf"{_GOING} (?:get|answer|see to|open) the (?:front )?(?:door|doorbell|phone|intercom)|(?:i'll|let me) see who",
    rf"{_GOING} (?:run|go|nip|pop|dash|head|step)(?: out| down| over| up)? (?:and|to) (?:get|buy|fetch|grab|pick"
    rf"|check|see)",
    rf"{_GOING} (?:go (?:and )?(?:get|fetch|check|see|make|put|look|find|wash|change|help|grab|feed|move|let)|fetch)",
    rf"{_GOING} (?:get|grab|check)[^.!?]{{1,30}} (?:from|in) {_PLACE}|(?:i'll|let me) check on",
    r"(?:need|have|got|gotta|going|off|popping|nipping|running|dashing|heading|just|quickly?|pop|nip|run|use|to)"
    r"(?: to)?(?: use| visit)? the (?:bathroom|loo|toilet|restroom|ladies|gents|washroom)",
    r"(?:bathroom|bio|toilet|loo|smoke|cigarette) break|nature calls|need (?:some|a bit of) (?:fresh )?air",
    r"(?:i'm|i'll|i am|i need to|i have to|gotta|must|let me|to) (?:just )?(?:go |going |off |pop |nip |step "
    r"|head |popping "
    r"|nipping |stepping |heading )+(?:out |outside |down )?for (?:a|some) (?:quick )?(?:smoke|cigarette|fag"
    r"|breath|air"
    r"|fresh air)",
    r"(?:take|get|answer|pick up) (?:this|that|the|my)(?: \w+)? (?:call|phone)|(?:need|have) to take this",
)
"""Phrases of a person who goes away for a short time, and says nothing until the return."""

BEDTIME = Phrases(
    r"(?:i|i'm|i am|i'll|i've|me|gotta|gonna|time to)\b[^.!?]{0,25} (?:off|going|heading|go) to bed",
    r"i'm (?:off|going|heading) to bed|(?:^|[.!?,] )off to bed(?! with you| you)|turning in"
    r"|hit(?:ting)? the (?:hay|sack)|night,? (?:all|everyone|folks)",
)
"""Phrases of a person who goes to bed."""

ASLEEP = re.compile(r"^\W*(?:z{2,}|\*?(?:snor|sleep)\w*\*?)[\W z]*$", re.IGNORECASE)
"""An utterance of a person who sleeps."""

MAY_GO = Phrases(
    r"(?:out|outside|away|off) for (?:a|one|two|five|ten) (?:minutes?|moment|sec(?:ond)?s?|bit)",
    r"(?:hold|hang) on|(?:one|just a|give me a|wait a) (?:sec|secs|second|seconds|moment|minute)|excuse me"
    r"|nature calls",
    rf"{_GOING} (?:walk|get|check|see|put|make|fetch|open|look|wash|feed|take|grab|pick|run|go|jump|leave|answer"
    rf"|turn|help"
    r"|find|move|change|step|pop|lie|sleep|rest|call|phone|ring|load|empty|hang|close|shut|switch|water|drop|deal"
    r"|save|stop)",
    r"i'm going (?:to|out|down|up|over)(?: to)? the|(?:doorbell|bell|phone)(?:'s| is)? ringing|(?:knocking"
    r"|boiling|burning)"
    r"|(?:there's|that's|that was|there goes) (?:the|my|our) (?:\w+ )?(?:bell|doorbell|phone|door|taxi|oven|timer"
    r"|baby)",
    r"(?:left|forgot) my \w+ (?:in|at|on)|quick(?:ly)? (?:call|errand)",
)
"""Phrases of a person who perhaps goes away for a short time."""

THIRD_PERSON = any_of(r"he|she|him|her|his|hers")

DEAFENS = Phrases(
    r"(?:put|putting|have|wear|wearing|with) (?:on )?my (?:\w+ )?(?:headphones|earphones|earbuds|ear ?plugs"
    r"|airpods)(?: on| in)?",
    r"(?:i'll|i'm going to|going to|gonna|let me|need to|need|have) (?:just )?(?:take |have )?(?:a )?(?:nap"
    r"|snooze|lie down)"
    r"|close my eyes",
)
"""Phrases of a person who probably will not hear the others."""

MISSED = Phrases(
    r"you (?:just )?(?:cut|broke|dropped|faded|froze)(?: out| up| off)?|(?:i )?(?:just )?lost you"
    r"|you(?:'re| are| were) (?:breaking|cutting|fading) (?:up|out|off)",
    r"(?:didn't|couldn't|did not|could not) (?:hear|catch|get) (?:any of |all of |a word of |most of )?"
    r"(?:that|you|what you|it|the last|any of)|missed (?:that|the last|what you)",
    r"(?:your|my) (?:sound|audio|voice|mic|microphone|connection|headset|line|screen|video) (?:just )?"
    r"(?:was|went|cut|dropped|broke|died|froze|is gone)",
)
"""Phrases of a person who did not hear the preceding turn."""

OVERHEARD = Phrases(
    r"i(?:'ve| have| can| could| did)?(?: still| all)? (?:hear|heard) (?:that|you|everything|all|it|every word)",
    r"i'm (?:still|right) here|still (?:here|listening)|i'm listening",
)
"""Phrases of a person who was there, although others may not have expected it."""

_SENDS = (
    r"(?:off to bed|bedtime|time for bed|up you go|off you go|go(?: and)? (?:get|fetch|see|check|look|wash|brush"
    r"|find|buy|put|feed|let)|go (?:outside|upstairs"
    r"|downstairs|home)"
    r"|go to (?:bed|your room)|go to the (?:\w+ )?ROOM|fetch|see who|run (?:to|and|up|down|out|over|along"
    r"|upstairs|downstairs|outside)|nip"
    r"|step (?:out|outside|away)|leave us|wait outside|walk the dog|wash your|brush your|cover your ears"
    r"|give us (?:a|some|two"
    r"|five|ten)"
    r" (?:minutes?|moment|privacy|sec\w*)|(?:answer|get) the (?:door|phone|post|mail)"
    r"|take the (?:dog|trash|bins?|rubbish|garbage) |put (?:on )?your (?:headphones|earphones|headset|earbuds)"
    r"|(?:get|grab|bring|take|pick)[^.!?]{1,40} (?:from|in|to|at) the (?:\w+ )?ROOM)"
).replace(
    "ROOM",
    r"(?:kitchen|shop|store|car|garage|cellar|basement|attic|shed|garden|other room|next room|hall|office"
    r"|post office)",
)

REQUEST = Phrases(
    rf"(?:can|could|would|will) (?:you|one of you|somebody|someone) (?:please |just |quickly |two )*{_SENDS}",
    rf"(?:please|now|just|quickly) {_SENDS}|(?:i )?(?:need|want) you to {_SENDS}",
)

ORDER = re.compile(rf"(?:^|[.!?,]\s+){_SENDS}(?![^\W_])".replace(" ", r"\s+"), re.IGNORECASE)
"""Requests and orders that send a person away."""

ASKS_A_FAVOUR = any_of(
    r"(?:can|could|would|will) you(?! (?:excuse|hear|see|all|believe|imagine|tell|say|repeat|explain))|please"
)
"""Requests that perhaps send a person away."""

CONFIRMS = re.compile(r"^\W*(?:yes|yeah|yep|yup|no|nope|nah|sure|deeply|like a|for an? hour|out like)\b", re.IGNORECASE)
"""First words of a clear answer to a question about a person, as in "Is she asleep?", "Can he hear us?"."""

AGREES = re.compile(
    r"^\W*(?:sure|ok(?:ay)?|fi+ne|ugh|yes|yep|yeah|yup|on it|right away|of course|will do|done|no problem|all ?right"
    r"|coming up"
    r"|got it|on my way|i'll (?:go|do it|get (?:it|them|that|her|him))|in a (?:sec|minute|moment)|i'm on it|going"
    r"|gladly|aye|right|no worries|be right back|do i have to)\b",
    re.IGNORECASE,
)
"""First words of a person who does what others ask."""

FAREWELL = Phrases(
    r"good ?bye|bye(?:-bye)?|good ?night|(?<!\w\s)night(?=[,.!]| night)|sleep tight|farewell|so long|ttyl"
    r"|take care(?! of)"
    r"|safe travels|(?:drive|ride|travel|get home|come home) (?:safe|safely|carefully)",
    r"see (?:you|ya)(?: (?:all|both|guys|later|soon|around|tomorrow|then|next))?",
    r"talk (?:to you )?(?:later|soon)|until (?:next|the next|later)",
    r"catch (?:up with )?(?:you|ya)(?: (?:all|both|guys|later))?|catch up (?:later|soon|again|with you)",
    r"have a (?:good|great|nice|lovely) (?:day|evening|night|one|time|weekend)",
    r"(?:carry|keep) (?:on|up|going|the \w+ (?:going|flowing|coming))",
    r"(?:enjoy|continue) (?:the|your|with|this) (?:chat|talk|conversation|discussion)",
)
"""Phrases of farewell, by the person who leaves and by the others."""

_IS = r"(?:'s|'re| is| are)"

_END = r"(?=\W*$| ?[.!,;:?…–]| (?:back|home|over|in|up|down|now|soon|along|this|any)\b)"

GREETS_ALL = re.compile(
    r"^\W*(?:(?:oh|well|ah)\W+)?(?:hi+|hello|hey+|hiya|good (?:morning|afternoon|evening|day)|evening|morning)"
    r"(?:\s*[.!,]*\s*$|\s*[!.]|,?\s+(?:all|everyone|everybody|folks|guys|both|you (?:two|three|all|guys)|there|team"
    r"|people|family|ladies|boys|girls)\b)",
    re.IGNORECASE,
)
"""A greeting to everybody. After other people have talked, such a greeting is an arrival."""

MAYBE_ARRIVAL = Phrases(
    r"what(?:'s| is| are) (?:you|going on|so funny|up|the plan|all this|everyone|we|this about|happening|everybody)",
    r"what(?:'re| were) you (?:two|all|guys|both|lot)|am i (?:late|interrupting|too late)"
    r"|i made it",
    r"traffic|it's (?:cold|raining|freezing) (?:out|outside)",
)
"""Phrases of a person who may have arrived."""

CONTINUES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|no|nope|nah|ok(?:ay)?|sure|right|true|exactly|indeed|really|agreed|same|me too"
    r"|ha(?:ha)+|lol"
    r"|wow|great|good|nice|cool|fine|thanks|thank you|i (?:see|agree|think so|know|heard|did|do|will|can)|got it"
    r"|noted"
    r"|of course|absolutely|definitely|totally|so|but|and|or|well|that|it|they|which|because|then|not|what about"
    r"|how about"
    r"|why|when|where|which|who|count me in|i'm in|sounds|maybe|perfect|understood|will do|oh|ah|hm+|mm+|let's)\b",
    re.IGNORECASE,
)
"""First words of a person who continues what others say."""

KEPT_FROM = about_someone(
    r"(?:don't|do not|never|not|mustn't|shouldn't|can't|won't) (?:you )?(?:ever |dare |please )?"
    r"(?:tell|mention [^.!?,]{1,30} to|say (?:a word|a thing|anything|it|this|that) to) {who}",
    r"(?:don't|do not|never) (?:ever |you )?let {who} (?:know|hear|find out|see|in on)|(?:not a|no) word to {who}",
    r"{who} (?:mustn't|must not|must never|can't|cannot|shouldn't|should not|may not) (?:know|hear|find out|suspect)",
    r"(?:keep|keeping|hide|hiding|hid) (?:it|this|that|them|(?:the|my|our) \w+)(?: a secret| secret)? from {who}",
    r"(?:a|big|little) surprise for {who}|surprise party for {who}|behind {who}'s back",
    r"without {who} (?:knowing|noticing|finding out|hearing)|before {who} (?:finds? out|notices?|hears?)",
)
"""Phrases of people who keep something from an absent person."""

EXPECTED = about_someone(
    r"(?:before|until|till|as soon as|by the time) {who}(?:'s| is| has)? (?:gone|left|gets?|got|comes?|arrives?"
    r"|joins?|returns?"
    r"|shows? up|walks? in|back|here|wakes?|rejoins?|come)",
    r"(?:when|once) {who}(?:'s| is| has)? (?:gets? (?:here|back|home|in)|comes? (?:back|in|home)|arrives?|returns?"
    r"|rejoins?|is back|back|here)",
    rf"here comes {{who}}|i (?:can )?(?:hear|see) {{who}} (?:coming|on the|at the|in the)"
    rf"|{{who}}{_IS} (?:already |just )?coming{_END}",
    rf"{{who}}{_IS} (?:already |just )?(?:on (?:his|her|their|the) way{_END}|about to (?:arrive|come|join|walk|get)"
    r"|almost here|nearly here|running late|not here|not back|heading over|at the door)",
    r"{who} (?:isn't|aren't|is not) (?:here|coming|joining|back|around)|{who} (?:couldn't|could not) (?:make|be"
    r"|join)",
    r"{who}(?:'ll| will) (?:be (?:here|late|back|along)|join (?:us )?(?:later|soon|in))|wait(?:ing)? for {who}",
    r"where(?:'s| is| are) {who}(?=\W*$| ?[.!?])",
)
"""Phrases about a person who has not arrived yet."""

AWAY = about_someone(
    rf"(?:while|now that|since|as long as) {{who}}(?:{_IS}| has| was)? ?(?:been |still |just |already )?(?:gone"
    rf"|away|out"
    r"|off|left|leaving|not (?:here|around|listening)|at the \w+|in the \w+|in bed|on the phone|on (?:a|that|his"
    r"|her) call"
    r"|busy|upstairs|downstairs|outside|missing|(?:fetch|gett|mak|park|smok|tak)ing)",
    r"with {who} (?:gone|away|out|off|asleep|outside|upstairs)|is {who} gone|{who} just (?:left|stepped out|hung up)",
    r"{who}(?:'s| has| is) (?:just |already |finally )?(?:left(?! (?:his|her|their|the|a|an|my|your|us|me|some)\b)"
    r"|stepped (?:out|away)|gone|hung up|logged off|away|disconnected|out of (?:earshot|the (?:room|house|way)))"
    r"(?! (?:through|mad|crazy|wrong)\b)",
    rf"{{who}}{_IS} (?:still |just |already )?(?:in (?:the (?:shower|bath|bathroom|loo|toilet|garden|garage"
    rf"|cellar|attic"
    r"|car|kitchen)|bed)|upstairs|downstairs|outside|at (?:work|school))",
    r"without {who}(?=\W*$| ?[.!,;:?–])",
)
"""Phrases about a person who has left."""

DEAF = about_someone(
    rf"{{who}}(?:{_IS}| has) (?:just |already |finally |still )?(?:fallen asleep|(?:fast |sound )?asleep|sleeping"
    r"|been (?:asleep|sleeping)|snoring|dozed off|dozing|nodded off|napping|passed out|out cold|out like a light"
    r"|drifted off|not listening)",
    r"{who} (?:fell asleep|falls asleep|sleeps)|{who} (?:dozed|dozes|nodded|nods|drifted|drifts|passed) (?:off|out)",
    r"{who} (?:can't|cannot|can not|couldn't|won't|doesn't) hear (?:us|you|me|this|that|it|a thing|anything|a word)",
    r"{who} isn't listening|is {who} (?:asleep|sleeping|listening|awake)|can {who} hear (?:us|you|me|this|that)",
    rf"{{who}}(?:{_IS}| has|'s got| got| is wearing| wears| puts?)? (?:on |got |wearing )?(?:his|her|their|those"
    rf"|the|some"
    r"|big|noise\S*)? ?(?:\w+ )?(?:headphones|earphones|earbuds|headset|ear ?plugs|airpods)(?: on| in)?",
)
"""Phrases about a person who is there but does not hear."""
