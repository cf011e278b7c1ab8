"""Words of the reader of ordinary English: verb classes, people, and places.

To support a verb or a noun, add its base form here. The dependency parse decides what is the subject and the object.
"""

from __future__ import annotations

from social_world_model.symbolic.conversation.patterns import listed

PUT = listed(
    """load put place set lay hide stash store stow stick tuck slip drop deposit move transfer shift relocate carry
    bring take secure wedge nestle blow knock kick mount fasten tape prop balance lodge pile spread heap settle
    smuggle stand wheel pour empty fold slide push shove throw toss stuff hang position replace park pack plant
    bury dump insert conceal squeeze switch return leave lock plop swap slot shut sneak stack file sweep drag
    roll lean keep"""
)
"""Somebody moves an object to a place. Without a place, only some of these verbs say anything."""
PUT_ONLY_WITH_A_PLACE = listed(
    """leave return drop keep lock shut roll file lean hang sweep pack park set replace switch stand fold empty
    pour"""
)
TAKE = listed(
    """take grab remove fetch pick steal retrieve pull lift snatch get collect borrow fish dig grasp seize swipe
    pinch"""
)
"""Somebody takes an object from its place."""
GIVE = listed("give hand pass lend sell deliver present entrust")
GO = listed(
    """leave exit depart go walk run head drive step wander rush hurry slip storm sneak fly travel race dash stroll
    cycle ride march skip bike tiptoe pop nip disappear vanish stride trot jog move set"""
)
COME = listed("come return enter arrive reappear join re-enter reenter")
STAY = listed("stay remain linger wait")
SEE = listed(
    """find see watch notice observe witness spot hear overhear spy peek peep glimpse catch view follow
"""
)
COVERT = listed("peek peep spy overhear glimpse")
LEARN = listed("know learn realize realise discover")
FIND = listed("find discover see spot notice")
TELL = listed(
    """tell inform text message email phone ring call write say shout whisper announce explain mention reply warn
    show"""
)
SPEAK = listed(
    """say reply answer ask cry exclaim add whisper shout think wonder call tell explain announce laugh smile
"""
)
REMOTE = listed("text message email phone ring write")
LIE = listed("lie pretend")
THINK = listed("think believe assume suppose imagine expect")
SLEEP = listed("sleep doze nap snooze faint")
WAKE = listed("wake awake awaken")
UNREAL = listed(
    """want try plan intend hope wish mean offer promise refuse forget fail attempt consider need like love prefer
    ask beg order allow expect threaten think believe imagine dream suggest agree prepare get"""
)
"""Verbs whose complement is not an event: "tried to move", "wanted to leave", "asked Bob to put"."""
REAL = listed(
    """manage help begin start continue proceed finish see watch hear notice keep make let remember decide choose
"""
)
"""Verbs whose complement is an event: "managed to move", "saw Anne put"."""

AWAY = listed(
    """ashore indoors away out outside gone absent elsewhere upstairs downstairs abroad home shopping outdoors asleep
    unconscious off"""
)
"""Adverbs and adjectives for somebody who does not perceive the scene."""
ASLEEP = listed("asleep unconscious sleeping napping")
BUSY = listed("busy distracted blindfolded occupied unaware oblivious")
WATCHING = listed("present there here awake nearby inside close")

ROOMS = listed(
    """attic backyard balcony barn basement bathroom beach bedroom building bus cabin cafe cafeteria canteen car
    cellar church cinema class classroom clinic clubhouse corridor cottage courtyard deck den door driveway
    factory farm field flat forest foyer garage garden greenhouse gym hall hallway home hospital hotel house
    kitchen lab laboratory laundry lawn library lobby lounge market meadow museum nursery office outside park
    patio playground playroom pool porch pub restaurant room salon school shop shower station store street
    studio study supermarket tent terrace theater theatre town toilet train university village washroom woods
    work workshop yard bakery post"""
)
"""Nouns for places where people are. Other nouns are places of objects."""
ACTIVITIES = listed(
    """lunch dinner breakfast walk run swim bath nap break meeting phone call errand errands holiday trip
"""
)
"""After "to", "for", "at", "on" or "in", these nouns say that somebody is away."""

