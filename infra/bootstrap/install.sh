#!/bin/sh
# Makes dist/main.js: checks what the machine must bring, then hands over to Node. Everything it says goes to stderr.
set -eu
cd "$(dirname "$0")/../.."

if ! command -v node >/dev/null 2>&1; then
  echo "Node.js is missing: install version 20.19 or newer (nvm install 22, brew install node, apt-get install nodejs), then the same command again" >&2
  exit 2
fi
if ! command -v npm >/dev/null 2>&1; then
  echo "npm is missing: it comes with Node.js on most systems, else: apt-get install npm, then the same command again" >&2
  exit 2
fi
exec node infra/bootstrap/install.mjs
