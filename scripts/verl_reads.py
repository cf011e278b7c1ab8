"""Check that the classes of verl can read our files; `check_verl.sh` runs this script in an environment with verl.

::

    python scripts/verl_reads.py CONFIGURATION.yaml GRPO.parquet
"""

from __future__ import annotations

import sys
from pathlib import Path

REWARD = "pkg://social_world_model.training.reward"


def main() -> None:
    """Check all rows of the training data, and the reward."""
    configuration, grpo = map(Path, sys.argv[1:])
    check_rows(configuration)
    check_reward(grpo)


def check_rows(configuration: Path) -> None:
    """Check that the loss covers the whole reply of every row, and no other tokens."""
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
            raise SystemExit(f"{name}: expected {len(written)} rows, got {len(dataset)} rows from verl")
        for number, (_, reply) in enumerate(written):
            sample = dataset[number]
            trained = tokenizer.decode(sample["input_ids"][sample["loss_mask"].bool()])
            if trained != reply["content"] + tokenizer.eos_token:
                raise SystemExit(f"{name}, row {number}: verl would train on {trained[:200]!r}")
        rows += len(written)
    sys.stdout.write(f"MultiTurnSFTDataset reads {rows} rows; the loss covers only the reply and its end token\n")


def check_reward(grpo: Path) -> None:
    """Check that verl finds our reward, that a reference gets the reward 1, and that prose gets the reward 0."""
    from pyarrow import parquet
    from verl.utils.import_utils import load_extern_object

    compute_score = load_extern_object(REWARD, "compute_score")
    rows = parquet.read_table(grpo).to_pylist()
    for row in rows:
        truth = row["reward_model"]["ground_truth"]
        given = {"data_source": row["data_source"], "ground_truth": truth, "extra_info": row["extra_info"]}
        best, worst = (compute_score(solution_str=reply, **given) for reply in (truth, "It is a long story."))
        if (round(best, 9), worst) != (1.0, 0.0):
            raise SystemExit(f"expected reward 1 for a reference and 0 for prose, got {best} and {worst}")
    sys.stdout.write(f"verl finds compute_score in {REWARD}: {len(rows)} references get the reward 1, prose gets 0\n")


if __name__ == "__main__":
    main()
