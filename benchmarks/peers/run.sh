#!/usr/bin/env bash
# Sentences a second of Semblance, PyTorch and ONNX Runtime, and training steps a second of the first two, in turns on this
# machine. README.md says what it needs.
# run.sh: 1,000 sentences (BERT-base: 250), some minutes. run.sh all: 10,000 (1,000) as well. run.sh training: training alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$here/../..
shared=${SEMBLANCE_SHARED:-$repository/../shared}
vocabulary=$shared/fixtures/tokenizers/bert-base-uncased/vocab.txt
python=${PYTHON:-/usr/bin/python3} # Debian's, which has Debian's packages
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

training_only=$([ "${1:-}" = training ] && echo yes || true)
export NODE_PACKAGES=${NODE_PACKAGES:-$work/node}
if [ -z "$training_only" ] && [ ! -d "$NODE_PACKAGES/node_modules/onnxruntime-node" ]; then
  ONNXRUNTIME_NODE_INSTALL=skip npm install --silent --no-save --prefix "$NODE_PACKAGES" onnxruntime-node@1.30.0 >&2
fi
dotnet build -c Release --nologo -v quiet "$repository/src/Semblance.Cli" >&2
dotnet build -c Release --nologo -v quiet "$here/semblance-encode.cs" -o "$work/semblance" >&2
dotnet build -c Release --nologo -v quiet "$here/semblance-train.cs" -o "$work/semblance-train" >&2
export PYTHONDONTWRITEBYTECODE=1 SEMBLANCE_ENCODE=$work/semblance/semblance-encode SEMBLANCE_TRAIN=$work/semblance-train/semblance-train
semblance=$repository/artifacts/bin/Semblance.Cli/release/semblance

init() { # name, then the options of semblance init
  local name=$1
  shift
  mkdir "$work/$name"
  "$semblance" init --output "$work/$name/model" --vocab "$vocabulary" --max-length 256 "$@" >&2
  [ -n "$training_only" ] || "$python" "$here/onnx-export.py" "$work/$name"
}

sentences() { # name, count
  zcat "$shared/data/speed/sentences-10k.txt.gz" | head -n "$2" > "$work/$1/sentences.txt" || true # head stops zcat
  "$semblance" tokenize --model "$work/$1/model" --input "$work/$1/sentences.txt" > "$work/$1/tokens.jsonl"
}

compare() { # name, sentences, rounds
  sentences "$1" "$2"
  for threads in 1 2; do
    "$python" "$here/compare.py" "$work/$1" "$1" "$2" "$threads" "$3"
  done
}

train() { # name, pairs, rounds, mixed or alike
  sentences "$1" 10000
  for threads in 1 2; do
    "$python" "$here/compare-training.py" "$work/$1" "$1" "$2" "$threads" "$3" "$4"
  done
}

init MiniLM-L6 --layers 6 --hidden-size 384 --heads 12

echo "| model | pairs | tokens (padded) | threads | Semblance, steps/s | PyTorch, steps/s | Semblance ÷ PyTorch | Semblance, MB | PyTorch, MB | largest difference of losses |"
echo "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for pairs in 16 64 256; do
  train MiniLM-L6 $pairs 3 mixed
done
train MiniLM-L6 64 3 alike
[ -z "$training_only" ] || exit 0
echo

init BERT-base --layers 12 --hidden-size 768 --heads 12

echo "| model | sentences | threads | Semblance, /s | PyTorch, /s | ONNX Runtime, /s | Semblance ÷ PyTorch | Semblance ÷ ONNX Runtime | largest difference |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
compare MiniLM-L6 1000 7
compare BERT-base 250 5
if [ "${1:-}" = all ]; then
  compare MiniLM-L6 10000 3
  compare BERT-base 1000 3
fi
