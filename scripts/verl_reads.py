"""Let verl's own classes read our files: `check_verl.sh` calls this inside verl's environment.

::

    python scripts/verl_reads.py CONFIGURATION.yaml GRPO.parquet
"""

from __future__ import annotations

import sys
from pathlib import Path

REWARD = "pkg://social_world_model.training.reward"


def main() -> None:
    """Read every row, and compare what would be trained on with the replies that we wrote."""
    configuration, grpo = map(Path, sys.argv[1:])
    check_rows(configuration)
    check_reward(grpo)


def check_rows(configuration: Path) -> None:
    """See that the loss is on the whole reply of every row, and on nothing else."""
    from omegaconf import OmegaConf
    from pyarrow import parquet
    from verl.trainer.sft_trainer import create_sft_dataset
    from verl.utils import hf_tokenizer

    config = OmegaConf.load(configuration)
    tokenizer = hf_tokenizer(config.model.path)
    rows = 0
    for name in (config.data.train_files, config.data.val_files):
        dataset = create_sft_dataset(name, config.data, tokenizer, None)
        written = parquet.read_table(name)["messages"].to_pylist()
        if len(dataset) != len(written):
            raise SystemExit(f"{name}: verl reads {len(dataset)} rows of {len(written)}")
        for number, (_, reply) in enumerate(written):
            sample = dataset[number]
            trained = tokenizer.decode(sample["input_ids"][sample["loss_mask"].bool()])
            if trained != reply["content"] + tokenizer.eos_token:
                raise SystemExit(f"{name}, row {number}: verl would train on {trained[:200]!r}")
        rows += len(written)
    sys.stdout.write(f"MultiTurnSFTDataset reads {rows} rows; the loss is on the reply and its end alone\n")


def check_reward(grpo: Path) -> None:
    """See that verl finds our reward, and that a reference is worth 1 and prose 0."""
    from pyarrow import parquet
    from verl.utils.import_utils import load_extern_object

    compute_score = load_extern_object(REWARD, "compute_score")
    rows = parquet.read_table(grpo).to_pylist()
    for row in rows:
        truth = row["reward_model"]["ground_truth"]
        given = {"data_source": row["data_source"], "ground_truth": truth, "extra_info": row["extra_info"]}
        best, worst = (compute_score(solution_str=reply, **given) for reply in (truth, "It is a long story."))
        if (round(best, 9), worst) != (1.0, 0.0):
            raise SystemExit(f"a reference is worth {best}, prose {worst}")
    sys.stdout.write(f"compute_score, found by verl as {REWARD}: {len(rows)} references are worth 1, prose 0\n")


if __name__ == "__main__":
    main()
