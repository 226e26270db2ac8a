#!/usr/bin/env bash
# The server beside a minimal one over ONNX Runtime with the same weights: server.sh MODEL_FOLDER MODEL.onnx
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet build -c Release -v q --nologo
dotnet build benchmarks/peers/ort-server.cs -v q --nologo -o artifacts/ort-server
benchmark=artifacts/bin/Semblance.Benchmarks/release/semblance-benchmarks
echo "Semblance"
"$benchmark" server --model "$1"
echo "ONNX Runtime"
"$benchmark" server --model "$1" --peer artifacts/ort-server/ort-server "$2" "$1"
