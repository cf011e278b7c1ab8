"""Explicit cues of presence in everyday talk: who hears which line, and which of this is a guess.

In each dialogue, the letters after ``=`` are the people who hear the line: the first letters of their names. A line
without letters is not checked. Every checked line is certain, unless ``?`` follows the letters.
"""

from __future__ import annotations

import re

import pytest

from social_world_model.symbolic.conversation import read_transcript
from social_world_model.symbolic.conversation.presence import attendance

_EXPECTED = re.compile(r"(?P<line>.*?) =(?P<who>\w*)(?P<guess>\??)")

DIALOGUES = {
    "a short errand lasts until the next words": """
        Odd: That is the doorbell, I'll get it.
        Pia: Odd must not know: the tickets are for Rome. =PR
        Ruth: For Rome! =PR
        Odd: A parcel for you, Ruth. =OPR""",
    "brb": """
        kim: brb, kettle
        max: the safe opens with 4471 =ml
        lou: 4471, thanks =ml
        kim: tea is ready =klm""",
    "afk and back": """
        ana: afk ten minutes
        ben: k
        cleo: we rent the boat for her birthday =bc
        ana: re =abc""",
    "the bathroom": """
        Fay: One moment, I just need the bathroom.
        Gus: Iva, the ring is in my sock. =GI
        Iva: In your sock? =GI
        Fay: What are you grinning about? =FGI""",
    "a smoke outside": """
        Gil: I'm popping out for a cigarette.
        Hana: Gil's boss called, he is fired. =HI
        Ivo: Oh no. =HI
        Gil: Freezing out there. =GHI""",
    "a phone call": """
        Dora: Sorry, I have to take this call.
        Emil: The letters are in the blue drawer. =EF
        Fay: In the blue drawer. =EF
        Dora: That was my sister. =DEF""",
    "a question right after an errand is still heard": """
        Dora: I'll get the door.
        Emil: Do you have the keys? =DEF?
        Dora: Yes.
        Fay: Good. =DEF""",
    "a lost connection": """
        Ulla: The server moves on Monday. =UVW
        (Viggo loses his connection.)
        Ulla: The new one is called Heron. =UW
        Wanda: A fine name. =UW
        (Viggo is back on the call.)
        Ulla: Welcome back. =UVW
        Viggo: Thanks. =UVW""",
    "stage lines that are not understood": """
        Ulla: The server moves on Monday. =UVW
        (A nurse calls Viggo to the desk.)
        Ulla: The new one is called Heron. =UVW?
        (Wanda smiles.)
        Wanda: A fine name. =UVW?
        Viggo: Here I am. =UVW""",
    "a farewell to somebody who leaves by a stage line": """
        Odo: Let me out at the bridge, please.
        Per: Take care, sir.
        (Odo gets out.)
        Quin: The locket is a fake. =QR?
        Rosa: A fake? =QR?""",
    "somebody already sleeps before a remark": """
        Sven: The lamp is off.
        Thea: At last.
        Ulla: Are you awake, Sven? =STU?
        Sven: Yes. Thea is asleep already. =SU
        Ulla: I lost her ring. =SU""",
    "a farewell without a name to somebody who has just gone": """
        Jon: I'm off to work now.
        Kari: Drive safely. =KL?
        Lea: The doctor called, I am well again. =KL
        Kari: How good! =KL""",
    "leaving for good": """
        Nadia: The call is at two. =NPR
        Pavel: Works for me. I gotta drop, bye!
        Nadia: Bye, Pavel. =NPR
        Rosa: His contract ends in May. =NR
        Nadia: In May, I see. =NR""",
    "bedtime": """
        Finn: Night folks, I'm going to bed.
        Gerda: Sleep well, Finn! =FGH
        Hedy: We sell his drums on Friday. =GH""",
    "going on talking is no departure, which is a guess": """
        Jule: I have to go soon.
        Klaus: Take the blue umbrella. =JKL?
        Lutz: It is by the door. =JKL?
        Jule: By the door, right. =JKL""",
    "sent away, and willing": """
        Boss: Lena, would you get the samples from the car?
        Lena: On my way.
        Boss: She is getting the promotion. =BP
        Pete: She has earned it. =BP
        Lena: Here they are. =BLP""",
    "an order to a child": """
        Mum: Theo, go and wash your hands.
        Theo: Okay.
        Mum: I bought him the red bike. =DM
        Dad: The bike with the bell? =DM
        Theo: All clean! =DMT""",
    "whoever agrees is meant if nobody is named": """
        Gran: Could somebody answer the door?
        Ole: I'll go.
        Gran: Pia, the necklace is for you. =GP
        Pia: Oh, Gran. =GP
        Ole: It was a salesman. =GOP""",
    "a request that is refused": """
        Mum: Theo, could you fetch the ladder?
        Theo: No way, it is raining.
        Mum: Then the lamp stays dark. =DMT
        Dad: We have candles. =DMT""",
    "snoring": """
        Rita: The tent goes in the blue van. =RST
        Saul: Zzz.
        Rita: Now he has dozed off. I scratched his car. =RT
        Tove: You scratched his car? =RT
        Saul: Hm? Is it Monday? =RST""",
    "asked whether somebody sleeps": """
        Ada: Is Bo asleep?
        Cem: Yes, for an hour.
        Ada: The cake is in the garage. =AC
        Bo: What time is it? =ABC""",
    "asleep in a stage line": """
        (Gus dozes off.)
        Hen: I broke his pipe. =HI
        Ivo: He will notice. =HI
        (Gus wakes up.)
        Hen: Lunch is ready. =GHI
        Gus: I am coming. =GHI""",
    "headphones": """
        Jo: Kit can't hear us with these headphones on. =JL
        Lia: His party is on the roof. =JL
        Kit: Is dinner ready? =JKL""",
    "headphones in stage lines": """
        (Rolf puts on his headphones.)
        Sue: Rolf failed the exam. =ST
        Tim: Poor man. =ST
        (Rolf takes off his headphones.)
        Rolf: Did you call me? =RST""",
    "whoever is muted still hears": """
        Vic: I'll mute myself, the builders are loud. =VWX
        Wes: The budget is 40 thousand. =VWX
        Xen: 40 thousand, thanks. =VWX""",
    "a bad line": """
        Amy: The door code is 7788. =AB
        Cid: Amy, you cut out there. =ABC
        Amy: 7788. =ABC
        Bob: Got it. =ABC""",
    "a lost connection in a stage line": """
        Dee: Can you hear me? =DEF
        Fin: Yes. =DEF
        (Fin's connection drops.)
        Dee: The ferry leaves from pier six, Eli. =DE
        Eli: Pier six. =DE
        (Fin is connected again.)
        Fin: Hello? =DEF""",
    "before somebody arrives": """
        Ida: Before Jon gets here: the guitar is for him. =IK
        Kai: I won't tell. =IK
        Jon: Evening, you two! =IJK""",
    "somebody is heard coming": """
        Nora: We are giving the puppy away. =NO
        Otto: Quiet, I can hear Pia on the stairs. =NO
        Pia: Who wants to play cards? =NOP""",
    "kept from somebody": """
        Lea: The presents are in the shed. =LM
        Mo: Not a word to Nils! =LM
        Nils: Who wants pancakes? =LMN""",
    "kept from somebody who talked before": """
        Nils: The pancakes are ready. =LMN
        Lea: Lovely. =LM?
        Mo: Don't tell Nils, but I hate pancakes. =LM
        Lea: Me too. =LM
        Nils: More syrup? =LMN""",
    "somebody is looked for": """
        Rick: Where's Sam? =RT
        Tess: In the shower. =RT
        Rick: The concert tickets are in the freezer. =RT
        Sam: The bathroom is free. =RST""",
    "late": """
        Sven: The bus leaves from stop C. =ST
        Tara: Stop C, good. =ST
        Uma: Apologies for being late, the train was stuck. =STU""",
    "held up": """
        Sven: The bus leaves from stop C. =ST
        Tara: Stop C, good. =ST
        Uma: Hello, sorry, I was stuck in the lift. =STU""",
    "asked to come in": """
        Gro: The alarm code is 1357. =GH
        Hege: 1357. =GH
        Ivar: Knock knock! =GHI
        Gro: Come in, Ivar. =GHI""",
    "while others wait for somebody": """
        Per: While we wait for Rikke: the rehearsal is on Sunday. =PS
        Sara: On Sunday, fine. =PS
        Rikke: Is there any coffee? =PRS""",
    "a greeting after others have talked": """
        Wim: My new address is 5 Lake Road. =WX
        Xan: Noted. =WX
        Yara: Hi everyone! =WXY""",
    "greetings at the beginning": """
        Abe: Hi all! =ABC
        Bea: Hello! =ABC
        Cal: Hey there! =ABC
        Abe: The code is blue seven. =ABC""",
    "a plain chat": """
        Ann: I parked on level 2. =ABC
        Bob: Level 2, row C? =ABC
        Cem: Row D, I think. =ABC""",
    "whoever only is talked about first may have come": """
        Gert: Hugo likes the blue one. =GIH?
        Ilse: And the price? =GIH?
        Hugo: It was forty. =GIH""",
    "late words without a cue": """
        Ann: One. =AB?
        Bob: Two. =AB?
        Ann: Three. =AB?
        Bob: Four. =AB?
        Ann: Five. =AB?
        Bob: Six. =AB?
        Cem: The lamp is on. =ABC""",
    "a time jump without somebody": """
        Gus: The ring is in my coat. =GHI
        Hal: Okay. =GHI
        Ivy: Lovely. =GHI
        (Later that evening, without Ivy.)
        Gus: The ring is in the safe now. =GH
        Hal: Smart. =GH""",
    "once somebody has gone": """
        Jan: We meet at six. =JKL
        Kim: At six. =JKL
        Lou: Fine. =JKL
        (Two hours later, once Lou has gone.)
        Jan: We meet at five, as a surprise. =JK""",
    "who is there in another scene": """
        Meg: Soup is ready. =MNO
        Ned: Yum. =MNO
        Oli: Great. =MNO
        (The next morning. Meg and Ned are alone in the kitchen.)
        Meg: I sold the piano. =MN
        (In the evening. Oli and Ned are on the balcony.)
        Oli: Where is the piano? =NO""",
    "groups part": """
        (Mark, Anna, Oscar and Jane are in the kitchen.)
        Mark: Dinner is in the oven. =MAOJ
        (Mark and Anna go down to the cellar.)
        Mark: I lost my job, Anna. =MA
        (Meanwhile, in the kitchen.)
        Oscar: I will study music, Jane. =OJ
        Jane: Wonderful! =OJ""",
    "a silent person in a stage line": """
        (Edda, Falk and Gesa are sitting at the table.)
        Edda: I'm leaving the choir. =EFG
        Falk: You can't be serious. =EFG""",
    "places in stage lines": """
        Cora: The soup needs an hour. =CDE
        (Dave leaves the kitchen.)
        Cora: There is chilli in Dave's bowl. =CE
        Ebba: He'll breathe fire. =CE
        (Dave returns.)
        Dave: Smells good. =CDE""",
    "a role with a small letter": """
        Waiter: The special is trout. =IJW
        Ilka: Trout for me. =IJW
        Jens: For me too. =IJW
        (The waiter goes to the kitchen.)
        Ilka: I forgot my purse. =IJ
        (The waiter comes back.)
        Waiter: Two trouts. =IJW""",
    "a long gap after a farewell": """
        [08:00] Dov: The keys are in the pot. =DEF
        [08:01] Eda: Thanks. =DEF
        [08:02] Flo: I'm heading home, bye!
        [17:45] Dov: The keys are in the box now. =DE
        [17:46] Eda: In the box. =DE""",
    "a long gap alone": """
        [08:00] Dov: The keys are in the pot. =DEF
        [08:01] Eda: Thanks. =DEF
        [08:02] Flo: Thanks. =DEF
        [17:45] Dov: The keys are in the box now. =DEF?
        [17:46] Eda: In the box. =DEF?""",
    "somebody is elsewhere": """
        Bo: Cat is still in the bath, so quickly: I bought the ring. =BD
        Dee: Show me! =BD
        Cat: Who took my towel? =BCD""",
    "people at several places": """
        (Oskar is in the garden. Pia and Quentin are in the kitchen.)
        Pia: Oskar gets the watch tonight. =PQ
        Quentin: The gold one? =PQ
        (Oskar comes in.)
        Oskar: What are you up to? =OPQ""",
    "perhaps gone, and talked about": """
        Jack: My tea is boiling over, one sec!
        Kara: I glued his vase, Lena. =KL?
        Lena: So I see. =KL?
        Jack: Saved it. =JKL""",
    "a favour is no departure, but the presence is a guess": """
        Ann: Bob, could you dim the light?
        Bob: Sure.
        Ann: The film starts now. =ABC?
        Cat: The film with the whale? =ABC?
        Bob: Better like this? =ABC""",
    "silent and talked about": """
        Ann: We paint the hall on Monday. =ABC
        Bob: Good. =ABC
        Cat: I have a gift for Bob. =ABC?
        Ann: A brush? =ABC?
        Bob: Monday it is. =ABC""",
    "whoever answers a farewell may leave, too": """
        Dad: Bye now, Suri.
        Suri: Bye, Dad!
        Dad: We move to Oslo in August. =DSM?
        Mum: To Oslo in August? =SM?""",
    "what did I miss": """
        Max: I'll be in the hallway. =KLM
        Kay: The vote is on Friday. =KL?
        Lee: On Friday. =KL?
        Max: I'm back, what did I miss? =KLM""",
}


@pytest.mark.parametrize("kind", DIALOGUES)
def test_who_hears_each_line(kind: str) -> None:
    given = [line.strip() for line in DIALOGUES[kind].strip().splitlines()]
    matches = [_EXPECTED.fullmatch(line) for line in given]
    expected = {n: (set(match["who"]), bool(match["guess"])) for n, match in enumerate(matches, start=1) if match}
    text = "\n".join(match["line"] if match else line for match, line in zip(matches, given, strict=True))
    transcript = read_transcript(text)
    found = attendance(transcript)
    checked = {}
    for place, line in enumerate(transcript.lines):
        if line.number in expected:
            is_guess = any(place in lines for lines in found.guesses.values())
            checked[line.number] = {name[0] for name in found.hears[place]}, is_guess
    assert checked == expected
