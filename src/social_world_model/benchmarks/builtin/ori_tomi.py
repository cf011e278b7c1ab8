"""ToMi as its authors published it: the same form, other stories and templates."""

from __future__ import annotations

from social_world_model.benchmarks.builtin.tomi import ToMi

BENCHMARK = ToMi("ori_tomi", "ori_tomi_sample.jsonl")
