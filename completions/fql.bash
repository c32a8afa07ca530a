# Completion of fql for bash; written by: fql help --completion bash
_fql() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    -e | --eval) return ;;
    --format) COMPREPLY=($(compgen -W "literal legacy inspect json wire" -- "$current")); return ;;
    --db) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --secret) return ;;
    --jwks) return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$current")); return ;;
    --depth) return ;;
    --now) return ;;
    --seed) return ;;
    help) COMPREPLY=($(compgen -W "$(fql help | sed -n 's/^  \([A-Z][A-Za-z]*\)(.*/\1/p')" -- "$current")); return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "-e --eval --format --db --secret --jwks --color --depth --now --seed --timing --quiet --continue -w --write --check --version --help -h" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -f -- "$current"))
  if ((COMP_CWORD == 1)); then
    COMPREPLY+=($(compgen -W "ast check fmt print help" -- "$current"))
  fi
}
complete -o filenames -F _fql fql
