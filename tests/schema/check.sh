#!/usr/bin/env bash
# What `braid schema` and `braid openapi` print, given to validators that others wrote:
#
#   tests/schema/check.sh [--braid build/braid]
#
# Needs node 18 or newer, npm, and once the npm registry; the packages go to build/schema, nothing
# is left in the tree. Where one of them is missing it says `skipped` and ends with 0. The last
# line is "N passed, M failed".
set -euo pipefail
cd "$(dirname "$0")/../.."

braid=build/braid
modules=build/schema

skip() {
    echo "skipped: schema tests: $1"
    echo "0 passed, 0 failed"
    exit 0
}

while [ $# -gt 0 ]; do
    case $1 in
    --braid) braid=${2:?--braid needs a path} && shift 2 ;;
    *) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
done

command -v node >/dev/null || skip "node is not there"
command -v npm >/dev/null || skip "npm is not there"
[ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] || skip "node is older than 18"

if ! cmp -s tests/schema/package-lock.json "$modules/package-lock.json" || [ ! -e "$modules/is-whole" ]; then
    mkdir -p "$modules"
    rm -f "$modules/is-whole"
    cp tests/schema/package.json tests/schema/package-lock.json "$modules"
    if ! (cd "$modules" && timeout 120 npm ci --no-audit --no-fund --ignore-scripts >npm.txt 2>&1); then
        tail -n 5 "$modules/npm.txt"
        skip "npm could not fetch the packages"
    fi
    touch "$modules/is-whole"
fi

exec node tests/schema/check.mjs "$braid" "$modules"
