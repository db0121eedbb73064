# What the scripts of this checkout share: make sure that it is installed and built, do nothing when it is. Bash 3.2 and later.
# Sourced; sets `root`. Everything is said on standard error.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

need_node() {
  command -v node >/dev/null 2>&1 || fail "node is not on PATH: Tocsin needs Node.js 20.20 or newer"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 20) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: Tocsin needs 20.20 or newer"
}

# Two scripts that start at once must not install or build into each other's feet. A lock whose process is gone locks nothing.
lock="$root/dist/.lock"

with_lock() {
  local holder waited=0
  mkdir -p "$root/dist"
  until mkdir "$lock" 2>/dev/null; do
    holder="$(cat "$lock/pid" 2>/dev/null || true)"
    # One without a number after two seconds lost its maker before that could write it.
    if { [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; } || { [ -z "$holder" ] && [ "$waited" -ge 20 ]; }; then
      rm -rf "$lock"
      continue
    fi
    [ "$waited" -eq 0 ] && say "another script is installing or building, waiting for it"
    waited=$((waited + 1))
    sleep 0.1
  done
  echo $$ >"$lock/pid"
  trap 'rm -rf "$lock"' EXIT
  "$@"
  rm -rf "$lock"
  trap - EXIT
}

# What was installed for is kept beside it. Who ran npm without these scripts is believed by npm's own file, which it writes last.
installed_for() { echo "$root/node_modules/.tocsin-package-lock.json"; }

is_installed() {
  cmp -s "$root/package-lock.json" "$(installed_for)" && return 0
  [ ! -f "$(installed_for)" ] && [ "$root/node_modules/.package-lock.json" -nt "$root/package-lock.json" ]
}

install_now() {
  is_installed && return 0
  say "installing dependencies (npm ci)"
  (cd "$root" && npm ci --no-progress --loglevel=error >&2 </dev/null) || fail "npm ci failed; what it said is above"
  cp "$root/package-lock.json" "$(installed_for)"
}

stamp() { echo "$root/dist/.built"; }

# Whatever the build reads, and is newer than what it last made.
is_built() {
  [ -f "$(stamp)" ] || return 1
  local newer
  newer="$(cd "$root" && find src workflows activities scripts package.json tsconfig*.json package-lock.json \
    \( -name '*.ts' -o -name '*.json' -o -type d \) -newer "$(stamp)" -print 2>/dev/null | head -n 1)"
  [ -z "$newer" ]
}

build_now() {
  is_built && return 0
  say "building"
  local began="$root/dist/.building"
  mkdir -p "$root/dist"
  # The stamp is as old as the beginning: what is saved meanwhile is built the next time.
  touch "$began"
  # What runs, and not the tests: a checkout whose tests are being written still starts.
  (cd "$root" && node node_modules/typescript/bin/tsc -b tsconfig.node.json >&2 && node dist/scripts/build-workflow-bundle.js >&2) || fail "the build failed; what it said is above"
  mv "$began" "$(stamp)"
}

ensure_ready() {
  need_node
  if is_installed && is_built; then return 0; fi
  with_lock install_and_build
}

install_and_build() {
  install_now
  build_now
}
