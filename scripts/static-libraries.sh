#!/usr/bin/env bash
# Prints the linker flags that put the system libraries into the binary, so that starting it loads (nearly) nothing. Prints
# nothing where an archive is missing: the shared libraries are linked then.
#
# The linker looks into a folder for libNAME.so before libNAME.a, so a folder of archives alone comes first.
set -eu
cd "$(dirname "$0")/.."
[ "$(uname)" = Linux ] || exit 0
folder=.build/static
compiler=${CC:-$(command -v cc || command -v clang)} || exit 0
mkdir -p "$folder"
for name in lmdb edit crypt tinfo bsd md stdc++; do
  archive=$("$compiler" -print-file-name="lib$name.a" 2>/dev/null) || exit 0
  case "$archive" in
    /*) ln -sf "$archive" "$folder/" ;;
    *) exit 0 ;;
  esac
done
printf -- '-Xlinker -L%s -Xlinker -lbsd -Xlinker -lmd -Xlinker -ltinfo' "$PWD/$folder"
