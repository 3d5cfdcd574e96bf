#!/bin/sh
# Checks this bundle with sha256sum alone.  Run it in the folder of the bundle: sh verify.sh
set -eu
cd "$(dirname "$0")"

sha256sum -c --quiet SHA256SUMS || { echo "BROKEN: a file is not the one that was exported"; exit 5; }

previous=""
number=0
while IFS= read -r link; do
    number=$((number + 1))
    if [ -n "$previous" ]; then
        case $link in
        *"\"previous\":\"$previous\""*) ;;
        *) echo "BROKEN: line $number of chain.jsonl does not follow the line before"; exit 5 ;;
        esac
    fi
    previous=$(printf '%s' "$link" | sha256sum | cut -c 1-64)
done < chain.jsonl

for file in captures/*.warc.gz captures/*.body; do
    [ -e "$file" ] || continue
    hash=$(sha256sum < "$file" | cut -c 1-64)
    grep -q "\"\(record\|body\)_sha256\":\"$hash\"" chain.jsonl || { echo "BROKEN: no link names $file"; exit 5; }
done

echo "whole: $number links; the last one has the hash $previous"
for stamp in stamps/*.tsr; do
    [ -e "$stamp" ] || continue
    echo "stamped: openssl ts -verify -data ${stamp%.tsr}.json -in $stamp -CAfile ROOT.pem"
done
