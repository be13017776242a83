# Files as a measure wants them: laid out in a folder of root's own, compared, and then put into their places.

# lay_out: sets stage, and fills it. The folder goes when the shell of the measure ends.
lay_out() {
  stage=$(mktemp -d "$root/run/kinkeeper-harden.XXXXXXXX") || return 1
  trap 'rm -rf -- "$stage"' EXIT
  : >"$stage/paths"
  mkdir -- "$stage/files" && lay || { say 'refused, nothing was changed: the settings do not do' && return 1; }
}

# lays MODE PATH: standard input is to be this file. Anything but a plain path below / is a mistake of the measure.
lays() {
  is "$2" '/[A-Za-z0-9@_./-]+' || die "$2 is no path for a file of ours"
  mkdir -p -- "$stage/files$(dirname -- "$2")" && cat >"$stage/files$2" && chmod "$1" "$stage/files$2" && printf '%s\n' "$2" >>"$stage/paths"
}

# laid PATH: as the measure wants it.
laid() {
  printf '%s\n' "$stage/files$1"
}

# as_laid PATH: whether the file on the host is that.
as_laid() {
  [ -f "$root$1" ] && [ ! -L "$root$1" ] && cmp -s -- "$stage/files$1" "$root$1" &&
    [ "$(stat -c '%a %u' -- "$root$1")" = "$(stat -c '%a %u' -- "$stage/files$1")" ]
}

all_as_laid() {
  for path_of_file in $(cat "$stage/paths"); do as_laid "$path_of_file" || return 1; done
}

# differences: what `put_files` would change, as a diff. Secrets of WireGuard are never shown.
differences() {
  for path_of_file in $(cat "$stage/paths"); do
    as_laid "$path_of_file" && continue
    now=$root$path_of_file
    [ -e "$now" ] || now=/dev/null
    diff -u --label "$path_of_file (now)" --label "$path_of_file" -- "$now" "$stage/files$path_of_file" |
      sed -E 's/^([-+ ](PrivateKey|PresharedKey) *=).*/\1 (not shown)/'
    [ "$now" = /dev/null ] || [ "$(stat -c %a -- "$now")" = "$(stat -c %a -- "$stage/files$path_of_file")" ] ||
      printf 'mode of %s: %s -> %s\n' "$path_of_file" "$(stat -c %a -- "$now")" "$(stat -c %a -- "$stage/files$path_of_file")"
  done
}
