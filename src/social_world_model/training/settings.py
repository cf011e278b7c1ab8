"""Settings of the samples that are made from contexts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from social_world_model.errors import ConfigurationError
from social_world_model.settings import Checked, Option

Form = Literal["sft", "grpo"]
"""A conversation to imitate; or a request with a reference, for training by reward."""
FileKind = Literal["parquet", "jsonl"]
OverLong = Literal["leave-out", "keep"]


@dataclass(frozen=True, kw_only=True)
class Rules(Checked):
    """Which contexts become samples.

    Parameters
    ----------
    only_valid
        Only contexts without errors.
    only_right
        Only contexts from which a question was answered correctly.
    min_f1
        Least F1 of perceived events against the symbolic model's context; None for any.
    keep_draws
        Whether different contexts of one narrative are all kept; else only the first is.
    max_tokens
        Longest sample; None for any length.
    over_long
        What happens to longer samples. They are never cut.
    schema_in_prompt
        As in `sample_of`.
    """

    only_valid: Annotated[
        bool,
        Option(
            help="Take only contexts without errors, or all that have a wire form.",
            flags=("--only-valid/--also-invalid",),
        ),
    ] = True
    only_right: Annotated[bool, Option(help="Take only results whose question was answered correctly.")] = False
    min_f1: Annotated[
        float | None,
        Option(
            help="Take only contexts of at least this perceived-event F1 against the symbolic model.", least=0, most=1
        ),
    ] = None
    keep_draws: Annotated[bool, Option(help="Take different contexts of one narrative; else the first.")] = False
    max_tokens: Annotated[int | None, Option(help="Longest sample, request and reply together.", least=1)] = None
    over_long: Annotated[OverLong, Option(help="What happens to longer samples. They are never cut.")] = "leave-out"
    schema_in_prompt: Annotated[
        bool, Option(help="Ask for the form in words, for endpoints without guided decoding.")
    ] = False


@dataclass(frozen=True, kw_only=True)
class DataSettings(Checked):
    """What is made into samples, and how.

    Parameters
    ----------
    out
        The folder for the files.
    folders
        Folders of results with contexts.
    generate, n
        Name of a story generator to use instead, and how many stories.
    benchmark
        The benchmark whose guidance belongs in the prompts; None to take it from the folders.
    rules
        Which contexts are taken.
    val_share, seed
        Share of narratives that are held out, and the seed of that choice and of stories.
    tokenizer
        The tokenizer that counts tokens: a folder or hub id; None to count none.
    form, kinds
        What a row holds, and the kinds of files.
    """

    out: Annotated[Path, Option(help="The folder to write train and val into.")]
    folders: Annotated[
        tuple[Path, ...],
        Option(
            help="Folder of results with contexts, or of such folders; repeatable. For training, also a folder that "
            "swm train data wrote.",
            flags=("--data-dir",),
            typed="list",
        ),
    ] = ()
    generate: Annotated[str | None, Option(help="Generate stories instead: tomi, ori_tomi or hitom.")] = None
    n: Annotated[int, Option(help="Number of stories to generate.", flags=("--n",), least=1)] = 1000
    benchmark: Annotated[
        str | None, Option(help="The benchmark whose guidance goes into the prompts; by default that of the folders.")
    ] = None
    rules: Annotated[Rules, Option(typed="nothing")] = field(default_factory=Rules)
    val_share: Annotated[float, Option(help="Share of the narratives that are held out.", least=0, below=1)] = 0.02
    seed: Annotated[int, Option(help="The same seed gives the same files, byte for byte.")] = 0
    tokenizer: Annotated[str | None, Option(help="Count tokens with this tokenizer: a folder or hub id.")] = None
    form: Annotated[Form, Option(help="Conversations; or requests with a reference, for rewards.")] = "sft"
    kinds: Annotated[tuple[FileKind, ...], Option(typed="nothing")] = ("parquet", "jsonl")

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.folders) == (self.generate is not None):
            raise ConfigurationError(
                "expected either folders or generate, got both or none of them", parameters=("folders", "generate")
            )
        if not self.kinds:
            raise ConfigurationError("expected kinds to have parquet, jsonl or both, got none", parameters=("kinds",))
        if self.rules.max_tokens is not None and self.tokenizer is None:
            raise ConfigurationError(
                "expected tokenizer beside max_tokens, because tokens are those of a model, got none",
                parameters=("tokenizer", "max_tokens"),
            )
        self._check_names()

    def _check_names(self) -> None:
        if self.generate is not None:
            from social_world_model.symbolic.generators import GENERATORS

            if self.generate not in GENERATORS:
                raise ConfigurationError(
                    f"expected generate to be {' or '.join(GENERATORS)}, got {self.generate!r}",
                    parameters=("generate",),
                )
        if self.benchmark is not None:
            from social_world_model.benchmarks import get_benchmark

            get_benchmark(self.benchmark)
