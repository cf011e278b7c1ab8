"""Exports of WhatsApp: dates and notices of many languages, from Android and iOS."""

from __future__ import annotations

import pytest

from social_world_model.symbolic.conversation import read_transcript
from social_world_model.symbolic.conversation.exports import read_chat

MARK = "\u200e"

NOTICES = {
    "en": ("Rosa added Ivo", "Ivo left", "Rosa removed Ivo", "Ivo joined using this group's invite link"),
    "de": (
        "Rosa hat Ivo hinzugefügt",
        "Ivo hat die Gruppe verlassen",
        "Rosa hat Ivo entfernt",
        "Ivo ist der Gruppe über den Einladungslink beigetreten",
    ),
    "es": (
        "Rosa añadió a Ivo",
        "Ivo salió del grupo",
        "Rosa eliminó a Ivo",
        "Ivo se unió usando el enlace de invitación de este grupo",
    ),
    "fr": (
        "Rosa a ajouté Ivo",
        "Ivo a quitté le groupe",
        "Rosa a retiré Ivo",
        "Ivo a rejoint le groupe via un lien d'invitation",
    ),
    "it": (
        "Rosa ha aggiunto Ivo",
        "Ivo ha abbandonato il gruppo",
        "Rosa ha rimosso Ivo",
        "Ivo è entrato usando il link d'invito di questo gruppo",
    ),
    "pt": (
        "Rosa adicionou Ivo",
        "Ivo saiu do grupo",
        "Rosa removeu Ivo",
        "Ivo entrou usando o link de convite deste grupo",
    ),
    "nl": (
        "Rosa heeft Ivo toegevoegd",
        "Ivo heeft de groep verlaten",
        "Rosa heeft Ivo verwijderd",
        "Ivo neemt deel via de uitnodigingslink van deze groep",
    ),
    "tr": (
        "Rosa, Ivo kişisini ekledi",
        "Ivo gruptan ayrıldı",
        "Rosa, Ivo kişisini çıkardı",
        "Ivo bu grubun davet bağlantısını kullanarak katıldı",
    ),
    "ru": (
        "Rosa добавил(а) Ivo",
        "Ivo вышел(а) из группы",
        "Rosa удалил(а) Ivo",
        "Ivo присоединился(-лась) к группе по ссылке-приглашению",
    ),
    "pl": (
        "Rosa dodał(a) Ivo",
        "Ivo opuścił(a) grupę",
        "Rosa usunął(-ęła) Ivo",
        "Ivo dołączył(a) przy użyciu linku z zaproszeniem",
    ),
}
CREATED = {
    "en": "Rosa created group “Boats: 2026”",
    "de": "Rosa hat die Gruppe „Boats“ erstellt",
    "es": "Rosa creó el grupo “Boats”",
    "fr": "Rosa a créé le groupe « Boats »",
    "it": "Rosa ha creato il gruppo “Boats”",
    "pt": "Rosa criou o grupo “Boats”",
    "nl": "Rosa heeft de groep 'Boats' gemaakt",
    "tr": "Rosa “Boats” grubunu oluşturdu",
    "ru": "Rosa создал(а) группу «Boats»",
    "pl": "Rosa utworzył(a) grupę „Boats”",
}
DELETED = (
    "This message was deleted",
    "Diese Nachricht wurde gelöscht.",
    "Se eliminó este mensaje",
    "Ce message a été supprimé",
    "Questo messaggio è stato eliminato",
    "Esta mensagem foi apagada",
    "Dit bericht is verwijderd",
    "Bu mesaj silindi",
    "Данное сообщение удалено",
    "Ta wiadomość została usunięta",
)
OMITTED = (
    "<Media omitted>",
    "<Medien ausgeschlossen>",
    "<Multimedia omitido>",
    "<Médias omis>",
    "<Media omessi>",
    "<Mídia oculta>",
    "<Media weggelaten>",
    "<Medya dahil edilmedi>",
    "<Без медиафайлов>",
    "<Pominięto multimedia>",
    "IMG-20260312-WA0001.jpg (file attached)",
)


def android(*rows: str) -> str:
    return read_chat("\n".join(f"12/03/2026, 18:{number:02} - {row}" for number, row in enumerate(rows, start=10)))


def ios(*rows: str) -> str:
    return read_chat("\n".join(f"[12.03.26, 18:{number:02}:05] {row}" for number, row in enumerate(rows, start=10)))


@pytest.mark.parametrize("language", NOTICES)
def test_notices_of_android(language: str) -> None:
    added, left, removed, joined = NOTICES[language]
    text = android("Rosa: hi", added, "Ivo: hello", left, "Rosa: so", joined, removed, "Rosa: well")
    assert text == (
        "(Members: Rosa)\nRosa: hi\n(Ivo joins)\nIvo: hello\n(Ivo leaves)\nRosa: so\n(Ivo joins)\n(Ivo leaves)\n"
        "Rosa: well"
    )


