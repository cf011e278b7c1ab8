#!/usr/bin/env bash
# Quick test of a verl installation: train for a few steps on 64 generated stories, and load the checkpoint.
# The test takes some minutes, mostly for the download of a small model.
#
#   training/verl_test/run_sft.sh [OUT]                   on one GPU
#   N_GPUS=3 BASE_MODEL=… training/verl_test/run_sft.sh   on several GPUs, from another base model
set -euo pipefail
cd "$(dirname "$0")/../.."
out="${1:-training/verl_test/output}"
steps="${STEPS:-4}"
python="${PYTHON:-python}"

rm -rf "$out"
"$python" training/finetune_verl_sft.py --generate tomi --n 64 --output-dir "$out" \
  --n-gpus "${N_GPUS:-1}" --base-model "${BASE_MODEL:-Qwen/Qwen2.5-0.5B-Instruct}" \
  --total-steps "$steps" --save-steps "$((steps / 2))"

"$python" - "$out/checkpoints/step_$steps" <<'PY'
import sys
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = sys.argv[1]
model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
print(f"{folder}: {model.num_parameters():,} parameters, {len(tokenizer):,} tokens; the checkpoint loads")
PY
echo "passed"
