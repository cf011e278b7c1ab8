"""Where the authors of each benchmark keep its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a benchmark's file is, and how to know it.

    Parameters
    ----------
    benchmark
        Its name, as ``swm run`` takes it.
    publisher
        Who publishes the file: a repository, a data set page or a paper.
    licence
        Under which terms, as far as they are stated.
    file
        Its name when it is stored; empty where there is no single public file.
    url
        Where it is downloaded from; None where there is no single public file.
    sha256
        Of the stored file, in hexadecimal; None where that is not known.
    member
        Name of the file inside the archive that the URL gives; None where it gives the file itself.
    archive_sha256
        Of that archive.
    rows_file
        Name of the file of rows that is made of it, where ``swm run`` does not read the authors' own layout.
    note
        What else to know of the file; where there is no URL, what to do instead.
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
                publisher="github.com/skywalker023/thought-tracing, which made it of "
                "github.com/cicl-stanford/procedural-evals-tom",
                licence="MIT",
                file="bigtom_agree90.json",
                url=f"{_RAW}/skywalker023/thought-tracing/9e4b4f8dcef4fc84e3807a87244bdda01f0b1343"
                "/data/bigtom/bigtom_agree90.json",
                note="The questions on which annotators agree; all stories are in data/bigtom/bigtom.csv of the second "
                "repository.",
            ),
            Source(
                benchmark="cobra_frames",
                publisher="huggingface.co/datasets/cmu-lti/cobracorpus and github.com/XuhuiZhou/cobra-frames",
                licence="see the data set page",
                note="No public file with the gold column offensive_allapp (0 or 1) is known to this table: it belongs "
                "to the annotated part with adversarial contexts, which the authors' code calls "
                "mAgr_contexts_explanations.csv. Look for it on the data set page, or ask the authors. The file needs "
                "the columns statement, speaker, listener, scenario or context, and offensive_allapp.",
            ),
            Source(
                benchmark="confaide",
                publisher="github.com/skywalker023/confaide",
                licence="MIT",
                file="confaide_tier_4.txt",
                url=f"{_RAW}/skywalker023/confaide/dfe977e98d11bdb093adc5690e175b739350845d/benchmark/tier_4.txt",
                rows_file="confaide_tier_4.jsonl",
                note="Tier 4: twenty meetings; of the authors' text, rows are made that ask for a summary and for "
                "action items, as their evaluation does.",
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
                note="1,200 rows, of which swm asks the 600 of prompting type CoTP.",
            ),
            Source(
                benchmark="mmtom",
                publisher="github.com/chuanyangjin/MMToM-QA",
                licence="MIT",
                file="mmtom_qa_questions.json",
                url=f"{_RAW}/chuanyangjin/MMToM-QA/2945b4a389eb598da1aab7a53d3eac18e7952590/Benchmark/questions.json",
                note="The text version: 600 questions, one JSON object a line.",
            ),
            Source(
                benchmark="ori_tomi",
                publisher="github.com/chanijung/PercepToM",
                licence="CC BY-NC 4.0",
                file="Percept-ToMi.csv",
                url=f"{_RAW}/chanijung/PercepToM/c1f257f003b5516d0c708aeed814ff86111146c7/dataset/Percept-ToMi.csv",
                sha256="9109505e318448b675e646555b6b183ad4ab8715d2e9ee37abe662c306ca896d",
                note="600 questions of ToMi with who perceived each sentence.",
            ),
            Source(
                benchmark="tomi",
                publisher="the paper on SymbolicToM, arXiv 2306.00924, which introduces ParaToMi",
                licence="CC BY-NC 4.0",
                note="No single public file of ParaToMi is known here. Take the data from the paper's code, or "
                "ask its authors: csv with index, story (a list of sentences), question and answer, or bAbI text with "
                "numbered sentences. The questions it paraphrases can be had as ori_tomi; stories of the same kind "
                "without end, by `swm data generate tomi --out FILE`.",
            ),
        )
    }
)
"""By the benchmark's name; every URL holds its commit, or its archive has a known hash."""
