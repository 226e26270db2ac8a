#!/usr/bin/env bash
# The time from the start of the command to its answer, in each way of publishing it: start.sh [RUNS]. The size of the program in megabytes, and least and median
# milliseconds and processor time of each command.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-20} out=artifacts/start
TIMEFORMAT='%R %U %S'
publish() {
    local name=$1; shift
    dotnet publish src/Semblance.Cli -c Release -v q --nologo -o "$out/$name" "$@"
    find "$out/$name" -maxdepth 1 -type f \( -name semblance -o -name '*.dll' \) -printf '%s\n' | awk -v name="$name" '{ size += $1 } END { printf "%-13s%.1f MB\n", name, size / 1e6 }'
}
measure() {
    local name=$1; shift
    for _ in $(seq "$runs"); do { time "$@" >/dev/null 2>&1; } 2>&1; done | awk -v name="$name" '
        { wall[NR] = $1 * 1000; used[NR] = ($2 + $3) * 1000 }
        function sort(list, count,   i, j, kept) {
            for (i = 2; i <= count; i++) { kept = list[i]; for (j = i - 1; j > 0 && list[j] > kept; j--) list[j + 1] = list[j]; list[j + 1] = kept }
        }
        END {
            sort(wall, NR); sort(used, NR); middle = int((NR + 1) / 2)
            printf "  %-12s wall: least %4.0f ms, median %4.0f ms   processor: least %4.0f ms, median %4.0f ms\n", name, wall[1], wall[middle], used[1], used[middle]
        }'
}
measure_all() {
    publish "$@"
    local command=$out/$1/semblance
    measure version "$command" --version
    measure info "$command" info
    measure similarity "$command" similarity "a dog runs" "a puppy is running"
}
measure_all dependent
measure_all ReadyToRun -p:ReadyToRun=true
measure_all native -p:Native=true
