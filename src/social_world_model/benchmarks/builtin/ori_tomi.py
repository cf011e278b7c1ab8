"""ToMi in the original wording of its authors. The format is the same as for `tomi`."""

from __future__ import annotations

from social_world_model.benchmarks.builtin.tomi import ToMi

BENCHMARK = ToMi("ori_tomi", "ori_tomi_sample.jsonl")