@pytest.mark.parametrize("language", NOTICES)
@pytest.mark.parametrize("mark", [MARK, ""])
def test_notices_of_ios_have_labels(language: str, mark: str) -> None:
    added, left, removed, joined = NOTICES[language]
    text = ios(
        "Rosa: hi",
        f"Rosa: {mark}{added}",
        "Ivo: hello",
        f"Ivo: {mark}{left}",
        "Rosa: so",
        f"Ivo: {mark}{joined}",
        f"Rosa: {mark}{removed}",
        "Rosa: well",
    )
    assert text == (
        "(Members: Rosa)\nRosa: hi\n(Ivo joins)\nIvo: hello\n(Ivo leaves)\nRosa: so\n(Ivo joins)\n(Ivo leaves)\n"
        "Rosa: well"
    )


@pytest.mark.parametrize("language", CREATED)
@pytest.mark.parametrize("mark", [MARK, ""])
def test_a_group_is_no_person_and_its_silent_founder_is_a_member(language: str, mark: str) -> None:
    rows = [f"Boats: {mark}Messages and calls are end-to-end encrypted.", f"Rosa: {mark}{CREATED[language]}"]
    assert read_transcript(ios(*rows, "Ivo: hi", "Ivo: all?")).cast == ("Ivo", "Rosa")
    assert read_transcript(android(CREATED[language], "Ivo: hi", "Ivo: all?")).cast == ("Ivo", "Rosa")


def test_a_group_that_adds_the_owner_is_no_person() -> None:
    text = ios(f"Boats: {MARK}Rosa added you", "Boats: Rosa changed this group's icon", "Rosa: hi", "Ivo: hello")
    assert read_transcript(text).cast == ("Rosa", "Ivo")


@pytest.mark.parametrize("text", [*DELETED, *OMITTED])
def test_deleted_messages_and_attachments_are_no_words(text: str) -> None:
    assert android("Rosa: hi", f"Ivo: {text}").endswith("(Ivo sends something without text)")
    assert ios("Rosa: hi", f"Ivo: {MARK}{text}").endswith("(Ivo sends something without text)")


@pytest.mark.parametrize(
    "text",
    [
        "image omitted",
        "Bild weggelassen",
        "imagen omitida",
        "image absente",
        "imagem ocultada",
        "afbeelding weggelaten",
    ],
)
def test_attachments_of_ios(text: str) -> None:
    assert "Ivo:" not in ios("Rosa: hi", f"Ivo: {MARK}{text}")


def test_captions_and_edited_messages_keep_their_words() -> None:
    assert ios(f"Ivo: {MARK}<attached: 00001-PHOTO.jpg> the blue door").endswith("\nIvo: the blue door")
    assert ios(f"Ivo: at nine {MARK}<This message was edited>").endswith("\nIvo: at nine")
    assert android("Ivo: IMG-1.jpg (Datei angehängt)\nthe blue door").endswith("\nIvo: the blue door")


@pytest.mark.parametrize("said", ["Tom left", "I removed Ivo from the list", "Rosa added salt", "the post was removed"])
def test_people_may_say_what_looks_like_a_notice(said: str) -> None:
    assert android("Rosa: hi", f"Ivo: {said}").endswith(f"\nIvo: {said}")
    assert ios("Rosa: hi", "Ivo: hm", f"Ivo: {said}").endswith(f"\nIvo: {said}")


def test_the_sign_of_unsaved_contacts_is_no_part_of_a_name() -> None:
    text = ios("~ Jean-Luc: hi", "Rosa: hello", f"~\u202fJean-Luc: {MARK}~\u202fJean-Luc left", "Rosa: so")
    assert text.splitlines()[1:] == ["Jean-Luc: hi", "Rosa: hello", "(Jean-Luc leaves)", "Rosa: so"]


def test_several_people_are_added_at_once() -> None:
    assert android("Rosa: hi", "Rosa added Ivo, Al and +1 (555) 010-9999").splitlines()[2:] == [
        "(Ivo joins)",
        "(Al joins)",
        "(+1 555 010-9999 joins)",
    ]
    assert android("Rosa y Eva: hi", "Rosa hat Ivo und Al hinzugefügt").splitlines()[2:] == [
        "(Ivo joins)",
        "(Al joins)",
    ]


def test_lines_about_the_owner_of_the_phone() -> None:
    assert "(Ivo joins)" in android("Rosa: hi", "You added Ivo")
    assert "(Ivo joins)" in android("Rosa: hi", "Du hast Ivo hinzugefügt")
    assert "(Rosa leaves)" in ios("Rosa: hi", "Ivo: hello", f"Rosa: {MARK}You left")
    text = android("Rosa: hi", "Ivo: hello", "You left")
    read = read_transcript(text)
    assert read.cast == ("Rosa", "Ivo")
    assert [problem.shown for problem in read.problems] == ["'You left'"]
    named = "\n".join(["12/03/2026, 18:10 - Rosa: hi", "12/03/2026, 18:11 - You left"])
    assert read_chat(named, people={"Rosa": ["You"]}) == "(Members: Rosa)\nRosa: hi\n(Rosa leaves)"


