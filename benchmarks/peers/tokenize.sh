#!/usr/bin/env bash
# Megabytes a second of text to ids, in Semblance and the reference (the npm package tokenizers), in turns on one thread of this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared=${SEMBLANCE_SHARED:-$here/../../../shared}
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export NODE_PACKAGES=${NODE_PACKAGES:-$work/node}
[ -d "$NODE_PACKAGES/node_modules/tokenizers" ] || npm install --silent --no-save --prefix "$NODE_PACKAGES" tokenizers@0.23.2 >&2
dotnet build -c Release --nologo -v quiet "$here/semblance-tokenize.cs" -o "$work/semblance" >&2
export PYTHONDONTWRITEBYTECODE=1 SEMBLANCE_TOKENIZE=$work/semblance/semblance-tokenize

echo "| family | short: Semblance, MB/s | reference | Semblance ÷ reference | long: Semblance, MB/s | reference | Semblance ÷ reference |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
"$python" "$here/compare-tokenize.py" "$work" "$shared" 9
