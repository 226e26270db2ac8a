#!/usr/bin/env bash
# An index of the same clustered vectors in Semblance, hnswlib and USearch, in one run; 100,000 vectors without COUNT:
# index.sh [COUNT [--copies PART | --near-copies PART]]
# Needs python3-hnswlib and python3-numpy of Debian; FOLDER names a folder that keeps the vectors.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -c Release --nologo -v quiet "$here/../Semblance.Benchmarks" >&2
dotnet build -c Release --nologo -v quiet "$here/usearch.cs" -o "$work/usearch" >&2
export USEARCH="$work/usearch/usearch"
export PYTHONDONTWRITEBYTECODE=1
"${PYTHON:-/usr/bin/python3}" "$here/index.py" "${1:-100000}" "$here/../../artifacts/bin/Semblance.Benchmarks/release/semblance-benchmarks" "${FOLDER:-$work}" "${@:2}"
