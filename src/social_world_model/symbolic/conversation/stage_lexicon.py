"""The verbs and phrases of stage lines. Phrases are regular expressions that match whole words and ignore case."""

from __future__ import annotations

import re

from social_world_model.symbolic.conversation.patterns import Phrases, any_of, listed

STAGE_JOINS = any_of(
    r"(?:re-?)?join(?:s|ed)?|is joining",
    r"enter(?:s|ed)?|arrive[sd]?|return(?:s|ed)?|appear(?:s|ed)?|connect(?:s|ed)?",
    r"(?:comes?|came|is|are|gets?|got) back",
    r"(?:comes?|came|drops?|dropped|pops?|popped|walks?|walked|runs?|ran) (?:back )?(?:in|on)",
    r"(?:comes?|came) (?:(?:running|rushing|walking|hurrying|back) )*(?:in|inside|home|out of|off hold)",
    r"(?:dials?|dialled|logs?|logged|calls?|called|phones?|phoned) (?:back )?(?:in|on)|(?:is|was) taken off hold",
    r"(?:shows?|showed|turns?|turned) up|(?:gets?|got) on",
    r"(?:was|were) (?:added|invited)|(?:is|are|gets?) (?:re)?connected|(?:comes?|came|walks?|walked|goes|go"
    r"|went) back",
)

_GO = (
    r"(?:goes|go|went|steps?|stepped|walks?|walked|runs?|ran|heads?|headed|slips?|slipped|pops?|popped|rush(?:es|ed)?"
    r"|hurry|hurries|hurried|storms?|stormed|climbs?|drives?|drove|wanders?|creeps?|crept|swims?|swam|sails?|rides?"
    r"|rode|rows?|cycles?|crawls?|sneaks?|snuck|tiptoes?|tiptoed|strolls?|strolled|march(?:es|ed)?|dash(?:es|ed)?"
    r"|sprints?|races?|raced|staggers?|disappears?|disappeared|vanish(?:es|ed)?|flees?|fled|retires?|retired)"
)

_ROOM = (
    r"(?:bathroom|kitchen|loo|toilet|restroom|garage|cellar|basement|attic|garden|balcony|terrace|hall(?:way)?|house"
    r"|building|office|flat|apartment|car|shop|store|shed|bar|stable|barn|bed(?:room)?|living room|dining room|study"
    r"|tent|room|table|party|restaurant|caf[eé]|library|classroom|stage|yard|porch|corridor|counter|toilets)"
)

_NEARBY = (
    r"(?:window|fridge|sofa|couch|table|desk|board|whiteboard|blackboard|chair|armchair|corner|fire(?:place)?|stove"
    r"|oven|sink|piano|shelf|bookshelf|mirror|cupboard|cabinet|bed|map|screen|stairs|feet|side)"
)

STAGE_LEAVES = any_of(
    rf"{_GO} (?:straight |quickly )?(?:up|down|over|out|off|away|outside|upstairs|downstairs|home)"
    rf"(?! to (?:the|his|her|their|a) (?:\w+ )?{_NEARBY}\b)",
    rf"{_GO} (?:to|into) (?:(?:the|his|her|their|a|another) (?:\w+ )?{_ROOM}|bed|sleep|work|school)",
    rf"(?:leaves?|left) (?:the|his|her|their) (?:\w+ )?{_ROOM}|(?:answers?|gets?) the door",
    r"leaves?|left|exit(?:s|ed)?|depart(?:s|ed)?|quits?|dropped|is gone|goes home",
    r"(?:was |were |is |gets? )?disconnect(?:s|ed)?",
    r"(?:hangs?|hung) up|(?:drops?|dropped|signs?|signed|logs?|logged) (?:off|out)|(?:goes|went) offline",
    r"(?:was|were) (?:removed|kicked)|(?:takes?|took) a call|disappears?|disappeared|vanish(?:es|ed)?|flees?|fled",
    r"(?:loses?|lost) (?:(?:his|her|their|the) (?:\w+ )?)?(?:connection|signal|reception|internet|wi-?fi)",
    r"(?:is|are|was|were|gets?|got) (?:put|placed) on hold",
    r"(?:gets?|got) (?:out|off)(?: of)?(?: (?:the|his|her|their) (?:car|taxi|cab|bus|train|tram|lift|elevator|boat))?",
)
"""Verbs of stage lines: "(Dan joins)", "Kate has left the meeting"."""

