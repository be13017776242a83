# LUKS: the folder with all data on a sealed volume. Who takes the disk, or an image of the rented server, reads nothing; a human unlocks it by SSH
# after each start of the machine (`kinkeeper-harden CONFIG unlock`). What runs on the data does not start before.
#
# The volume is made on an empty device, or in a file. Existing data are copied in and compared byte by byte; the plain ones stay beside, as
# FOLDER.plain, until root removes them. The passphrase comes from the terminal, or from the file that KINKEEPER_LUKS_PASSPHRASE_FILE names.
mapped=kinkeeper-data
header_copy=$var/luks-header.img

summary() { echo "All data ($data_dir) lie on a sealed volume (LUKS) that a human unlocks after a start"; }
needs() { printf '%s\n' 'cryptsetup cryptsetup-bin' 'mkfs.ext4 e2fsprogs' 'blkid util-linux' 'findmnt util-linux' 'lsblk util-linux' 'fallocate util-linux'; }

# What uses the data waits for them.
lay() {
  for unit in docker.service "$unit_bot" "$unit_ops"; do
    lays 644 "/etc/systemd/system/$unit.d/kinkeeper-data.conf" <<DROPIN || return 1
# Written by kinkeeper-harden (measure luks): nothing starts on an empty folder.
[Unit]
ConditionPathIsMountPoint=$data_dir
DROPIN
  done
}

is_mapped() { [ -b "/dev/mapper/$mapped" ]; }
is_mounted() { [ "$(findmnt -n -o SOURCE --mountpoint "$data_dir" 2>/dev/null 9>&-)" = "/dev/mapper/$mapped" ]; }

fits() {
  [ -n "$luks_device" ] || { echo 'luks_device of the settings has to name an empty device, or a file to be made (then luks_bytes, too)' && return 1; }
  is "$luks_device" '/[A-Za-z0-9@_./-]+' && [ -d "$data_dir" ] || { echo "$data_dir, and $luks_device, have to be plain paths, and the first one a folder" && return 1; }
  # Begun before, and cut off: it is ours by now.
  [ ! -d "$kept" ] || return 0
  is_sealed "$data_dir" && { echo "$data_dir lies on a sealed volume already" && return 1; }
  ! findmnt -n --mountpoint "$data_dir" >/dev/null 2>&1 9>&- || { echo "$data_dir is a file system of its own: make the volume below it by hand, or give it a folder" && return 1; }
  [ ! -e "$data_dir.plain" ] || { echo "$data_dir.plain is in the way" && return 1; }
  if [ -b "$luks_device" ]; then empty_device; else room_for_file; fi || return 1
  users=$(users_of_data)
  [ -z "$users" ] || { echo "these still use $data_dir, stop them first: $users" && return 1; }
}

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

would() { printf '%s\n' "$luks_device becomes a sealed volume" "the data of $data_dir are copied in and compared; as they are now they stay in $data_dir.plain"; }

# read_passphrase: sets passphrase. It is never an argument, nor in a file of ours.
read_passphrase() {
  if [ -n "${KINKEEPER_LUKS_PASSPHRASE_FILE:-}" ]; then
    passphrase=$(cat -- "$KINKEEPER_LUKS_PASSPHRASE_FILE") || return 1
  else
    printf 'Passphrase of the volume: ' >/dev/tty && stty -echo </dev/tty
    read -r passphrase </dev/tty
    stty echo </dev/tty
    printf '\n' >/dev/tty
  fi
  [ "${#passphrase}" -ge 12 ] || { say 'the passphrase needs at least 12 characters' && return 1; }
}

with_passphrase() { printf '%s' "$passphrase" | "$@" --key-file=- 9>&-; }

# Each step looks whether it was done, so that it can be begun anew after a kill.
enact() {
  systemctl daemon-reload 9>&- && make_volume && move_in
}

make_volume() {
  is_mapped && return 0
  read_passphrase || return 1
  [ -e "$luks_device" ] || { : >"$kept/made-file" && fallocate -l "$luks_bytes" "$luks_device"; } || return 1
  cryptsetup isLuks "$luks_device" 9>&- || with_passphrase cryptsetup -q luksFormat --type luks2 --label "$mapped" "$luks_device" || return 1
  [ -e "$header_copy" ] || cryptsetup luksHeaderBackup "$luks_device" --header-backup-file "$header_copy" 9>&- || return 1
  with_passphrase cryptsetup open "$luks_device" "$mapped" || return 1
  blkid -p "/dev/mapper/$mapped" >/dev/null 2>&1 9>&- || mkfs.ext4 -q -m 1 "/dev/mapper/$mapped" 9>&-
}

# contents FOLDER: each path in it with mode, owner, time, target and content, in words that two of them can be compared by.
contents() {
  (cd "$1" && find . -mindepth 1 -path ./lost+found -prune -o -printf '%p %y %m %U %G %l\n' | sort && find . -path ./lost+found -prune -o -type f -exec sha256sum {} + | sort)
}

