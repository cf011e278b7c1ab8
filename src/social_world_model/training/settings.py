"""Settings for making samples from contexts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from social_world_model.choices import Wire
from social_world_model.errors import ConfigurationError
from social_world_model.settings import Checked, Option

Form = Literal["sft", "grpo"]
"""``"sft"``: conversations for supervised training. ``"grpo"``: requests with references, for rewards."""
FileKind = Literal["parquet", "jsonl"]
OverLong = Literal["leave-out", "keep"]


@dataclass(frozen=True, kw_only=True)
class Rules(Checked):
    """Rules that decide which contexts become samples.

    Parameters
    ----------
    only_valid
        Whether to use only contexts without errors.
    only_right
        Whether to use only contexts whose question was answered correctly.
    min_f1
        Smallest F1 of perceived events. The reference is the context of the symbolic model. None means no limit.
    keep_draws
        Whether to keep different contexts of one narrative. By default, only the first context is kept.
    max_tokens
        Largest number of tokens of a sample; None means no limit.
    over_long
        ``"leave-out"`` skips samples that are too long. ``"keep"`` keeps these samples. Samples are never shortened.
    wire
        Wire form of the replies, and of the prompts that ask for them.
    """

    only_valid: Annotated[
        bool,
        Option(
            help="Use only contexts without errors, or also contexts with errors.",
            flags=("--only-valid/--also-invalid",),
        ),
    ] = True
    only_right: Annotated[bool, Option(help="Use only results whose question was answered correctly.")] = False
    min_f1: Annotated[
        float | None,
        Option(
            help="Use only contexts with at least this F1 of perceived events; the symbolic model makes the reference.",
            least=0,
            most=1,
        ),
    ] = None
    keep_draws: Annotated[bool, Option(help="Use all different contexts of a narrative, not only the first.")] = False
    max_tokens: Annotated[
        int | None, Option(help="Maximum length of a sample in tokens, with request and reply together.", least=1)
    ] = None
    over_long: Annotated[
        OverLong, Option(help="Leave out or keep samples that are longer than --max-tokens. Samples are never cut.")
    ] = "leave-out"
    wire: Annotated[Wire, Option(help="Format in which the model learns to write contexts: standard or compact.")] = (
        "standard"
    )


@dataclass(frozen=True, kw_only=True)
class DataSettings(Checked):
    """Settings for making samples.

    Parameters
    ----------
    out
        Folder in which the files are written.
    folders
        Folders of results that contain contexts.
    generate, n
        Name of a story generator that is used instead of folders, and number of stories.
    benchmark
        Benchmark whose instructions are used in the prompts; None means that the benchmark is inferred from the
        folders.
    rules
        Rules that decide which contexts become samples.
    val_share, seed
        Share of narratives that are held out for validation, and random seed. The seed decides which narratives are
        held out, and which stories are generated.
    tokenizer
        Folder or hub id of the tokenizer that counts tokens; None means that tokens are not counted.
    form, kinds
        Form of the samples, and formats of the files.
    """

    out: Annotated[Path, Option(help="Folder for the train and val files.")]
    folders: Annotated[
        tuple[Path, ...],
        Option(
            help="Folder of results with contexts, or a folder of such folders; repeatable. A training run also "
            "accepts a folder that `swm train data` wrote.",
            flags=("--data-dir",),
            typed="list",
        ),
    ] = ()
    generate: Annotated[
        str | None, Option(help="Generate stories instead of reading folders: tomi, ori_tomi or hitom.")
    ] = None
    n: Annotated[int, Option(help="Number of stories to generate.", flags=("--n",), least=1)] = 1000
    benchmark: Annotated[
        str | None,
        Option(help="Benchmark whose instructions are used in the prompts (default: inferred from the folders)."),
    ] = None
    rules: Annotated[Rules, Option(typed="nothing")] = field(default_factory=Rules)
    val_share: Annotated[float, Option(help="Share of narratives held out for validation.", least=0, below=1)] = 0.02
    seed: Annotated[int, Option(help="Random seed. The same seed gives identical files.")] = 0
    tokenizer: Annotated[str | None, Option(help="Tokenizer that counts the tokens: folder or hub id.")] = None
    form: Annotated[Form, Option(help="sft: conversations; grpo: requests, each with a reference for the reward.")] = (
        "sft"
    )
    kinds: Annotated[tuple[FileKind, ...], Option(typed="nothing")] = ("parquet", "jsonl")

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.folders) == (self.generate is not None):
            raise ConfigurationError(
                "expected exactly one of the settings folders and generate, got both or neither",
                parameters=("folders", "generate"),
            )
        if not self.kinds:
            raise ConfigurationError(
                "expected kinds to contain parquet, jsonl or both, got none", parameters=("kinds",)
            )
        if self.rules.max_tokens is not None and self.tokenizer is None:
            raise ConfigurationError(
                "expected tokenizer to be set if max_tokens is set, because models count tokens differently; got none",
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