STAGE_HARMLESS = any_of(
    r"(?:smil|grin|laugh|giggl|chuckl|nod|shrug|sigh|frown|wink|wav|blush|cry|cri|sob|weep|clap|cheer|shout|yell|cough"
    r"|sneez|yawn|look|star|glanc|gaz|watch|listen|paus|hesitat|kneel|lean|point|scratch|rub|rais|lift|drink|eat|sip"
    r"|pour|cook|stirr?|read|writ|hold|hand|hugg?|kiss|play|sing|danc|humm?|ask|answer|repl|mutter|whisper|typ|scroll"
    r"|check|smok|trembl|shiver|swallow|count|open|brush|strok|touch|tapp?|shak|roll|clear|bit)(?:es|s|ed|ped|y|ies"
    r"|ied|ing)?",
    r"says?|said|tells?|told|thinks?|thought|sits?|sat|stands?|stood|rises?|rose|gets? up|got up|held|drank|ate|sang"
    r"|wrote|gives?|gave|picks?|picked|cuts?",
    r"turns? (?:to|around|round|red|pale|left|right|towards?)|goes? (?:pale|red|quiet|silent|white|on)|falls? silent",
    r"(?:puts?|takes?|took|pulls?|sets?) (?:off |on |out |down )?(?:his|her|their|an?|some|the|it) (?:\w+ )?(?:coat"
    r"|jacket|hat|scarf|shoes|gloves|glasses|sip|bite|note|notes|photo|picture|seat|breath|cup|mug|glass|bag|bow|look|pen)",
    r"(?:brings?|brought|fetches|leaves?|left|loses?|lost|returns?|returned|runs?|drops?|gets? out|joins?|joined)"
    r" (?:\w+ )?(?:his|her|their|an?|some|the|it)",
)
"""Verbs of stage lines that do not change who is present or listens: "(Bo smiles)", "(Cy leaves a note)"."""

STAGE_APART = any_of(
    r"(?:takes?|took|pulls?|leads?|led|draws?|drew|drags?|calls?|steps?|goes|walks?|whisks?) .{0,30}?\b(?:aside|apart"
    r"|away|outside|into|out of)"
)
"""Verbs of stage lines about several people who perhaps go where the others do not hear them: "(Bo takes Cy aside)"."""

STAGE_CROWD = re.compile(
    r"^(?:(?:\w+ )?(?:boys|girls|kids|children|men|women|guys|ladies|guests|visitors|parents|couple|family|group|team"
    r"|class|students|pupils|brothers|sisters|twins|friends|neighbou?rs|others|rest|two|three|four|five|pair)"
    r"(?: of them)?) ",
    re.IGNORECASE,
)
"""Subject of a stage line about several people who are not named: "(The boys run out)"."""

STAGE_ADDS, STAGE_REMOVES = any_of(r"(?:has |have )?(?:added|invited)"), any_of(r"(?:has |have )?(?:removed|kicked)")
"""Verbs for adding and removing other people."""

STAGE_ADVERBS = re.compile(
    r"^(?:(?:has|have|had|all|both|just|then|now|also|again|finally|\w{2,12}ly) )*", re.IGNORECASE
)
"""Words that are allowed between a name and the verb of a stage line."""

STAGE_OPENINGS = listed("then now later meanwhile suddenly finally again afterwards soon next the only just")

STAGE_DOUBT = any_of(
    r"not|never|no longer|doesn't|didn't|hasn't|isn't|won't|can't",
    r"break-?out",
    r"about to|wait(?:s|ing)?|wants?|will|going to|tries|almost|yet|except|before|until|if|when|should|would|may"
    r"|might",
)
"""Words that make a stage line uncertain or negated."""

