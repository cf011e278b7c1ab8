"""Words of the reader of ordinary English: verb classes, people, and places.

To support a verb or a noun, add its base form here. The dependency parse decides what is the subject and the object.
"""

from __future__ import annotations


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


PUT = _listed(
    """put place set lay hide stash store stow stick tuck slip drop deposit move transfer shift relocate carry bring take
    secure wedge nestle mount fasten tape prop balance lodge pile spread heap settle smuggle stand wheel pour empty fold slide push shove throw toss stuff hang position replace park pack plant bury dump insert conceal squeeze switch
    return leave lock plop swap slot shut sneak stack file sweep drag roll lean keep"""
)
"""Somebody moves an object to a place. Without a place, only some of these verbs say anything."""
PUT_ONLY_WITH_A_PLACE = _listed("leave return drop keep lock shut roll file lean hang sweep pack park set replace switch stand fold empty pour")
TAKE = _listed("take grab remove fetch pick steal retrieve pull lift snatch get collect borrow fish dig grasp seize swipe pinch")
"""Somebody takes an object from its place."""
GIVE = _listed("give hand pass lend sell deliver present entrust")
GO = _listed(
    """leave exit depart go walk run head drive step wander rush hurry slip storm sneak fly travel race dash stroll
    cycle ride march skip bike tiptoe rush pop nip disappear vanish stride trot jog move set"""
)
COME = _listed("come return enter arrive reappear join re-enter reenter")
STAY = _listed("stay remain linger wait")
SEE = _listed("find see watch notice observe witness spot hear overhear spy peek peep glimpse catch view follow")
COVERT = _listed("peek peep spy overhear glimpse")
LEARN = _listed("know learn realize realise discover")
FIND = _listed("find discover see spot notice")
TELL = _listed("tell inform text message email phone ring call write say shout whisper announce explain mention reply warn show")
SPEAK = _listed("say reply answer ask cry exclaim add whisper shout think wonder call tell explain announce laugh smile")
REMOTE = _listed("text message email phone ring write")
LIE = _listed("lie pretend")
SLEEP = _listed("sleep doze nap snooze faint")
WAKE = _listed("wake awake awaken")
UNREAL = _listed(
    """want try plan intend hope wish mean offer promise refuse forget fail attempt consider need like love prefer ask
    beg order allow expect threaten think believe imagine dream suggest agree prepare get"""
)
"""Verbs whose complement is not an event: "tried to move", "wanted to leave", "asked Bob to put"."""
REAL = _listed("manage help begin start continue proceed finish see watch hear notice keep make let remember decide choose")
"""Verbs whose complement is an event: "managed to move", "saw Anne put"."""
DECIDE = _listed("decide choose")
"""Verbs whose complement probably is an event."""

AWAY = _listed(
    """away out outside gone absent elsewhere upstairs downstairs abroad home shopping outdoors asleep unconscious
    off"""
)
"""Adverbs and adjectives for somebody who does not perceive the scene."""
ASLEEP = _listed("asleep unconscious sleeping napping")
BUSY = _listed("busy distracted blindfolded occupied unaware oblivious")
WATCHING = _listed("present there here awake nearby inside close")
OUT_OF = _listed("sight room house view")
UNSEEN_WORDS = _listed("secretly unnoticed unobserved unseen quietly")
GONE_NOUNS = _listed("absence departure leaving exit")
BACK_NOUNS = _listed("return arrival")

ROOMS = _listed(
    """attic backyard balcony barn basement bathroom beach bedroom building bus cabin cafe cafeteria canteen car cellar
    church cinema class classroom clinic clubhouse corridor cottage courtyard deck den door driveway factory
    farm field flat forest foyer garage garden greenhouse gym hall hallway home hospital hotel house kitchen lab
    laboratory laundry lawn library lobby lounge market meadow museum nursery office outside park patio playground
    playroom pool porch pub restaurant room salon school shop shower station store street studio study supermarket tent
    terrace theater theatre town toilet train university village washroom woods work workshop yard bakery post"""
)
"""Nouns for places where people are. Other nouns are places of objects."""
ACTIVITIES = _listed("lunch dinner breakfast walk run swim bath nap break meeting phone call errand errands holiday trip")
"""After "to", "for", "at", "on" or "in", these nouns say that somebody is away."""

