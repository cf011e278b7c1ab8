"""``swm parse``, ``ask``, ``perspective``, ``timeline`` and ``validate``: work with one story or one context."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from social_world_model.choices import Reader
from social_world_model.cli.channel import ChannelKind
from social_world_model.cli.people import PeopleFile, read_people
from social_world_model.cli.streams import raw

if TYPE_CHECKING:
    from social_world_model.s3ap import SocializedContext

SYMBOLIC = "symbolic"
TRACE_WIDTH = 60
"""Maximum number of characters of a sentence in a trace."""
Story = Annotated[
    Path,
    typer.Argument(
        help="File with a story, a chat, or a context in JSON. A chat can also be the folder or the zip file of an "
        "export. If an export has several chats, add the name of the chat to the path: export.zip/general. Use - for "
        "standard input.",
        show_default=False,
    ),
]
ModelName = Annotated[
    str, typer.Option(help="Model: symbolic, or a language model. The names are the same as for swm run --model-name.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the context as JSON.")]
ReaderOption = Annotated[
    Reader,
    typer.Option(
        "--reader",
        help="How the symbolic model reads stories. template: sentences of the story grammar. english: ordinary "
        "English, with the extra english. auto: the grammar first, then ordinary English.",
    ),
]


def parse(
    story: Story,
    as_json: Json = False,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace",
            help="Print a trace instead of the context. The trace lists each sentence, the step of the sentence, and "
            "the agents that perceive this step.",
        ),
    ] = False,
    model_name: ModelName = SYMBOLIC,
    critique: Annotated[
        bool, typer.Option("--critique", help="Let the language model review and correct the context.")
    ] = False,
    people: PeopleFile = None,
    channel: ChannelKind = None,
    reader: ReaderOption = "auto",
) -> None:
    """Parse a story into an S3AP context."""
    if trace:
        _show_trace(story, model_name, people, channel, reader)
    else:
        context = context_of(story, model_name, critique=critique, people=people, channel=channel, reader=reader)
        _show(context, as_json)
        _tell_what_was_not_read(context)


def _tell_what_was_not_read(context: SocializedContext) -> None:
    from social_world_model.symbolic.parser import not_read

    if unread := not_read(context):
        print(f"note: these parts were skipped, or only partly read: {unread}", file=sys.stderr)


def _show_trace(path: Path, model_name: str, people: Path | None, channel: ChannelKind, reader: Reader) -> None:
    from social_world_model.errors import ConfigurationError
    from social_world_model.symbolic import parse_narrative

    if model_name != SYMBOLIC:
        raise ConfigurationError(f"expected --model-name symbolic if --trace is set, got {model_name}")
    story = _narrative_in(_story_or_context(path, people, channel))
    if story is None:
        raise ConfigurationError(f"expected a story for --trace, got a context without a story: {path}")
    entries = parse_narrative(story, reader=reader)[1]
    width = min(TRACE_WIDTH, max(len(entry.text) for entry in entries))
    print(f"step  {'sentence':{width}}  perceived by")
    for entry in entries:
        shown = entry.text if len(entry.text) <= width else f"{entry.text[: width - 1]}…"
        print(f"{entry.timestep:>4}  {shown:{width}}  {', '.join(entry.perceivers) or '–'}")


def ask(
    story: Story,
    question: Annotated[
        str, typer.Argument(help="Question, such as 'Where will Sally look for the ball?'", show_default=False)
    ],
    agent: Annotated[
        str | None,
        typer.Option(help="Agent that answers from its own memory. Default: the answer comes from the whole context."),
    ] = None,
    model_name: ModelName = SYMBOLIC,
    why: Annotated[
        bool,
        typer.Option(
            "--why",
            help="Also print whether the answer is certain, the reason, and the lines or sentences that the answer "
            "depends on.",
        ),
    ] = False,
    people: PeopleFile = None,
    channel: ChannelKind = None,
    reader: ReaderOption = "auto",
) -> None:
    """Answer a question about a story.

    The answer is derived from the context, not from the text of the story. If the answer of the symbolic model is a
    guess, a note on standard error says so. Another note lists lines that were not read.
    """
    from social_world_model.cli.answers import show_answer, tell_guess, tell_unread
    from social_world_model.symbolic import domain_of, read_question
    from social_world_model.symbolic.parser import UNKNOWN
    from social_world_model.world_model import SocialWorldModel

    asked = read_question(question)
    context = context_of(story, model_name, people=people, channel=channel, reader=reader)
    answer = SocialWorldModel(model_name).ask_sync(context, question, agent=agent)
    if model_name == SYMBOLIC and answer == UNKNOWN and asked is not None and domain_of(context) == "story":
        _check_thing(context, asked.thing)
    show_answer(answer, context, explained=why)
    tell_unread(context)
    if model_name == SYMBOLIC and not why:
        tell_guess(answer)


def _check_thing(context: SocializedContext, thing: str) -> None:
    """Raise an error if the object in the question does not occur in the story."""
    from social_world_model.errors import ConfigurationError, ContextError
    from social_world_model.symbolic.story.beliefs import readings_of, things_told
    from social_world_model.symbolic.story.clauses import key

    try:
        things = things_told(readings_of(context))
    except ContextError:  # another kind of story
        return
    if key(thing) not in things:
        raise ConfigurationError(
            f"expected a question about an object in the story ({', '.join(things.values()) or 'none'}), got {thing}"
        )


Chain = Annotated[
    list[str],
    typer.Argument(
        help="Names of one or more agents. For example, Anne Sally shows the perspective of Anne on Sally.",
        show_default=False,
    ),
]


def perspective(
    story: Story,
    chain: Chain,
    as_json: Json = False,
    people: PeopleFile = None,
    channel: ChannelKind = None,
    reader: ReaderOption = "auto",
) -> None:
    """Show a story from the perspective of an agent.

    With one name, the command shows what this agent has perceived. With two names A and B, the command shows what A
    believes that B has perceived. More names add more levels of belief.
    """
    _show(context_of(story, people=people, channel=channel, reader=reader).perspective(*chain), as_json)


def view_of(story: Story, chain: Chain, as_json: Json = False) -> None:
    """Show a story from the perspective of an agent. The new name of this command is `swm perspective`."""
    print("warning: swm view-of is deprecated: use swm perspective", file=sys.stderr)
    perspective(story, chain, as_json)


def timeline(
    story: Story,
    model_name: ModelName = SYMBOLIC,
    people: PeopleFile = None,
    channel: ChannelKind = None,
    reader: ReaderOption = "auto",
) -> None:
    """Show who acts and who perceives in each step.

    The chart shows which agents were present, and which steps each agent missed.
    """
    import shutil

    from social_world_model import s3ap
    from social_world_model.s3ap.timeline import ACTS, PERCEIVES

    context = context_of(story, model_name, people=people, channel=channel, reader=reader)
    for line in s3ap.timeline(context).lines(shutil.get_terminal_size().columns):
        print(line)
    print(f"\n{ACTS} acts   {PERCEIVES} perceives what happens in that step")


def validate(
    context: Annotated[Path, typer.Argument(help="File with a context in JSON. Use - for standard input.")],
) -> None:
    """List the errors and warnings of a context.

    Exit status: 0 if there are no errors (warnings are possible); 1 if there are errors; 2 if the file cannot be read.
    """
    from social_world_model import s3ap
    from social_world_model.errors import ContextError
    from social_world_model.s3ap.context import parse_json

    try:
        issues = s3ap.validate(_context_in(parse_json(_read(context))))
    except ContextError as error:
        issues = list(error.issues)
        if not issues:
            print(f"error: {error}")
            raise typer.Exit(1) from None
    for issue in issues:
        print(issue)
    errors = sum(issue.severity == "error" for issue in issues)
    warnings = len(issues) - errors
    print(f"{errors} {'error' if errors == 1 else 'errors'}, {warnings} {'warning' if warnings == 1 else 'warnings'}")
    raise typer.Exit(1 if errors else 0)


def _show(context: SocializedContext, as_json: bool) -> None:
    if as_json:
        print(context.to_json())
    else:
        from rich.console import Console

        Console(file=raw(sys.stdout)).print(context)


def context_of(
    path: Path,
    model_name: str = SYMBOLIC,
    *,
    critique: bool = False,
    people: Path | None = None,
    channel: ChannelKind = None,
    reader: Reader = "auto",
) -> SocializedContext:
    """Read a context from a file and check the context for errors, or parse a story from a file."""
    from social_world_model.errors import ContextError
    from social_world_model.s3ap.validation import errors_of
    from social_world_model.world_model import SocialWorldModel

    data = _story_or_context(path, people, channel)
    narrative = _narrative_in(data)
    if "socialized_context" not in data and narrative is not None:
        return SocialWorldModel(model_name).parse_sync(narrative, critique=critique, reader=reader)
    context = _context_in(data)
    if errors := errors_of(context):
        raise ContextError("expected a context without errors, got:", errors)
    return context


def _story_or_context(path: Path, people: Path | None = None, channel: ChannelKind = None) -> dict[str, Any]:
    """Read a context, a result, a plain story or a chat. A story or a chat becomes a result with only a narrative."""
    from social_world_model.errors import ConfigurationError
    from social_world_model.symbolic.conversation.exports import is_chat_folder, own_json, read_chat, read_chat_at
    from social_world_model.symbolic.conversation.transcript import as_channel

    named = None if people is None else read_people(people)
    is_input = str(path) == "-"
    if not is_input and (path.is_dir() or not path.exists() or is_chat_folder(path)):
        return {"narrative": as_channel(read_chat_at(path, people=named), channel)}
    text = _read(path)
    if (data := own_json(text)) is not None:
        if given := "people" if named is not None else "channel" if channel else "":
            raise ConfigurationError(f"expected a chat if {given} is set, got a context", parameters=(given,))
        return data
    is_file = not is_input and path.is_file()  # a pipe can be read only once
    chat = read_chat_at(path, people=named) if is_file else read_chat(text, people=named)
    return {"narrative": as_channel(chat, channel)}


def _narrative_in(data: dict[str, Any]) -> str | None:
    """Return the narrative of a result. In results of earlier versions, the key is `story`."""
    narrative = data.get("narrative", data.get("story"))
    return narrative if isinstance(narrative, str) else None


def _context_in(data: Any) -> SocializedContext:
    """Read a context, or the context of a result."""
    from social_world_model.s3ap import SocializedContext

    return SocializedContext.from_data(data.get("socialized_context", data) if _is_result(data) else data)


def _is_result(data: Any) -> bool:
    return isinstance(data, dict) and "index" in data


def _read(path: Path) -> str:
    from social_world_model.errors import DatasetError

    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"expected a readable file, got {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"expected UTF-8 text, got {path}: {error}") from None
