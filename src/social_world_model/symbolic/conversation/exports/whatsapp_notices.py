"""The lines that WhatsApp itself writes, in ten languages.

The languages are English, German, Spanish, French, Italian, Portuguese, Dutch, Turkish, Russian and Polish. In a
table, ``A`` is a person who does something, and ``W`` is the people who join or leave. A name has no colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from social_world_model.symbolic.conversation.exports.chat import JOINS, LEAVES
from social_world_model.symbolic.conversation.names import fold
from social_world_model.symbolic.conversation.patterns import listed

CREATES: Final = "creates"
CHANGES: Final = "changes"

OWNER = "You"
"""The owner of the phone, whom notices do not name."""
_OWNER_WORDS = listed(
    "you du dich tú te usted vous tu toi t' ti você je jij jou u siz sizi sen seni вы вас ты тебя ty cię ciebie"
)

_JOINS = (
    # English
    "A added W(?: to (?:the|this|an?) .{1,40})?",
    "W joined(?: (?:using|via|through|from|with) .{1,60}| the (?:group|community))?",
    "W (?:was|were) added(?: by A)?",
    # German
    "A ha(?:t|st) W (?:zur (?:Gruppe|Community) )?hinzugefügt",
    "W wurden? (?:von A )?hinzugefügt",
    "W (?:ist|bist) (?:.{0,60}\\b)?beigetreten",
    # Spanish
    "A (?:ha )?(?:añadió|agregó|añadido|agregado) a W(?: al grupo)?",
    "A (?P<object>te) (?:ha )?(?:añadió|agregó|añadido|agregado)",
    "(?:Has )?(?:añadiste|agregaste|añadido|agregado) a W(?: al grupo)?",
    "W se (?:unió|ha unido)\\b.{0,60}",
    # French
    "A (?:a|as|avez) ajouté W(?: au groupe)?",
    "A (?P<object>vous a|t'a) ajouté(?:e|\\(e\\))?",
    "W (?:a|avez) été ajouté(?:e|s|es|\\(e\\))?(?: par A)?",
    "W (?:a|ont) rejoint\\b.{0,60}",
    # Italian
    "(?:A ha|Hai) aggiunto W(?: al gruppo)?",
    "A (?P<object>ti) ha aggiunto",
    "W (?:si è unit[oa]|è entrat[oa])\\b.{0,60}",
    # Portuguese
    "A adicionou W(?: ao grupo)?",
    "A adicionou-(?P<object>te)",
    "(?:Adicionaste|Adicionou) W",
    "W (?:foi|foram) adicionad[oa]s?(?: por A)?",
    "W entrou\\b.{0,60}",
    # Dutch
    "A (?:heeft|hebt) W toegevoegd",
    "W (?:is|zijn) toegevoegd(?: door A)?",
    "W (?:neemt|heeft) (?:deel|deelgenomen)\\b.{0,60}",
    "W is (?:toegetreden|lid geworden)\\b.{0,60}",
    # Turkish
    "A, W (?:kişisini|adlı kişiyi|kişilerini) ekledi",
    "A (?P<object>sizi|seni) ekledi",
    "(?:Siz )?W (?:kişisini|kişilerini) eklediniz",
    "W (?:.{1,60} )?katıldı",
    # Russian
    "A добавил[аи]?(?:\\(-?[аи]\\))? W",
    "W добавлен[аы]?(?:\\(-?[аы]\\))?",
    "W (?:присоединил(?:ся|ась|ись)(?:\\(-?\\w+\\))?|вступил[аи]?(?:\\(-?а\\))?)\\b.{0,60}",
    # Polish
    "A dodał(?:a|\\(-?a\\)|/a)? (?:użytkownika )?W",
    "(?:Dodałeś|Dodałaś|Dodano)(?:\\(-?aś\\)|/aś)? (?:użytkownika )?W",
    "W dołączył(?:a|\\(-?a\\)|/a)?\\b.{0,60}",
)
_LEAVES = (
    # English
    "A removed W(?: from (?:the|this) (?:group|community))?",
    "W left(?: (?:the|this) (?:group|community))?",
    "W (?:was|were) removed(?: by A)?",
    # German
    "W ha(?:t|st) (?:(?:die|diese) (?:Gruppe|Community) )?verlassen",
    "A ha(?:t|st) W (?:aus der (?:Gruppe|Community) )?entfernt",
    "W wurden? (?:von A )?(?:aus der Gruppe )?entfernt",
    # Spanish
    "W (?:salió|ha salido|abandonó)(?: (?:del|el) grupo)?",
    "(?P<object>Saliste|Has salido)(?: del grupo)?",
    "A (?:ha )?(?:eliminó|eliminado|sacó|quitó|expulsó) a W(?: del grupo)?",
    "A (?P<object>te) (?:ha )?(?:eliminó|eliminado|sacó|quitó|expulsó)",
    "(?:Eliminaste|Has eliminado) a W(?: del grupo)?",
    # French
    "W (?:a|as|avez) quitté(?: le groupe)?",
    "W est parti(?:e|\\(e\\))?",
    "A (?:a|as|avez) (?:retiré|supprimé|exclu|enlevé) W(?: du groupe)?",
    "A (?P<object>vous a|t'a) (?:retiré|supprimé|exclu|enlevé)(?:e|\\(e\\))?",
    # Italian
    "W (?:ha|hai) (?:abbandonato|lasciato)(?: il gruppo)?",
    "W è uscit[oa](?: dal gruppo)?",
    "(?P<object>Hai) (?:abbandonato|lasciato)(?: il gruppo)?",
    "(?:A ha|Hai) rimosso W(?: dal gruppo)?",
    "A (?P<object>ti) ha rimosso",
    # Portuguese
    "W saiu(?: do grupo)?",
    "(?P<object>Saíste)(?: do grupo)?",
    "A removeu W(?: do grupo)?",
    "(?:Removeste|Removeu) W",
    "W (?:foi|foram) removid[oa]s?(?: por A)?",
    # Dutch
    "W (?:heeft|hebt) (?:de|deze) groep verlaten",
    "A (?:heeft|hebt) W verwijderd",
    "W (?:is|zijn) verwijderd(?: door A)?",
    # Turkish
    "W (?:gruptan )?(?:ayrıldı|çıktı)",
    "(?P<object>Siz)? ?(?:gruptan )?ayrıldınız",
    "A, W (?:kişisini|adlı kişiyi|kişilerini) (?:gruptan )?çıkardı",
    "A (?P<object>sizi|seni) (?:gruptan )?çıkardı",
    "(?:Siz )?W (?:kişisini|kişilerini) (?:gruptan )?çıkardınız",
    # Russian
    "W (?:вышел|вышла|вышли|покинул[аи]?)(?:\\(-?\\w+\\))?(?: (?:из группы|группу))?",
    "A удалил[аи]?(?:\\(-?[аи]\\))? W",
    "W (?:удален|удалён)[аы]?(?:\\(-?[аы]\\))?",
    # Polish
    "W (?:opuścił(?:a|\\(-?a\\)|/a)?|wyszedł|wyszła)(?: (?:grupę|z grupy))?",
    "(?P<object>Opuściłeś|Opuściłaś)(?:\\(-?aś\\)|/aś)?(?: grupę)?",
    "A usun(?:ął|ęła)(?:\\(-?ęła\\)|/ęła)? (?:użytkownika )?W(?: z grupy)?",
)
_CREATES = (
    "W created (?:the |this )?(?:group|community).{0,200}",
    "W ha(?:t|st) (?:die |diese )?(?:neue )?Gruppe .{0,200}erstellt",
    "W (?:creó|ha creado) (?:el |este )?grupo.{0,200}",
    "W (?:a|as|avez) créé (?:le |ce )?groupe.{0,200}",
    "W ha creato (?:il |questo )?gruppo.{0,200}",
    "W criou (?:o |este )?grupo.{0,200}",
    "W (?:heeft|hebt) .{0,20}groep.{0,200} (?:aan)?gemaakt",
    'W (?:[“"].{0,200} )?(?:bu )?grubu(?:nu)? oluşturdu',
    "W создал[аи]?(?:\\(-?а\\))? .{0,20}групп.{0,200}",
    "W utworzył(?:a|\\(-?a\\)|/a)? .{0,20}grup.{0,200}",
)
_CHANGES = (
    "(?P<old>.{1,60}) changed to (?P<new>\\+.{1,60})",
    "(?P<old>.{1,60}) changed their phone number to (?P<new>\\+.{1,60})",
    "(?P<old>.{1,60}) hat (?:zu|die Nummer zu) (?P<new>\\+.{1,40}?) gewechselt",
    "(?P<old>.{1,60}) (?:cambió a|ha cambiado a|cambió su número a) (?P<new>\\+.{1,60})",
    "(?P<old>.{1,60}) a changé pour (?P<new>\\+.{1,60})",
)
_STEMS = re.compile(
    r"added|joined|left|removed|created|changed to|phone number|hinzugefügt|beigetreten|verlassen|entfernt|erstellt"
    r"|gewechselt|añadi|agreg|unió|unido|sali[óds]|abandonó|elimin|sacó|quitó|expuls|cre[óa]|cambi"
    r"|ajouté|rejoint|quitté|parti|retiré|supprimé|exclu|enlevé|créé|changé"
    r"|aggiunto|unit[oa]|entrat[oa]|abbandonato|lasciato|uscit[oa]|rimosso"
    r"|adicion|entrou|saiu|saíste|remov|criou|toegevoegd|neemt|deelgenomen|toegetreden|lid geworden|verlaten|verwijderd"
    r"|gemaakt|ekledi|katıldı|ayrıldı|çıktı|çıkardı|oluşturdu|добавил|добавлен|присоедин|вступил|выш[еёл]|покинул|удал"
    r"|создал|dod|dołączył|opuścił|wysz|usun|utworzył",
    re.IGNORECASE,
)
"""A notice contains one of these stems. Other texts are not compared with the forms, to save time."""
_LONGEST = 600
"""Maximum length of a notice, in characters."""
_ACTOR, _WHO = "(?P<by>[^:]{1,80}?)", "(?P<who>[^:]{1,400}?)"


def _compiled(forms: Sequence[str]) -> list[re.Pattern[str]]:
    with_names = (re.sub(r"\bW\b", _WHO, re.sub(r"\bA\b", _ACTOR, form)) for form in forms)
    return [re.compile(rf"{form}\.?", re.IGNORECASE) for form in with_names]


_FORMS = [
    *((CREATES, form) for form in _compiled(_CREATES)),
    *((JOINS, form) for form in _compiled(_JOINS)),
    *((LEAVES, form) for form in _compiled(_LEAVES)),
    *((CHANGES, form) for form in _compiled(_CHANGES)),
]
_OTHERS = re.compile(
    r"creat|chang|encrypt|secur|admin|pinned|disappearing|timer|setting|turned (?:on|off)|call|contact|block|communit"
    r"|business|waiting for|group (?:icon|description|subject)|invite link|request"
    r"|erstellt|geändert|verschlüsselt|sicherheit|angepinnt|fixiert|selbstlöschend|anruf|gewechselt|betreff|kontakt"
    r"|cre[óa]|cambi|cifrad|seguridad|fijó|temporal|llamada|asunto|descripci|bloque"
    r"|créé|modifi|chang|chiffr|sécurité|épingl|éphémère|appel|sujet"
    r"|modificat|crittograf|sicurezza|amministra|fissat|effimer|chiamata|oggetto"
    r"|criou|mudou|alterou|criptogra|encripta|segurança|fixou|temporári|chamada|ligaç"
    r"|gemaakt|gewijzigd|versleuteld|beveiliging|beheerder|vastgezet|zelfverwijder|verdwijn|oproep|onderwerp"
    r"|oluştur|değiştir|şifrel|güvenlik|yönetici|sabitle|süreli|arama|engel"
    r"|созда|измени|шифр|безопасн|админ|закреп|исчеза|звон|заблок|сменил"
    r"|utworz|zmieni|szyfr|zabezpiecz|przypię|przypią|znikając|połączen|zablok",
    re.IGNORECASE,
)
_LONGEST_MOVE = 14
"""Maximum length of a line that may be an arrival or a departure, in words."""
_DELETED = re.compile(
    r"(?:this message was deleted|you deleted this message|null"
    r"|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht"
    r"|se eliminó este mensaje|este mensaje fue eliminado|eliminaste este mensaje"
    r"|ce message a été supprimé|(?:vous avez|tu as) supprimé ce message"
    r"|questo messaggio è stato eliminato|hai eliminato questo messaggio"
    r"|(?:esta )?mensagem (?:foi )?(?:apagada|eliminada)"
    r"|(?:você )?(?:apagou|apagaste|eliminou|eliminaste) esta mensagem"
    r"|dit bericht (?:is|werd) verwijderd|(?:je|u) (?:hebt|heeft) dit bericht verwijderd"
    r"|bu mesaj silindi|bu mesajı sildiniz"
    r"|(?:данное |это )?сообщение удалено|вы удалили (?:это|данное) сообщение"
    r"|ta wiadomość została usunięta|usunięto tę wiadomość|usunąłeś(?:\(-?aś\))? tę wiadomość)\b.{0,40}",
    re.IGNORECASE,
)
_OMITTED = re.compile(
    r"\b(?:omitted|weggelassen|ausgelassen|ausgeschlossen|omitid[oa]|omis[es]*|omess[oaie]|ocult[oa]s?|ocultad[oa]"
    r"|não incluíd[oa]|weggelaten|dahil edilmedi|опущен[аоы]?|отсутствует|пропущен[аоы]?|pominięt[oaey])\b",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r" ?<[^<>]*(?:edited|bearbeitet|edit[óoa]|editad|modifié|modificat|bewerkt|düzenlen|изменен|отредактир|edytowan)"
    r"[^<>]*>$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"^(?:<[^<>:]{2,24}: ?[^<>]{1,200}>|\S{1,120}\.\w{2,5} \([^()]{3,30}\)|<[^<>]{2,60}>)(?: |$)", re.IGNORECASE
)
_ENCRYPTION = re.compile(
    r"^(?:messages|nachrichten|los mensajes|les messages|i messaggi|as mensagens|berichten|mesajlar|сообщения"
    r"|wiadomości)"
    r"\b.{0,60}(?:encrypt|verschlüssel|cifrad|chiffr|crittograf|criptogra|encripta|versleutel|şifre|шифр|szyfr)",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r" (?:and|und|y|et|e|ed|en|ve|и|i|oraz) ", re.IGNORECASE)
_THINGS = re.compile(r"(?:the|this|your|an?|das|die|der|den|el|la|los|las|le|les|l'|il|lo|os?|as|de|het|een|bu) ")
"""Beginning of a thing, such as "the group description". Names of people begin with a capital, even "La Toya"."""
_WITHOUT_COMMA = re.compile(r"^[^,]+ (?:kişisini|kişilerini) (?:ekledi|(?:gruptan )?çıkardı)\.?$")
"""Turkish without the comma between two people. A known name then decides where the first name ends."""
_MORE_PEOPLE = re.compile(r"^\d{1,4} \w+")


@dataclass(frozen=True)
class Notice:
    """A line that WhatsApp itself wrote.

    Parameters
    ----------
    does
        `JOINS`, `LEAVES`, `CREATES`, or `CHANGES` for a new telephone number; empty for another notice.
    who
        People who join, leave or create the group, or the old and the new number.
    by
        Name of the person who does something to others; empty if unknown.
    """

    does: str
    who: tuple[str, ...] = ()
    by: str = ""

    @property
    def subject(self) -> str:
        """The person who does something."""
        return self.by or (self.who[0] if self.who else "")


def notice_of(text: str, known: Iterable[str] = ()) -> Notice | None:
    """Read a line that WhatsApp itself wrote; None if no form of the tables fits.

    Parameters
    ----------
    text
        The line without time and label.
    known
        Names of people, which may contain a word for "and".

    Examples
    --------
    >>> notice_of("Ann added Bo and Cy")
    Notice(does='joins', who=('Bo', 'Cy'), by='Ann')
    >>> notice_of("Ann hat die Gruppe verlassen").who, notice_of("The weather is fine")
    (('Ann',), None)
    """
    if len(text) > _LONGEST or not _STEMS.search(text):
        return Notice("") if is_about_encryption(text) else None
    known = frozenset(known)
    if _WITHOUT_COMMA.search(text) and (actor := next((name for name in known if text.startswith(f"{name} ")), "")):
        text = f"{actor},{text.removeprefix(actor)}"
    for does, form in _FORMS:
        if found := form.fullmatch(text):
            return _notice(does, found, known)
    return Notice("") if is_about_encryption(text) else None


def is_about_encryption(text: str) -> bool:
    """Tell whether a text is the notice that messages are encrypted."""
    return _ENCRYPTION.match(text) is not None


def _notice(does: str, found: re.Match[str], known: frozenset[str]) -> Notice | None:
    groups = found.groupdict()
    by = _named(groups.get("by") or "")
    if does == CHANGES:
        return Notice(does, (_named(groups["old"]), _named(groups["new"])))
    if groups.get("object") or not groups.get("who"):
        return Notice(does, (OWNER,), by)
    if _THINGS.match(groups["who"]):
        return None
    return Notice(does, tuple(_people(groups["who"], known)), by)


def may_be_a_move(text: str) -> bool:
    """Tell whether a notice that was not understood may be an arrival or a departure."""
    return len(text.split()) <= _LONGEST_MOVE and not _OTHERS.search(text) and not _DELETED.fullmatch(text)


def words_of(text: str) -> str:
    """Return the words of a person in a message: without attachments, and empty for a deleted message."""
    text = _EDITED.sub("", text)
    while attached := _ATTACHED.match(text):
        text = text[attached.end() :]
    return "" if _DELETED.fullmatch(text.strip()) else text.strip()


def is_sent(text: str) -> bool:
    """Tell whether a text with the mark of WhatsApp is an attachment, a deleted message or an edited message."""
    return words_of(text) != text or bool(len(text.split()) <= 5 and _OMITTED.search(text))


def is_about(text: str, names: Iterable[str]) -> bool:
    """Tell whether a text may be a notice about one of the people, such as "Ann changed the group description".

    Parameters
    ----------
    text
        The text without time and label.
    names
        Names of people.
    """
    return _OTHERS.search(text) is not None and any(text.startswith(f"{name} ") for name in names)


def bare_name(name: str) -> str:
    """Return a name without the sign that WhatsApp puts before people who are not among the contacts."""
    return name.removeprefix("~").strip()


def _named(name: str) -> str:
    name = bare_name(name.strip(" @"))
    return OWNER if fold(name) in _OWNER_WORDS else name


def _people(listed_names: str, known: frozenset[str]) -> Iterable[str]:
    """Yield the names of a list, such as "Ann, Bo and Cy"."""
    for part in listed_names.split(", "):
        names = [part] if bare_name(part) in known else _CONJUNCTION.split(part)
        yield from (_named(name) for name in names if name.strip() and not _MORE_PEOPLE.match(name))