FEMALE = _listed(
    """she her hers herself mother mom mum mommy mummy mama grandmother grandma granny nana aunt auntie sister daughter
    wife girl woman lady queen princess niece girlfriend waitress actress hostess mrs ms miss madam stepmother bride
    grandmom gran nan landlady businesswoman policewoman"""
)
MALE = _listed(
    """he him his himself father dad daddy papa grandfather grandpa granddad uncle brother son husband boy man gentleman
    king prince nephew boyfriend waiter actor host mr sir stepfather groom grandad landlord businessman policeman lad
    guy"""
)
PEOPLE = (
    FEMALE
    | MALE
    | _listed(
        """assistant baby babysitter baker boss butler captain caretaker carer chef child clerk coach colleague
        cook cousin coworker customer doctor dr driver farmer friend gardener guard guest housekeeper intern janitor kid
        librarian maid manager mechanic neighbor neighbour nurse officer parent partner patient pilot player porter prof
        professor pupil receptionist researcher roommate flatmate secretary seller servant shopkeeper sibling someone
        somebody stranger student supervisor tailor teacher teammate technician thief toddler tourist tutor twin
        visitor volunteer worker classmate grandchild grandparent gardner burglar scientist dog cat puppy monkey mouse
        bird squirrel rabbit fox parrot"""
    )
)
"""Nouns for people and animals. Another noun is a person if it is the subject of an action."""
GENERIC = _listed("boy girl man woman lady child kid guy lad gentleman student")
"""Nouns that can refer again to a person with a name."""
TITLES = _listed("mr mrs ms miss mx dr prof professor aunt uncle auntie grandma grandpa sir madam captain officer nurse")
GROUP = _listed("they we both everyone everybody all two three children kids friends siblings sisters brothers parents boys girls")

FEMALE_NAMES = _listed(
    """abby ada agnes aisha alice alicia alma amanda amelia amina amy ana andrea angela anika anita ann anna anne annie
    april aya ava bea beatrice bella beth betty bianca brenda bridget camila carla carmen carol caroline cecilia celia
    chloe christina clara claire daisy dana deborah diana dina donna dora doris edith elena eliza elizabeth ella ellen
    elsa emilia emily emma erica erika erin esther eva eve evelyn fatima fay felicia fiona flo flora florence frida gina
    gloria grace greta hana hanna hannah harriet hazel heather heidi helen helena hilda hope ida ina ines ingrid irene
    iris isabel isabella isla ivy jane janet jasmine jenna jennifer jenny jess jessica jill joan joanna josephine joy
    judith judy julia julie june karen kate katie kayla keiko kim kira kirsten lara laura layla lea leah leila lena
    leonie lila lily lina linda lisa liv lola lotte lucia lucy luisa luna lydia maggie maia mandy mara margaret maria
    mariam marie marina marta martha mary maya megan mei melissa mia michelle mila mina miriam molly mona monica nadia
    nan nancy naomi natalie nell nia nicole nina noemi noor nora olga olivia pam pamela pat patricia paula penelope
    penny petra phoebe pia polly priya rachel rania rebecca rita rosa rosalie rose rosie ruby ruth sabine sally samira
    sandra sara sarah selma sheila silvia simone sofia sonia sophia sophie stella sue sunita susan suzy sylvia tamara
    tanya tara teresa tess tessa tina tilda una ursula valerie vera victoria viola violet wanda wendy willa xena xenia
    yara yasmin yuki yvonne zara zelda zoe zola mira nia zora iris freya ulla tilda maud selma thea signe rosalind wilma hedda jana jet holly robin
    bertha clementine cora dagmar dinah elin esme gwen imke jutta katya lale lotta maud mercy mina nadine nell odile
    ottilie pearl philippa petunia ronja roxana saskia signe sina stine svea tatiana thelma tove ursel vicky winnie ylva
    zuzana beryl brigid fleur gemma georgia gina ginny imogen joyce kitty lorna lottie mabel marge millie minnie myra nadja
    nina nora peggy poppy sadie sasha sienna tabitha trudy verity"""
)
MALE_NAMES = _listed(
    """aaron abdul abe adam adrian ahmed al alan albert alec alejandro alexander alfred ali amir amos anders andre andrew
    andy anton antonio arjun arthur ben benjamin bernard bill bob boris brian bruno cal carl carlos cedric charles
    charlie chris christian christopher clark colin connor craig cyrus daniel danny dave david dean dennis derek diego
    dirk dmitri donald doug dylan ed eddie edgar edward edwin eli elias elliot emil eric erik ernest ethan eugene evan
    felix fernando finn fred frank frederick gabriel gary george gerald gil giles giovanni glen gordon greg gus hal
    hamid hans harold harry hassan hector henry herbert hugh hugo ian ibrahim igor isaac ivan jack jacob jake james jan
    jason javier jeff jeremy jerry jim jimmy joe joel john johnny jonas jonathan jorge jose joseph josh joshua juan
    julian karl keith ken kenji kevin kofi kurt lars lee leo leon leonard liam lionel lorenzo louis lucas luis luke
    magnus malik marcel marco marcus mario mark martin mateo matt matthew max michael miguel mike milo mo mohammed moses
    nathan ned neil nick nicolas nigel nils noah norman oliver omar oscar oskar otto owen pablo patrick paul pedro pete
    peter phil philip pierre quentin rafael raj ralph ramon raul ravi ray raymond richard rob robert roger roland
    ron roy rudi rupert ryan samuel santiago saul scott sean sebastian sergei simon stan stefan stephen steve steven
    stuart ted teo theo theodore thomas tim timmy toby todd tom tommy tony tyler uli ulrich umar victor vincent walter
    warren wayne will william wolfgang xavier yan yusuf zach zack zeno jules nico nils otto leon linus bram idris gareth hamish hugh ignaz ivo jasper joris jonah jules kian
    lasse laurin mads mirko mats milan nelson niko olaf ole orlando osman otis peder percy piet quentin rafe ramiro rhys
    ruben salim samir sander sol sven tariq tilo tobias tomas torben ulf valentin vito willem yves zoltan barney bert
    bobby brad calvin chad clive curtis darren desmond dexter duncan elmer ernie floyd francis freddie garth grant
    hank harvey howard jed jerome jonny keanu kenny kevin lance larry lenny leroy lloyd marvin maurice mickey mitch
    murray neville norbert norm ollie osborne perry ralf reggie rex rick ricky rodney rory rufus russell sid spencer
    stanley terry travis trevor ty wally wes willy winston"""
)
"""Frequent first names, for he and she. A name that is in no list can be either."""