@pytest.mark.parametrize(
    "added",
    [
        "You added Ivo",
        "Du hast Ivo hinzugefügt",
        "Añadiste a Ivo",
        "Vous avez ajouté Ivo",
        "Hai aggiunto Ivo",
        "Você adicionou Ivo",
        "Je hebt Ivo toegevoegd",
        "Ivo kişisini eklediniz",
        "Вы добавили Ivo",
        "Dodałeś(-aś) Ivo",
        "Ivo was added",
        "Ivo wurde hinzugefügt",
    ],
)
def test_whom_the_owner_of_the_phone_adds(added: str) -> None:
    assert android("Rosa: hi", added) == "(Members: Rosa)\nRosa: hi\n(Ivo joins)"


@pytest.mark.parametrize(
    "added",
    [
        "Rosa added you",
        "Rosa hat dich hinzugefügt",
        "Rosa te añadió",
        "Rosa vous a ajouté",
        "Rosa ti ha aggiunto",
        "Rosa adicionou você",
        "Rosa heeft je toegevoegd",
        "Rosa sizi ekledi",
        "Rosa добавил(а) вас",
        "Rosa dodał(a) Cię",
    ],
)
def test_the_owner_of_the_phone_who_is_added_is_nobody_else(added: str) -> None:
    read = read_transcript(android("Rosa: hi", added, "Ivo: hello"))
    assert (read.cast, read.problems) == (("Rosa", "Ivo"), ())


def test_turkish_notices_may_have_no_comma() -> None:
    assert android("Rosa Ay: hi", "Rosa Ay Ivo Can kişisini ekledi").endswith("(Ivo Can joins)")


def test_a_notice_in_an_unknown_language_is_listed_as_not_read() -> None:
    read = read_transcript(android("Rosa: hi", "Ivo: hello", "Ivo har lämnat gruppen", "Rosa: so"))
    assert [(problem.number, problem.shown) for problem in read.problems] == [(4, "'Ivo har lämnat gruppen'")]
    assert "may say who comes or goes" in read.problems[0].why


def test_a_new_number_is_the_same_person() -> None:
    text = android("+49 171 1: hi", "+49 171 1 changed to +49 172 2", "+49 172 2: hello")
    assert read_transcript(text).cast == ("+49 172 2",)


@pytest.mark.parametrize(
    "stamp",
    [
        "12/03/2026, 18:01 - ",
        "3/12/26, 6:01 PM - ",
        "3/12/26, 6:01\u202fPM - ",
        "12.03.26, 18:01 - ",
        "2026-03-12, 18:01 - ",
        "12-03-2026 18:01 - ",
        "2026. 03. 12. 18:01 - ",
        "12. 3. 2026 18:01 - ",
        "12.03.26 г., 18:01 ч. - ",
        "2026/3/12 下午6:01 - ",
        "[2026/3/12 下午6:01:05] ",
        "2026年3月12日 18:01 - ",
        "2026. 3. 12. 오후 6:01, ",
        "[2026. 3. 12. 오후 6:01:05] ",
        "2026/03/12 18:01 - ",
        "[2026/03/12 18:01:05] ",
        "\u200f12/3/2026، 6:01 م - ",
        "\u200f١٢‏/٣‏/٢٠٢٦، ٦:٠١ م - ",
        "۱۴۰۴/۱۲/۲۱،\u200f ۱۸:۰۱ - ",
        "12/03/26, 6:01 अपराह्न - ",
        "[12/03/26, 6:01:05 अपराह्न] ",
        "१२/०३/२६, ६:०१ pm - ",
        "12/03/2026 à 18:01 - ",
        "12.3.2026 klo 18.01 - ",
        "12/3/26 18:01 - ",
        "12.03.2026 18:01:05: ",
        "[12/3/26, 6:01:05 p. m.] ",
        "12/3/26, 6:01 p. m. - ",
    ],
)
def test_dates_of_many_languages(stamp: str) -> None:
    assert read_chat(f"{stamp}Rosa: hi: you\n{stamp}Ivo: hello") == "(Members: Rosa, Ivo)\nRosa: hi: you\nIvo: hello"


def test_a_transcript_with_times_is_no_export() -> None:
    for text in ("2026-03-12 09:00 Ann: Hi\n2026-03-12 09:05 Bo: Hello", "[2026-03-12 09:00] Ann: Hi\nBo: Hello"):
        assert read_chat(text) == text
