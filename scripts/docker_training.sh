#!/usr/bin/env bash
# verl in a container: one command for each thing that one does with it.
#
#   scripts/docker_training.sh up       create, start, and go inside: all there is to do the first time
#   scripts/docker_training.sh create   make the container; this folder is /workspace in it
#   scripts/docker_training.sh start    start it
#   scripts/docker_training.sh exec …   run something in it; a shell, if nothing is named
#   scripts/docker_training.sh install  inside or outside: put this package and what verl lacks into it
#   scripts/docker_training.sh test     inside or outside: a few steps of training (training/verl_test/run_sft.sh)
#   scripts/docker_training.sh train …  inside or outside: training/finetune_verl_sft.py with these options
#   scripts/docker_training.sh stop     stop it; what is in it stays
#   scripts/docker_training.sh restart  stop and start it
#   scripts/docker_training.sh enter    start it if it is stopped, and go inside again
#   scripts/docker_training.sh remove   take it away; this folder stays
#
#   SWM_IMAGE      the image (default: the one that verl 0.9 is tested in; it has CUDA, torch, vLLM and flash-attn)
#   SWM_CONTAINER  the container's name (default: swm-training)
#   SWM_GPUS       which GPUs (default: all; e.g. '"device=0,1,2"')
#   HF_HOME        the folder of downloaded models (default: ~/.cache/huggingface), shared with the container
#   SWM_DRY        set to anything: print the docker command instead of running it
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
image="${SWM_IMAGE:-verlai/verl:vllm024.dev2}"
name="${SWM_CONTAINER:-swm-training}"
models="${HF_HOME:-$HOME/.cache/huggingface}"

inside() { [ -f /.dockerenv ] && [ "${SWM_INSIDE:-}" = "$name" ]; }
docker_() {
  if [ -n "${SWM_DRY:-}" ]; then
    printf 'docker'
    printf ' %q' "$@"
    printf '\n'
    return
  fi
  command -v docker >/dev/null || { echo "error: expected docker, got none: install it, or train without (README)" >&2; exit 2; }
  docker "$@"
}
terminal() { if [ -t 0 ] && [ -t 1 ]; then echo "-it"; else echo "-i"; fi; }
here() { # run in the container, wherever this is called
  if inside; then "$@"; else docker_ exec "$(terminal)" "$name" "$@"; fi
}

create() {
  mkdir -p "$models"
  docker_ create --name "$name" --gpus "${SWM_GPUS:-all}" --ipc host --ulimit memlock=-1 --ulimit stack=67108864 \
    --volume "$root:/workspace" --volume "$models:/models" --workdir /workspace \
    --env HF_HOME=/models --env HF_TOKEN --env WANDB_API_KEY --env "SWM_INSIDE=$name" \
    --entrypoint sleep "$image" infinity
}
start() { docker_ start "$name"; }

what="${1:-}"
[ $# -gt 0 ] && shift
case "$what" in
  create) create ;;
  start) start ;;
  up) create && start && docker_ exec "$(terminal)" "$name" bash ;;
  exec) if [ $# -gt 0 ]; then here "$@"; else here bash; fi ;;
  install) # the image has torch and what needs a compiler; nothing of that is replaced
    here bash -c "cd /workspace 2>/dev/null || true; python3 -m pip install --no-deps 'verl==0.9.1' &&
      python3 -m pip install cachetools fastapi uvicorn wandb peft tensordict torchdata codetiming hydra-core -e ." ;;
  test) here env PYTHON=python3 bash training/verl_test/run_sft.sh "$@" ;;
  train) here python3 training/finetune_verl_sft.py "$@" ;;
  stop) docker_ stop "$name" ;;
  restart) docker_ restart "$name" ;;
  enter) start && docker_ exec "$(terminal)" "$name" bash ;;
  remove) docker_ rm --force "$name" ;;
  *)
    sed -n '2,/^set -euo/{/^#/s/^# \{0,1\}//p}' "$0"
    [ -z "$what" ] || [ "$what" = help ] || exit 2
    ;;
esac