HOW = {
    **dict.fromkeys(("in", "into", "inside", "within", "to", "at", "between", "among", "around", "through"), "in"),
    **dict.fromkeys(("on", "onto", "upon", "over", "atop", "above"), "on"),
    **dict.fromkeys(("under", "underneath", "beneath", "below"), "under"),
    "behind": "behind",
    **dict.fromkeys(("beside", "near", "by", "against", "alongside"), "beside"),
}
"""Prepositions of places, and their form in a context."""
SOURCES = _listed("from out off")
PARTS = _listed("top bottom back front side edge corner middle inside rest end")
"""In "on top of the piano", the place is the piano."""
MEASURES = _listed(
    "piece bar slice pair bit lump cup glass bunch packet pack bag box jar bottle can tin roll stack pile set loaf carton sheet"
)
"""In "a bar of chocolate", the object is the chocolate."""
DISTINGUISHING = _listed(
    """red blue green yellow white black brown pink purple orange grey gray golden silver gold wooden metal plastic glass
    paper cardboard leather top bottom upper lower left right first second third middle striped round square"""
)
"""Adjectives that belong to the name of a place or an object."""
HYPERNYMS = _listed(
    """toy object item thing treat snack present gift food fruit drink sweet candy tool book jewel jewelry jewellery
    surprise treasure sweets parcel package device animal pet"""
)
"""Nouns that can refer again to the only object of a story."""

AGENTIVE = (PUT - _listed("leave return drop roll lean slip lock shut move hang fall slide shift")) | GIVE | TELL | SEE | TAKE | LEARN | _listed("leave go say walk want try decide")
"""Verbs whose subject is a person or an animal."""
HARMLESS = _listed(
    """open close shut look search want need like love hate play wear use see think know believe smile laugh cry ask
    say be have do become feel seem try hope wish decide wonder"""
)
"""Verbs that leave objects and people where they are."""