STAGE_REST = re.compile(
    r"(?: (?:to |into |from |in |of )?(?:the |this |our |a )?(?:\w+ )?"
    r"(?:meeting|room|call|chat|group|conversation|channel|discussion|server|line|stream|zoom|table|door)\b.{0,60}"
    r"| (?:again|now|early|late|too)| (?:using|via|for|with) .{0,60}|:? ?)?[.!]?",
    re.IGNORECASE,
)
"""Words that are allowed after the verb of a stage line without brackets. Other words make the line an utterance."""

STAGE_WAY = re.compile(
    r"(?: (?:again|alone|together|to|into|onto|from|through|by|in|at|on|of|and|up|down|without)\b.{0,60})?[.!]?",
    re.IGNORECASE,
)
"""Words that are also allowed in brackets. Other words make the line a note, as in "(Cy left his keys)"."""

STAGE_DROPS = re.compile(
    r"^(?P<who>.+?)['’]s? (?:\w+ )?(?:connection|line|call|video|wi-?fi|internet|audio|sound|phone|battery|laptop"
    r"|screen)"
    r" (?:drops?|dropped|dies|died|is (?:lost|gone|down|dead)|breaks?|broke|cuts?|goes|went|freezes|froze|fails?"
    r"|crashes)\b",
    re.IGNORECASE,
)
"""Stage lines about a lost connection."""

STAGE_PRESENT = re.compile(
    r"^(?:is|are|was|were|sits?|sat|stands?|stood|stays?|remains?|waits?|eats?|works?|plays?|in|at|on|alone|only"
    r"|have|has)\b"
    r"(?! (?:still |already |now )?(?:asleep|sleeping|away|gone|out|upstairs|downstairs|outside|at (?:work|school"
    r"|home)"
    r"|in bed|in (?:his|her|their) (?:room|office|car)|elsewhere|not|late|absent|busy|on (?:a|holiday|vacation)|off"
    r"|back|coming|leaving|about|(?!\w+ing|next|close)\w+ (?:to|into|away|off|out|by))\b)",
    re.IGNORECASE,
)
"""Words of stage lines about people who are present: "Ann and Bo are in the kitchen"."""

STAGE_CLAUSE = re.compile(r"^(?:after|once|when|as soon as|while|as) (?=\S)", re.IGNORECASE)
"""First word of a stage line about something that has happened: "Once Bea has left"."""

TIME_JUMP = any_of(
    r"(?:an?|one|two|three|four|five|six|several|a few|some|\d+|half an) (?:hours?|days?|weeks?|months?"
    r"|years?) (?:later|after"
    r"|pass|passes|go by)",
    r"(?:the )?(?:next|following) (?:day|morning|evening|night|afternoon|week)|that (?:evening|night|afternoon)",
    r"(?:much |even )?later(?: that \w+| the same \w+| on| in the \w+)?|(?:the same|that same) (?:day"
    r"|evening)",
    r"(?:in the|at) (?:evening|morning|afternoon|night|dinner|lunch|breakfast)|after (?:dinner|lunch|breakfast"
    r"|school|work|class|the (?:meeting|party|game|film|movie|show))",
)
"""Stage lines that start another scene."""

MEANWHILE = any_of(r"meanwhile|at the same time|elsewhere|in the (?:other|next) room")
"""Stage lines that change the place."""

SHORT_JUMP = any_of(
    r"(?:\w+ )?(?:seconds?|minutes?|moments?|a (?:bit|little|while)|soon) (?:later|after(?:wards)?|pass(?:es)?)"
)
"""Stage lines with a short time between two lines of a scene."""

HEARS_AGAIN = Phrases(
    r"(?:wakes?|woke) up|(?:takes?|took|pulls?|pulled) (?:off|out) (?:his|her|their) \w+|(?:his|her"
    r"|their) \w+ (?:off|out)"
)
