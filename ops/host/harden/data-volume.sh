# What the measure luks has to know of the data, and of the place for them, before it begins.

# Never over anything: no file system, no partitions, no use.
empty_device() {
  blkid -p "$luks_device" >/dev/null 2>&1 9>&-
  [ $? = 2 ] && [ "$(lsblk -n -o NAME "$luks_device" 2>/dev/null 9>&- | wc -l)" = 1 ] && ! findmnt -n -S "$luks_device" >/dev/null 2>&1 9>&- ||
    { echo "$luks_device is not empty, or in use: nothing on it would be left" && return 1; }
  has_room "$(($(lsblk -b -d -n -o SIZE "$luks_device" 9>&-)))"
}

room_for_file() {
  [ ! -e "$luks_device" ] && ours "$(dirname -- "$luks_device")" || { echo "$luks_device is there already, or lies where others than root can write" && return 1; }
  is "$luks_bytes" '[0-9]{8,16}' || { echo 'luks_bytes of the settings has to say how large the file is to be, in bytes' && return 1; }
  [ "$(df -B1 --output=avail "$(dirname -- "$luks_device")" | tail -n 1)" -gt "$luks_bytes" ] || { echo "no room for $luks_bytes bytes beside $luks_device" && return 1; }
  has_room "$luks_bytes"
}

# has_room BYTES: for the data, a fifth more, and what LUKS and the file system need for themselves.
has_room() {
  data=$(du -s -B1 -- "$data_dir" | cut -f 1)
  [ "$1" -gt $((data + data / 5 + 67108864)) ] || { echo "$1 bytes are too few for $data bytes of data" && return 1; }
}

# Processes with something open below, and containers with a part of it.
users_of_data() {
  set +f
  {
    find /proc/[0-9]*/fd /proc/[0-9]*/cwd -maxdepth 1 \( -lname "$data_dir" -o -lname "$data_dir/*" \) 2>/dev/null
    mounts_of_others
  } | cut -d / -f 3 | sort -un | while read -r process; do cat "/proc/$process/comm" 2>/dev/null; done | sort -u | paste -sd ' ' -
  set -f
}

# Mounts of the data, or of a part of them, that processes have elsewhere. That the volume itself is mounted everybody sees, and it goes for
# everybody when it is taken away.
mounts_of_others() {
  place=$(findmnt -n -o TARGET -T "$data_dir" 9>&-) && device=$(findmnt -n -o MAJ:MIN -T "$data_dir" 9>&- | tr -d ' ') || return 0
  grep -H '' /proc/[0-9]*/mountinfo 2>/dev/null | awk -v device="$device" -v part="${data_dir#"${place%/}"}" -v data="$data_dir" \
    '$3 == device && ($4 == part || index($4, part "/") == 1) && !($4 == "/" && $5 == data) { print $1 }'
}

# contents FOLDER: each path in it with mode, owner, time, target and content, in words that two of them can be compared by.
contents() {
  (cd "$1" && find . -mindepth 1 -path ./lost+found -prune -o -printf '%p %y %m %U %G %l\n' | sort && find . -path ./lost+found -prune -o -type f -exec sha256sum {} + | sort)
}

# ask_passphrase WORDS: sets passphrase from the terminal, or from the file that KINKEEPER_LUKS_PASSPHRASE_FILE names. It is never an argument,
# nor in a file of ours.
ask_passphrase() {
  if [ -n "${KINKEEPER_LUKS_PASSPHRASE_FILE:-}" ]; then
    passphrase=$(cat -- "$KINKEEPER_LUKS_PASSPHRASE_FILE") || return 1
  else
    printf '%s: ' "$1" >/dev/tty && stty -echo </dev/tty || { say 'a terminal is needed to type the passphrase' && return 1; }
    read -r passphrase </dev/tty
    stty echo </dev/tty
    printf '\n' >/dev/tty
  fi
}

# new_passphrase: typed twice, so that a slip of a finger is none that nobody knows later.
new_passphrase() {
  ask_passphrase 'New passphrase of the volume' || return 1
  [ "${#passphrase}" -ge 12 ] || { say 'the passphrase needs at least 12 characters' && return 1; }
  first=$passphrase
  ask_passphrase 'The same once more' || return 1
  [ "$first" = "$passphrase" ] || { say 'these were two different passphrases: begin anew' && return 1; }
}

with_passphrase() { printf '%s' "$passphrase" | "$@" --key-file=- 9>&-; }

# with_right_passphrase PROGRAM...: asks for the one of the volume until the program takes it. Three times, as fingers slip; a file says the same
# each time.
with_right_passphrase() {
  for try in 1 2 3; do
    ask_passphrase "Passphrase of the volume (try $try of 3)" || return 1
    ! with_passphrase "$@" || return 0
    [ -z "${KINKEEPER_LUKS_PASSPHRASE_FILE:-}" ] || return 1
  done
  return 1
}
