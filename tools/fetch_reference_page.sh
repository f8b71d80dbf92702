#!/usr/bin/env bash
# Fetches what shows the API's reference at /docs into build/reference: swagger-ui-dist from npm, two files of it, packed as they
# are sent. Does nothing if that version is there already. A build without them has no /docs.
set -euo pipefail
cd "$(dirname "$0")/.."
version=5.35.0
target=build/reference
[ "$(cat "$target/version" 2>/dev/null)" != "$version" ] || exit 0
mkdir -p "$target"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! (cd "$folder" && npm pack "swagger-ui-dist@$version" --silent >fetch.log 2>&1 && tar xzf ./*.tgz); then
  echo "dev: swagger-ui-dist $version could not be fetched from npm:" >&2
  cat "$folder/fetch.log" >&2
  exit 1
fi
for file in swagger-ui-bundle.js swagger-ui.css; do
  gzip -9 -n -c "$folder/package/$file" >"$target/$file.gz"
done
echo "$version" >"$target/version"
