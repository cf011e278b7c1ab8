"""Public sources of the benchmark data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Source:
    """Public source of a benchmark's data file.

    Parameters
    ----------
    benchmark
        Name of the benchmark, as in ``swm run``.
    publisher
        Publisher of the file: a repository, a data set page or a paper.
    licence
        Licence that the publisher states.
    file
        Name of the saved file; empty if there is no single public file.
    url
        URL of the download; None if there is no single public file.
    sha256
        SHA-256 of the saved file, in hexadecimal; None if unknown.
    member
        Name of the file inside the archive at the URL; None if the URL points to the file itself.
    archive_sha256
        SHA-256 of the archive, in hexadecimal; None if unknown.
    rows_file
        Name of the file with the rows made from the authors' file; empty if ``swm run`` reads the authors' file itself.
    note
        Remarks about the file. If there is no URL, the remarks explain how to get the file.
    """

    benchmark: str
    publisher: str
    licence: str
    file: str = ""
    url: str | None = None
    sha256: str | None = None
    member: str | None = None
    archive_sha256: str | None = None
    rows_file: str = ""
    note: str = ""


_RAW = "https://raw.githubusercontent.com"

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        source.benchmark: source
        for source in (
            Source(
                benchmark="bigtom",
                publisher="github.com/skywalker023/thought-tracing, derived from "
                "github.com/cicl-stanford/procedural-evals-tom",
                licence="MIT",
                file="bigtom_agree90.json",
                url=f"{_RAW}/skywalker023/thought-tracing/9e4b4f8dcef4fc84e3807a87244bdda01f0b1343"
                "/data/bigtom/bigtom_agree90.json",
                note="The file contains the questions on which annotators agree. All stories are in "
                "data/bigtom/bigtom.csv of the repository procedural-evals-tom.",
            ),
            Source(
                benchmark="cobra_frames",
                publisher="huggingface.co/datasets/cmu-lti/cobracorpus and github.com/XuhuiZhou/cobra-frames",
                licence="see the data set page",
                note="No public file with the gold column offensive_allapp (0 or 1) is known. The column is in the "
                "annotated file with adversarial contexts. The authors' code calls this file "
                "mAgr_contexts_explanations.csv. Look for the file on the data set page, or ask the authors. "
                "The file needs these columns: statement, speaker, listener, scenario or context, and "
                "offensive_allapp.",
            ),
            Source(
                benchmark="confaide",
                publisher="github.com/skywalker023/confaide",
                licence="MIT",
                file="confaide_tier_4.txt",
                url=f"{_RAW}/skywalker023/confaide/dfe977e98d11bdb093adc5690e175b739350845d/benchmark/tier_4.txt",
                rows_file="confaide_tier_4.jsonl",
                note="Tier 4 contains twenty meetings. Each meeting gives two rows: one asks for a summary, one "
                "for action items, as in the authors' evaluation.",
            ),
            Source(
                benchmark="fantom",
                publisher="github.com/skywalker023/fantom",
                licence="MIT",
                file="fantom_v1.json",
                url="https://storage.googleapis.com/ai2-mosaic-public/projects/fantom/fantom.tar.gz",
                member="fantom_v1.json",
                archive_sha256="1d08dfa0ea474c7f83b9bc7e3a7b466eab25194043489dd618b4c5223e1253a4",
            ),
            Source(
                benchmark="hitom",
                publisher="github.com/ying-hui-he/Hi-ToM_dataset",
                licence="Apache-2.0",
                file="Hi-ToM_data.json",
                url=f"{_RAW}/ying-hui-he/Hi-ToM_dataset/4279d3f783ff4f3b9fcced2a2fec9f6328683f82"
                "/Hi-ToM_data/Hi-ToM_data.json",
                note="The file contains 1,200 rows; swm asks the 600 rows of prompting type CoTP.",
            ),
            Source(
                benchmark="mmtom",
                publisher="github.com/chuanyangjin/MMToM-QA",
                licence="MIT",
                file="mmtom_qa_questions.json",
                url=f"{_RAW}/chuanyangjin/MMToM-QA/2945b4a389eb598da1aab7a53d3eac18e7952590/Benchmark/questions.json",
                note="Text version of the benchmark: 600 questions, one JSON object per line.",
            ),
            Source(
                benchmark="ori_tomi",
                publisher="github.com/chanijung/PercepToM",
                licence="CC BY-NC 4.0",
                file="Percept-ToMi.csv",
                url=f"{_RAW}/chanijung/PercepToM/c1f257f003b5516d0c708aeed814ff86111146c7/dataset/Percept-ToMi.csv",
                sha256="9109505e318448b675e646555b6b183ad4ab8715d2e9ee37abe662c306ca896d",
                note="The file contains 600 ToMi questions and the people who perceive each sentence.",
            ),
            Source(
                benchmark="tomi",
                publisher="the paper on SymbolicToM, arXiv 2306.00924, which introduces ParaToMi",
                licence="CC BY-NC 4.0",
                note="No single public file of ParaToMi is known. Take the data from the code of the paper, or ask "
                "the authors. The file is csv or bAbI text. A csv file has the columns index, story (a list of "
                "sentences), question and answer. bAbI text has numbered sentences. The original ToMi questions are "
                "the benchmark ori_tomi. `swm data generate tomi --out FILE` generates any number of similar stories.",
            ),
        )
    }
)
"""Sources by name of the benchmark. Each URL contains a commit, or points to an archive with a known hash."""