FEMALE = listed(
    """she her hers herself mother mom mum mommy mummy mama grandmother grandma granny nana aunt auntie sister
    daughter wife girl woman lady queen princess niece girlfriend waitress actress hostess mrs ms miss madam
    stepmother bride grandmom gran nan landlady businesswoman policewoman"""
)
MALE = listed(
    """he him his himself father dad daddy papa grandfather grandpa granddad uncle brother son husband boy man
    gentleman king prince nephew boyfriend waiter actor host mr sir stepfather groom grandad landlord
    businessman policeman lad guy"""
)
PEOPLE = (
    FEMALE
    | MALE
    | listed(
        """assistant baby babysitter baker boss butler captain caretaker carer chef child clerk coach colleague cook
        cousin coworker customer doctor dr driver farmer friend gardener guard guest housekeeper intern janitor kid
        librarian maid manager mechanic neighbor neighbour nurse officer parent partner patient pilot player porter
        prof professor pupil receptionist researcher roommate flatmate secretary seller servant shopkeeper sibling
        someone somebody stranger student supervisor tailor teacher teammate technician thief toddler tourist tutor
        twin visitor volunteer worker classmate grandchild grandparent gardner burglar scientist dog cat puppy
        monkey mouse bird squirrel rabbit fox parrot"""
    )
)
"""Nouns for people and animals. Another noun is a person if it is the subject of an action."""
GENERIC = listed("boy girl man woman lady child kid guy lad gentleman student")
"""Nouns that can refer again to a person with a name."""
TITLES = listed(
    """mr mrs ms miss mx dr prof professor aunt uncle auntie grandma grandpa sir madam captain officer nurse
"""
)
GROUP = listed(
    """they we both everyone everybody all two three children kids friends siblings sisters brothers parents boys
    girls"""
)


HOW = {
    **dict.fromkeys(("in", "into", "inside", "within", "to", "at", "between", "among", "around", "through"), "in"),
    **dict.fromkeys(("on", "onto", "upon", "over", "atop", "above"), "on"),
    **dict.fromkeys(("under", "underneath", "beneath", "below"), "under"),
    "behind": "behind",
    **dict.fromkeys(("beside", "near", "by", "against", "alongside"), "beside"),
}
"""Prepositions of places, and their form in a context."""
SOURCES = listed("from out off")
PARTS = listed("top bottom back front side edge corner middle inside rest end")
"""In "on top of the piano", the place is the piano."""
MEASURES = listed(
    """rest piece bar slice pair bit lump cup glass bunch packet pack bag box jar bottle can tin roll stack pile
    set loaf carton sheet"""
)
"""In "a bar of chocolate", the object is the chocolate."""
DISTINGUISHING = listed(
    """next other another red blue green yellow white black brown pink purple orange grey gray golden silver gold
    wooden metal plastic
    glass paper cardboard leather top bottom upper lower left right first second third middle striped round
    square"""
)
"""Adjectives that belong to the name of a place or an object."""
HYPERNYMS = listed(
    """toy object item thing treat snack present gift food fruit drink sweet candy tool book jewel jewelry
    jewellery surprise treasure sweets parcel package device animal pet"""
)
"""Nouns that can refer again to the only object of a story."""

AGENTIVE = (
    (PUT - listed("leave return drop roll lean slip lock shut move hang fall slide shift"))
    | GIVE
    | TELL
    | SEE
    | TAKE
    | LEARN
    | listed("leave go say walk want try decide")
)
"""Verbs whose subject is a person or an animal."""
HARMLESS = listed(
    """open close shut look search want need like love hate play wear use see think know believe smile laugh cry
    ask say be have do become feel seem try hope wish decide wonder"""
)
"""Verbs that leave objects and people where they are."""

STARTS = listed(
    """along a about above across after afterwards all although an and another any anyone as at away back because
    before behind below beside besides both but by carefully cautiously did does down during each earlier early
    eventually every everybody everyone finally first following for from had has have having he her here hers
    his how however i if immediately in inside instead into it its just last later like long luckily many may
    maybe me meanwhile might mine minutes moments months more most much my next no nobody none nor not nothing
    now of off on once one only or other our out outside over people perhaps please quickly quietly secretly
    shall she should since so some somebody someone something sometimes soon still such suddenly that the their
    them then there these they this those though through to today together tomorrow tonight too two under
    unfortunately unknown until up upon us very was we were what when whenever where whether which while who
    whom whose why will with within without yes yesterday yet you your upstairs downstairs indoors outdoors
    nearby leaving seeing being satisfied happy sad tired hungry thirsty worried curious three four five several
    few half neither either dinner lunch breakfast christmas easter monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december whilst
    prior due despite thinking knowing wanting"""
)
"""Words that can begin a sentence with a capital letter and are no names."""
TIMES = listed(
    """morning afternoon evening night noon midnight day week month year monday tuesday wednesday thursday friday
    saturday sunday lunch breakfast dinner time moment minute hour while once secret end beginning meantime way
    hurry absence presence departure return arrival silence purpose mistake"""
)
"""Nouns of prepositional phrases that name no place."""
