#!/usr/bin/env bash
# Checks training and evaluation end to end, without a GPU. The script generates stories and trains a tiny model on
# them with TRL. It then loads the checkpoint, parses held-out stories with it and evaluates the contexts.
# The script uses a separate environment and does not change the environment of the project.
#
#   SWM_CHECK_DIR     folder for the environment and the files (default: the user's cache)
#   SWM_CHECK_PIP     further arguments for pip when it installs torch, such as an index of CPU builds
#   SWM_CHECK_STEPS   steps to train (default: 300)
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
work="${SWM_CHECK_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/social-world-model}/training"
python="$work/env/bin/python"
steps="${SWM_CHECK_STEPS:-300}"
mkdir -p "$work"
begun=$SECONDS

if ! "$python" -m pip show -q torch trl peft datasets pyarrow xgrammar social-world-model 2>/dev/null; then
  command -v uv >/dev/null && uv venv -q --seed --clear --python 3.11 "$work/env" || python3 -m venv --clear "$work/env"
  # shellcheck disable=SC2086
  "$python" -m pip install -q ${SWM_CHECK_PIP:-} torch==2.13.0
  "$python" -m pip install -q transformers trl peft datasets pyarrow xgrammar -e "$root"
fi
echo "environment: $((SECONDS - begun)) s"
"$python" - <<'PY'
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "trl", "peft", "datasets", "pyarrow", "xgrammar")))
PY
export PYTHONWARNINGS=ignore HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false OMP_NUM_THREADS=1

rm -rf "$work/files"
mkdir -p "$work/files"
cd "$work/files"
swm() { "$python" -m social_world_model "$@"; }
sft() { "$python" "$root/training/finetune_verl_sft.py" --backend trl --data-dir data --base-model tiny --max-tokens 2000 --batch-size 8 --micro-batch-size 8 "$@"; }

# With a tokenizer learned from such stories, samples are a third as long, and the training is three times as fast.
swm train data --generate tomi --n 200 --seed 1 --format jsonl --out corpus
"$python" - "$root" <<'PY'
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1] + "/scripts")
from tiny_model import make_tiny_model
rows = map(json.loads, Path("corpus/train.jsonl").open(encoding="utf-8"))
make_tiny_model("tiny", corpus=(part["content"] for row in rows for part in row["messages"]), vocabulary=1024, hidden=128)
PY
swm train data --generate tomi --n 1000 --val-share 0.01 --tokenizer tiny --max-tokens 2000 --out data

t=$SECONDS
sft --output-dir all --total-steps "$steps" --learning-rate 4e-3
echo "all weights, $steps steps: $((SECONDS - t)) s"

t=$SECONDS # LoRA, interrupted and resumed: the checkpoint contains the merged adapter
sft --output-dir lora --total-steps 4 --save-steps 2 --lora-rank 4
sft --output-dir lora --total-steps 6 --save-steps 2 --lora-rank 4
echo "LoRA, 4 steps, then resumed to 6 steps: $((SECONDS - t)) s"

t=$SECONDS
"$python" "$root/scripts/parse_held_out.py" tiny data/val.parquet parsed/untrained 4
"$python" "$root/scripts/parse_held_out.py" "all/checkpoints/step_$steps" data/val.parquet parsed/trained 4
"$python" "$root/scripts/parse_held_out.py" lora/checkpoints/step_6 data/val.parquet parsed/lora 1
echo "parsing held-out stories with transformers: $((SECONDS - t)) s"

evaluated() { # FOLDER GEN: score contexts; a reply that is not a context is listed, not in the mean: exit status 1
  "$python" "$root/run_socialized_context_eval.py" --gt-dir "parsed/$1/gold" --gen-dir "parsed/$1/$2" --judge-model none \
    --output "$1_$2.md" >"$1_$2.txt" 2>&1 && status=0 || status=$?
  echo "evaluation of $1/$2 (exit status $status):"
  if [ -f "$1_$2.md" ]; then grep -h -e '| File' -e 'Mean' "$1_$2.md"; else tail -1 "$1_$2.txt"; fi
  # If no reply is a context, the evaluation ends with an error.
  [ "$status" -le 1 ] || grep -q "at least one pair" "$1_$2.txt"
}
t=$SECONDS
evaluated trained gold
[ "$status" -eq 0 ]
evaluated untrained generated
evaluated trained generated
echo "evaluation: $((SECONDS - t)) s"
echo "passed in $((SECONDS - begun)) s"
