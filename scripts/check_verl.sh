#!/usr/bin/env bash
# Checks, without a GPU, that verl accepts our commands and files. The configuration of verl accepts the commands, and
# the data set class of verl reads our parquet files.
# The script uses a separate environment and does not change the environment of the project.
#
#   SWM_CHECK_DIR   folder for the environment and the files (default: the user's cache)
#   SWM_CHECK_PIP   further arguments for pip when it installs torch, such as an index of CPU builds
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
work="${SWM_CHECK_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/social-world-model}/verl"
python="$work/env/bin/python"
mkdir -p "$work"
begun=$SECONDS

if ! "$python" -m pip show -q verl torch fastapi cachetools uvicorn social-world-model 2>/dev/null; then
  command -v uv >/dev/null && uv venv -q --seed --clear --python 3.11 "$work/env" || python3 -m venv --clear "$work/env"
  # shellcheck disable=SC2086
  "$python" -m pip install -q ${SWM_CHECK_PIP:-} torch==2.13.0
  "$python" -m pip install -q verl==0.9.1 cachetools fastapi uvicorn -e "$root"
fi
echo "environment: $((SECONDS - begun)) s"
export PATH="$work/env/bin:$PATH" PYTHONWARNINGS=ignore

rm -rf "$work/files"
mkdir -p "$work/files"
cd "$work/files"
python "$root/scripts/tiny_model.py" tiny
python -m social_world_model train data --generate tomi --n 200 --val-share 0.3 --tokenizer tiny --max-tokens 6000 --out data
python -m social_world_model train data --generate hitom --n 20 --val-share 0.2 --form grpo --out grpo

accepted() { # NAME, then additional options
  local name="$1"
  shift
  python "$root/training/finetune_verl_sft.py" --data-dir data --output-dir out --base-model tiny --max-tokens 6000 \
    --n-gpus 3 --total-steps 1000 --dry-run "$@" >"$name.txt"
  { echo 'python -m verl.trainer.sft_trainer --cfg job \'; sed '1,/^torchrun/d; /^dry run/d' "$name.txt"; } >"$name.sh"
  bash "$name.sh" >"$name.yaml" 2>"$name.err" || { cat "$name.err" >&2; exit 1; }
  echo "accepted by verl.trainer.sft_trainer --cfg job: $name ($(wc -l <"$name.yaml") lines of configuration)"
}
accepted full --batch-size 24
accepted lora --lora-rank 16 --wandb
accepted nodes --nnodes 2 --master first:29500
python "$root/scripts/verl_reads.py" full.yaml grpo/train.parquet

python -m verl.trainer.main_ppo --config-path "$root/training" --config-name grpo_verl_config --cfg job >grpo.yaml 2>grpo.err \
  || { cat grpo.err >&2; exit 1; }
echo "accepted by verl.trainer.main_ppo --cfg job: grpo_verl_config.yaml ($(wc -l <grpo.yaml) lines of configuration)"
echo "passed in $((SECONDS - begun)) s"
