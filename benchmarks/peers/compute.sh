#!/usr/bin/env bash
# Encoding in float32, bfloat16 and int8 in turns with ONNX Runtime in float32 and int8, on one and two threads, and the quality of each:
# compute.sh MODEL_FOLDER MODEL.onnx [ROUNDS [COUNT...]], 5 rounds of 1,000 and 10,000 sentences without. Data are read from SEMBLANCE_SHARED.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -c Release --nologo -v quiet "$here/compute.cs" -o "$work/compute" >&2
dotnet run -c Release "$here/onnx-quantize.cs" -- "$2" "$work/int8.onnx"
counts=("${@:4}"); [ ${#counts[@]} -gt 0 ] || counts=(1000 10000)
for threads in 1 2; do
  echo
  dotnet "$work/compute/compute.dll" "$1" "$2" "$work/int8.onnx" "${SEMBLANCE_SHARED:-$here/../../../shared}" "$threads" "${3:-5}" "${counts[@]}"
done
