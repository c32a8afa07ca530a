#!/bin/sh
# What `fql` needs beside the Swift toolchain: looks for it, and installs what is missing.
#
#   scripts/dependencies.sh check              fails, with the command to run, where a library is missing
#   scripts/dependencies.sh install [test]     installs what is missing; with `test` also what only the tests need
set -eu

libraries="histedit.h:libedit-dev:libedit lmdb.h:liblmdb-dev:lmdb unicode/ucol.h:libicu-dev:icu4c crypt.h:libcrypt-dev:-"

say() { printf '%s\n' "$*" >&2; }

# True where a C header is found: in the usual folders, or wherever the compiler looks.
has_header() {
  for folder in /usr/include /usr/local/include /usr/include/"$(uname -m)"-linux-gnu /opt/homebrew/include; do
    [ -e "$folder/$1" ] && return 0
  done
  for compiler in cc clang; do
    command -v "$compiler" >/dev/null 2>&1 || continue
    printf '#include <%s>\n' "$1" | "$compiler" -E -x c - >/dev/null 2>&1 && return 0
    return 1
  done
  return 1
}

# The names of the packages that are missing, as this system calls them.
missing() {
  for library in $libraries; do
    header=${library%%:*}
    names=${library#*:}
    case $(uname) in
      Darwin) package=${names#*:} ;;
      *) package=${names%%:*} ;;
    esac
    [ "$package" = "-" ] && continue
    has_header "$header" || printf '%s ' "$package"
  done
  # Loaded when a JWT is verified; never linked.
  if [ "$(uname)" = Linux ] && ! { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libcrypto\.so'; }; then
    printf 'openssl '
  fi
  if [ "${1:-}" = test ]; then
    command -v python3 >/dev/null 2>&1 || printf 'python3 '
  fi
}

if ! command -v "${SWIFT:-swift}" >/dev/null 2>&1; then
  say "error: no Swift toolchain in PATH; fql needs Swift 6.1 or later: https://www.swift.org/install/"
  exit 1
fi

packages=$(missing "${2:-}")
[ -n "$packages" ] || exit 0

case $(uname) in
  Darwin) install="brew install $packages" ;;
  *)
    if command -v apt-get >/dev/null 2>&1; then
      install="apt-get install -y --no-install-recommends $packages"
      [ "$(id -u)" = 0 ] || install="sudo $install"
    else
      install=
    fi
    ;;
esac

if [ "${1:-check}" = check ]; then
  say "error: these are missing: $packages"
  if [ -n "$install" ]; then say "Install them with: $install   (or: make deps)"; fi
  exit 1
fi

if [ -z "$install" ]; then
  say "error: these are missing: $packages(the names are Debian's; this system has no apt-get). Install them, then run make again."
  exit 1
fi
if [ "$(uname)" = Darwin ]; then
  say "error: these are missing: $packages"
  say "Install them with: $install"
  exit 1
fi

say "fql needs $packages: $install"
case $install in
  sudo\ *)
    command -v sudo >/dev/null 2>&1 || { say "error: no sudo here; run as root: ${install#sudo }"; exit 1; }
    sudo DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    ;;
  *)
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    apt-get update -q >&2
    ;;
esac
$install >&2
left=$(missing "${2:-}")
[ -z "$left" ] || { say "error: still missing: $left"; exit 1; }
