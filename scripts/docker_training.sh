#!/usr/bin/env bash
# Train with verl in a Docker container. Each subcommand is one step.
#
#   scripts/docker_training.sh up       first use: create and start the container, and open a shell in it
#   scripts/docker_training.sh create   create the container; the project folder is mounted as /workspace
#   scripts/docker_training.sh start    start the container
#   scripts/docker_training.sh exec …   run a command in the container; a shell by default
#   scripts/docker_training.sh install  install this package and missing packages of verl in the container
#   scripts/docker_training.sh test     train for a few steps (training/verl_test/run_sft.sh)
#   scripts/docker_training.sh train …  run training/finetune_verl_sft.py with these options
#   scripts/docker_training.sh stop     stop the container; its contents are kept
#   scripts/docker_training.sh restart  stop and start the container
#   scripts/docker_training.sh enter    start the container if necessary, and open a shell in it
#   scripts/docker_training.sh remove   delete the container; the project folder is kept
#
# The subcommands exec, install, test and train work inside and outside the container.
#
#   SWM_IMAGE      Docker image (default: the image that verl 0.9 is tested with; CUDA, torch, vLLM and flash-attn)
#   SWM_CONTAINER  name of the container (default: swm-training)
#   SWM_GPUS       GPUs of the container (default: all; for example '"device=0,1,2"')
#   HF_HOME        folder of downloaded models, shared with the container (default: ~/.cache/huggingface)
#   SWM_DRY        if not empty: print the docker command instead of running it
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
  command -v docker >/dev/null || { echo "error: expected the program docker, got none: install it, or train without a container (see README)" >&2; exit 2; }
  docker "$@"
}
terminal() { if [ -t 0 ] && [ -t 1 ]; then echo "-it"; else echo "-i"; fi; }
here() { # run a command in the container, from inside or outside
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
  install) # the image contains torch and all compiled packages: do not replace them
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
