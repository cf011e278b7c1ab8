"""Frequent first names, for he and she. A name that is in no list can be either."""

from __future__ import annotations

from social_world_model.symbolic.conversation.patterns import listed

FEMALE_NAMES = listed(
    """abby ada agnes aisha alice alicia alma amanda amelia amina amy ana andrea angela anika anita ann anna anne annie
    april aya ava bea beatrice bella beth betty bianca brenda bridget camila carla carmen carol caroline cecilia
    celia chloe christina clara claire daisy dana deborah diana dina donna dora doris edith elena eliza elizabeth
    ella ellen elsa emilia emily emma erica erika erin esther eva eve evelyn fatima fay felicia fiona flo flora
    florence frida gina gloria grace greta hana hanna hannah harriet hazel heather heidi helen helena hilda hope ida
    ina ines ingrid irene iris isabel isabella isla ivy jane janet jasmine jenna jennifer jenny jess jessica jill
    joan joanna josephine joy judith judy julia julie june karen kate katie kayla keiko kim kira kirsten lara laura
    layla lea leah leila lena leonie lila lily lina linda lisa liv lola lotte lucia lucy luisa luna lydia maggie
    maia mandy mara margaret maria mariam marie marina marta martha mary maya megan mei melissa mia michelle mila
    mina miriam molly mona monica nadia nan nancy naomi natalie nell nia nicole nina noemi noor nora olga olivia pam
    pamela pat patricia paula penelope penny petra phoebe pia polly priya rachel rania rebecca rita rosa rosalie
    rose rosie ruby ruth sabine sally samira sandra sara sarah selma sheila silvia simone sofia sonia sophia sophie
    stella sue sunita susan suzy sylvia tamara tanya tara teresa tess tessa tina tilda una ursula valerie vera
    victoria viola violet wanda wendy willa xena xenia yara yasmin yuki yvonne zara zelda zoe zola mira zora freya
    ulla maud thea signe rosalind wilma hedda jana jet holly robin bertha clementine cora dagmar dinah elin esme
    gwen imke jutta katya lale lotta mercy nadine odile ottilie pearl philippa petunia ronja roxana saskia sina
    stine svea tatiana thelma tove ursel vicky winnie ylva zuzana beryl brigid fleur gemma georgia ginny imogen
    joyce kitty lorna lottie mabel marge millie minnie myra nadja peggy poppy sadie sasha sienna tabitha trudy
    verity"""
)
MALE_NAMES = listed(
    """aaron abdul abe adam adrian ahmed al alan albert alec alejandro alexander alfred ali amir amos anders andre
    andrew andy anton antonio arjun arthur ben benjamin bernard bill bob boris brian bruno cal carl carlos cedric
    charles charlie chris christian christopher clark colin connor craig cyrus daniel danny dave david dean dennis
    derek diego dirk dmitri donald doug dylan ed eddie edgar edward edwin eli elias elliot emil eric erik ernest
    ethan eugene evan felix fernando finn fred frank frederick gabriel gary george gerald gil giles giovanni glen
    gordon greg gus hal hamid hans harold harry hassan hector henry herbert hugh hugo ian ibrahim igor isaac ivan
    jack jacob jake james jan jason javier jeff jeremy jerry jim jimmy joe joel john johnny jonas jonathan jorge
    jose joseph josh joshua juan julian karl keith ken kenji kevin kofi kurt lars lee leo leon leonard liam lionel
    lorenzo louis lucas luis luke magnus malik marcel marco marcus mario mark martin mateo matt matthew max michael
    miguel mike milo mo mohammed moses nathan ned neil nick nicolas nigel nils noah norman oliver omar oscar oskar
    otto owen pablo patrick paul pedro pete peter phil philip pierre quentin rafael raj ralph ramon raul ravi ray
    raymond richard rob robert roger roland ron roy rudi rupert ryan samuel santiago saul scott sean sebastian
    sergei simon stan stefan stephen steve steven stuart ted teo theo theodore thomas tim timmy toby todd tom tommy
    tony tyler uli ulrich umar victor vincent walter warren wayne will william wolfgang xavier yan yusuf zach zack
    zeno jules nico linus bram idris gareth hamish ignaz ivo jasper joris jonah kian lasse laurin mads mirko mats
    milan nelson niko olaf ole orlando osman otis peder percy piet rafe ramiro rhys ruben salim samir sander sol
    sven tariq tilo tobias tomas torben ulf valentin vito willem yves zoltan barney bert bobby brad calvin chad
    clive curtis darren desmond dexter duncan elmer ernie floyd francis freddie garth grant hank harvey howard jed
    jerome jonny keanu kenny lance larry lenny leroy lloyd marvin maurice mickey mitch murray neville norbert norm
    ollie osborne perry ralf reggie rex rick ricky rodney rory rufus russell sid spencer stanley terry travis trevor
    ty wally wes willy winston"""
)