move_in() {
  is_mounted && return 0
  if [ ! -e "$data_dir.plain" ]; then
    copy_in || return 1
    mv -T -- "$data_dir" "$data_dir.plain" || return 1
  fi
  (umask 022 && mkdir -p -- "$data_dir") && mount -o nodev,nosuid "/dev/mapper/$mapped" "$data_dir" 9>&-
}

copy_in() {
  inside=$root/run/kinkeeper-luks
  mkdir -p -- "$inside" && mount "/dev/mapper/$mapped" "$inside" 9>&- || return 1
  cp -a -T -- "$data_dir" "$inside" && chmod --reference="$data_dir" "$inside" && sync -f "$inside" &&
    contents "$data_dir" >"$kept/outside.list" && contents "$inside" >"$kept/inside.list" && cmp -s -- "$kept/outside.list" "$kept/inside.list"
  copied=$?
  umount "$inside" 9>&- && rmdir -- "$inside"
  [ "$copied" = 0 ] || say 'what was copied is not what was there: is the folder in use?'
  return "$copied"
}

# The data come back out of the volume, as they are by now, and are compared; only then it is given up.
retract() {
  systemctl daemon-reload 9>&-
  if is_mounted; then
    users=$(users_of_data)
    [ -z "$users" ] || { say "these still use $data_dir, stop them first: $users" && return 1; }
    rm -rf -- "$data_dir.back" && mkdir -- "$data_dir.back" && copy_out || return 1
    umount "$data_dir" 9>&- && rmdir -- "$data_dir" && mv -T -- "$data_dir.back" "$data_dir" && rm -rf -- "$data_dir.plain" || return 1
  elif [ -d "$data_dir.plain" ]; then
    { [ ! -d "$data_dir" ] || rmdir -- "$data_dir"; } && mv -T -- "$data_dir.plain" "$data_dir" || return 1
  fi
  ! is_mapped || cryptsetup close "$mapped" 9>&- || return 1
  give_up_volume
}

copy_out() {
  set +f
  for entry in "$data_dir"/* "$data_dir"/.[!.]*; do
    case $entry in */lost+found) continue ;; esac
    [ ! -e "$entry" ] && [ ! -L "$entry" ] || cp -a -- "$entry" "$data_dir.back/" || return 1
  done
  set -f
  chmod --reference="$data_dir" "$data_dir.back" && sync -f "$data_dir.back" && contents "$data_dir" >"$kept/inside.list" &&
    contents "$data_dir.back" >"$kept/outside.list" && cmp -s -- "$kept/inside.list" "$kept/outside.list"
}

# Without its keys nobody reads what was in it. A device becomes empty again, as it was.
give_up_volume() {
  if cryptsetup isLuks "$luks_device" 2>/dev/null 9>&-; then
    cryptsetup -q luksErase "$luks_device" 9>&- && wipefs -q -a "$luks_device" 9>&- || return 1
  fi
  [ ! -e "$kept/made-file" ] || rm -f -- "$luks_device"
  rm -f -- "$header_copy"
}

# After a start of the machine.
unlock_measure() {
  kept=$var/harden/$measure
  is_mounted && { say "$data_dir is there already" && return; }
  [ -d "$kept" ] || { say 'was not applied: there is nothing to unlock' && return 1; }
  is_mapped || { read_passphrase && with_passphrase cryptsetup open "$luks_device" "$mapped"; } || { say 'it was not unlocked' && return 1; }
  mount -o nodev,nosuid "/dev/mapper/$mapped" "$data_dir" 9>&- || return 1
  note 'the volume with the data was unlocked'
  for unit in docker.service "$unit_bot" "$unit_ops"; do
    case $(systemctl is-enabled "$unit" 2>/dev/null 9>&-) in enabled) systemctl start "$unit" 9>&- ;; esac
  done
  # It waited for what is written there.
  ! systemctl -q is-active fail2ban.service 9>&- || systemctl reload fail2ban.service 9>&-
  say "$data_dir is there, and what was waiting for it is started"
}

look() {
  if is_sealed "$data_dir"; then
    fact pass at-rest "lsblk: $(findmnt -n -o SOURCE -T "$data_dir" 2>/dev/null 9>&-) is a crypt device"
  else
    fact fail at-rest "lsblk: $(findmnt -n -o SOURCE -T "$data_dir" 2>/dev/null 9>&-) is no crypt device, nor on one"
  fi
  [ ! -e "$data_dir.plain" ] || fact unknown plain-copy "$data_dir.plain is still there, unsealed: look whether all is well, then remove it (rm -r)"
  is_mapped || return 0
  if [ -s "$header_copy" ]; then fact pass header "a copy of its header is $header_copy: keep one elsewhere, too"; else fact fail header "no copy of its header ($header_copy)"; fi
}
