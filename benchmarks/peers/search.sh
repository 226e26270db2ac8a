#!/usr/bin/env bash
# Queries a second of exact search in Semblance and faiss, in turns on this machine. README.md says what it needs.
# search.sh: 10,000 and 100,000 vectors of 384. search.sh all: 1,000,000 as well (5 GB of memory).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-/usr/bin/python3} # Debian's, which has Debian's packages
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build -c Release --nologo -v quiet "$here/semblance-search.cs" -o "$work/semblance" >&2
export PYTHONDONTWRITEBYTECODE=1 SEMBLANCE_SEARCH=$work/semblance/semblance-search

echo "| vectors | precision | queries | threads | Semblance, queries/s | faiss, queries/s | Semblance ÷ faiss | same best hit |"
echo "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
for threads in 1 2; do
  "$python" "$here/compare-search.py" "$work" 10000 $threads 7
  "$python" "$here/compare-search.py" "$work" 100000 $threads 5
done
[ "${1:-}" != all ] || "$python" "$here/compare-search.py" "$work" 1000000 2 3
