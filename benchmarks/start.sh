#!/usr/bin/env bash
# The time from the start of the command to its answer: start.sh COMMAND [RUNS]. Least and median milliseconds, and processor time, of each.
set -euo pipefail
command=${1:?name the command, such as artifacts/bin/Semblance.Cli/release/semblance} runs=${2:-20}
TIMEFORMAT='%R %U %S'
measure() {
    local name=$1; shift
    for _ in $(seq "$runs"); do { time "$@" >/dev/null 2>&1; } 2>&1; done | awk -v name="$name" '
        { wall[NR] = $1 * 1000; used[NR] = ($2 + $3) * 1000 }
        function sort(list, count,   i, j, kept) {
            for (i = 2; i <= count; i++) { kept = list[i]; for (j = i - 1; j > 0 && list[j] > kept; j--) list[j + 1] = list[j]; list[j + 1] = kept }
        }
        END {
            sort(wall, NR); sort(used, NR); middle = int((NR + 1) / 2)
            printf "%-12s wall: least %4.0f ms, median %4.0f ms   processor: least %4.0f ms, median %4.0f ms\n", name, wall[1], wall[middle], used[1], used[middle]
        }'
}
measure version "$command" --version
measure info "$command" info
measure similarity "$command" similarity "a dog runs" "a puppy is running"
