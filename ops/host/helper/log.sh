# What the helper says of itself. Every act is a line of an append-only file and of the system's journal.

# note WORDS...: only words of ours and values that passed a pattern.
note() {
  said=$(printf '%s ' "$@")
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${said% }" >>"$var/acts.log"
  if has logger; then logger -t kinkeeper-host -- "${said% }" 9>&-; fi
}

die() {
  printf 'kinkeeper-host: %s\n' "$*" >&2
  exit 1
}

# has PROGRAM: whether the host has it.
has() {
  command -v -- "$1" >/dev/null 2>&1
}

# is TEXT PATTERN: whether the whole text fits an extended regular expression. A line break never fits.
is() {
  case $1 in *"
"*) return 1 ;; esac
  printf '%s\n' "$1" | grep -Eqx -- "$2"
}

# write_whole FILE: standard input, by rename, for the account of the spool to read.
write_whole() {
  cat >"$1.new" || return 1
  chgrp -- "$spool_group" "$1.new" 2>/dev/null
  chmod 0640 "$1.new" && sync "$1.new" && mv -f -- "$1.new" "$1"
}
