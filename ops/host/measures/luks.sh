# LUKS: the folder with all data on a sealed volume. Who takes the disk, or an image of the rented server, reads nothing; a human unlocks it by SSH
# after each start of the machine (`kinkeeper-harden CONFIG unlock`), or a key server elsewhere opens it (harden/key-server.sh). What runs on the
# data does not start before.
#
# The volume is made on an empty device, or in a file. Existing data are copied in and compared byte by byte; the plain ones stay beside, as
# FOLDER.plain, until root removes them. What was moved into the volume is never given up unread: not by an undo, and not by an apply that fails.
header_copy=$var/luks-header.img

summary() { echo "All data ($data_dir) lie on a sealed volume (LUKS) that a human, or a key server elsewhere, unlocks after a start"; }
needs() {
  key_server_needs
  printf '%s\n' 'cryptsetup cryptsetup-bin' 'mkfs.ext4 e2fsprogs' 'blkid util-linux' 'findmnt util-linux' 'lsblk util-linux' 'fallocate util-linux'
}

# What uses the data waits for them.
lay() {
  for unit in docker.service "$unit_bot" "$unit_ops"; do
    lays 644 "/etc/systemd/system/$unit.d/kinkeeper-data.conf" <<DROPIN || return 1
# Written by kinkeeper-harden (measure luks): nothing starts on an empty folder.
[Unit]
ConditionPathIsMountPoint=$data_dir
DROPIN
  done
  lay_key_server
}

is_mapped() { [ -b "/dev/mapper/$mapped" ]; }

fits() {
  place_fits && key_server_fits
}

place_fits() {
  [ -n "$luks_device" ] || { echo 'luks_device of the settings has to name an empty device, or a file to be made (then luks_bytes, too)' && return 1; }
  is "$luks_device" '/[A-Za-z0-9@_./-]+' && { [ -d "$data_dir" ] || [ -d "$kept" ]; } || { echo "$data_dir, and $luks_device, have to be plain paths, and the first one a folder" && return 1; }
  # Begun before, and cut off: it is ours by now.
  if [ -d "$kept" ]; then goes_on; return; fi
  is_sealed "$data_dir" && { echo "$data_dir lies on a sealed volume already" && return 1; }
  ! findmnt -n --mountpoint "$data_dir" >/dev/null 2>&1 9>&- || { echo "$data_dir is a file system of its own: make the volume below it by hand, or give it a folder" && return 1; }
  [ ! -e "$data_dir.plain" ] || { echo "$data_dir.plain is in the way" && return 1; }
  if [ -b "$luks_device" ]; then empty_device; else room_for_file; fi || return 1
  users=$(users_of_data)
  [ -z "$users" ] || { echo "these still use $data_dir, stop them first: $users" && return 1; }
}

# Of one that was begun before: still never over anything of others.
goes_on() {
  [ ! -e "$kept/back" ] || { echo 'an undo was cut off: undo it again' && return 1; }
  ! data_in_volume || return 0
  [ "$(was device)" = "$luks_device" ] || { echo "luks_device was $(was device) when this was begun: set it to that, or undo luks first" && return 1; }
  is_our_volume || [ -e "$kept/made-file" ] || if [ -b "$luks_device" ]; then empty_device; else room_for_file; fi
}

would() {
  data_in_volume || printf '%s\n' "$luks_device becomes a sealed volume" "the data of $data_dir are copied in and compared; as they are now they stay in $data_dir.plain"
  ! wants_key_server || key_server_is_bound || echo "the volume opens by itself at a start while $luks_key_server answers"
}

# By what the volume is known, chosen before it is made: a disk may have another name after a start.
before() { printf 'device=%s\nuuid=%s\n' "$luks_device" "$(cat /proc/sys/kernel/random/uuid)"; }
is_our_volume() { [ -n "$(was uuid)" ] && [ "$(cryptsetup luksUUID "$luks_device" 2>/dev/null 9>&-)" = "$(was uuid)" ]; }

# What the volume holds, by marks in the folder of the measure (helper/volume.sh). Once they are `moved`, it is opened or left alone, whatever else
# fails; once they are `back`, whole and compared, it may be given up.
mark_volume() { : >"$kept/$1" && sync "$kept/$1" "$kept"; }

# Each step looks whether it was done, so that it can be begun anew after a kill.
enact() {
  systemctl daemon-reload 9>&- || return 1
  if data_in_volume; then open_volume && mount_volume && watch_anew && start_what_waits && bind_key_server; else make_volume && bind_key_server && move_in && watch_anew; fi
}

# The drop-ins of last time hold again; a locked volume stays locked.
regain() { systemctl daemon-reload 9>&-; }

open_volume() {
  ! is_mapped || return 0
  is_our_volume || { say "$luks_device is not the volume that was made, or its header is broken (RUNBOOK: luksHeaderRestore); it was not touched" && return 1; }
  with_right_passphrase cryptsetup open "$luks_device" "$mapped" && note_volume_key
}

make_volume() {
  if ! is_mapped && ! cryptsetup isLuks "$luks_device" 2>/dev/null 9>&-; then
    new_passphrase || return 1
    [ -e "$luks_device" ] || { : >"$kept/made-file" && fallocate -l "$luks_bytes" "$luks_device"; } || return 1
    with_passphrase cryptsetup -q luksFormat --type luks2 --label "$mapped" --uuid "$(was uuid)" "$luks_device" &&
      with_passphrase cryptsetup open "$luks_device" "$mapped" || return 1
  fi
  open_volume || return 1
  blkid -p "/dev/mapper/$mapped" >/dev/null 2>&1 9>&- || mkfs.ext4 -q -m 1 "/dev/mapper/$mapped" 9>&- || return 1
  [ -e "$header_copy" ] || copy_header
}

copy_header() {
  rm -f -- "$header_copy.new" && cryptsetup luksHeaderBackup "$luks_device" --header-backup-file "$header_copy.new" 9>&- && sync "$header_copy.new" &&
    mv -f -T -- "$header_copy.new" "$header_copy" && sync "$(dirname -- "$header_copy")"
}

# Nothing moves before somebody has opened it as after a start of the machine, by the passphrase alone.
move_in() {
  if [ ! -e "$data_dir.plain" ]; then
    copy_in && cryptsetup close "$mapped" 9>&- || return 1
    say 'the data are copied; now open the volume once as after a start of the machine'
    open_volume || return 1
    mv -T -- "$data_dir" "$data_dir.plain" || return 1
  fi
  mark_volume moved && mount_volume
}

mount_volume() {
  volume_is_mounted || { (umask 022 && mkdir -p -- "$data_dir") && mount -o nodev,nosuid "/dev/mapper/$mapped" "$data_dir" 9>&-; }
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

# A volume in which the data live is taken back only while it is open: what nobody can read now nobody could copy out.
may_retract() {
  data_in_volume || volume_is_mounted || return 0
  volume_is_mounted || { say "refused, nothing was changed: the data are in the locked volume on $luks_device. Unlock it first (kinkeeper-harden CONFIG unlock), then undo luks" && return 1; }
  users=$(users_of_data)
  [ -z "$users" ] || { say "refused, nothing was changed: these still use $data_dir, stop them first: $users" && return 1; }
}

# The data come back out of the volume, as they are by now, and are compared; only then it is given up.
retract() {
  systemctl daemon-reload 9>&-
  ! volume_is_mounted || bring_out || return 1
  if [ -e "$kept/back" ]; then
    [ ! -d "$data_dir.back" ] || put_in_place "$data_dir.back" || return 1
    rm -rf -- "$data_dir.plain"
  elif [ -d "$data_dir.plain" ]; then
    put_in_place "$data_dir.plain" || return 1
  fi
  ! is_mapped || cryptsetup close "$mapped" 9>&- || return 1
  give_up_volume && watch_anew
}

# put_in_place FOLDER: where the volume was mounted.
put_in_place() {
  { [ ! -d "$data_dir" ] || rmdir -- "$data_dir"; } && mv -T -- "$1" "$data_dir"
}

bring_out() {
  rm -rf -- "$kept/back" "$data_dir.back" && mkdir -- "$data_dir.back" && copy_out && mark_volume back && umount "$data_dir" 9>&-
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

# Without its keys nobody reads what was in it. A device becomes empty again, as it was; one that is not ours is left alone.
give_up_volume() {
  data_in_volume && return 1
  if is_our_volume; then
    cryptsetup -q luksErase "$luks_device" 9>&- && wipefs -q -a "$luks_device" 9>&- || return 1
  fi
  [ ! -e "$kept/made-file" ] || [ "$luks_device" != "$(was device)" ] || rm -f -- "$luks_device"
  rm -f -- "$header_copy"
}

# After a start of the machine.
unlock_measure() {
  kept=$var/harden/$measure
  volume_is_mounted && { say "$data_dir is there already" && return; }
  data_in_volume || { say 'there is no volume with data to unlock: apply it first, or end an undo that was cut off by another undo' && return 1; }
  open_volume || { say 'it was not unlocked' && return 1; }
  come_back 'the volume with the data was unlocked'
}

# come_back WORDS: what was unlocked is there again, and so is what waited for it.
come_back() {
  mount_volume || return 1
  note "$1"
  watch_anew
  start_what_waits
  say "$data_dir is there, and what was waiting for it is started"
}

# A rule of auditd for a folder ends with it, and is refused where there is none: those for the data are made again for what lies there by now. Data
# that nobody watches are no reason to leave them locked.
watch_anew() {
  [ -d "$var/harden/auditd" ] || return 0
  # In a shell of its own, as measures define the same words.
  (
    measure=auditd
    . "$here/measures/auditd.sh"
    watch && ! look | cut -f 2 | grep -Fqx fail
  ) || say 'auditd did not take all of its rules: kinkeeper-harden CONFIG verify auditd'
}

start_what_waits() {
  for unit in docker.service "$unit_bot" "$unit_ops"; do
    case $(systemctl is-enabled "$unit" 2>/dev/null 9>&-) in enabled) systemctl start "$unit" 9>&- ;; esac
  done
  # It waited for what is written there.
  ! systemctl -q is-active fail2ban.service 9>&- || systemctl reload fail2ban.service 9>&-
}

look() {
  if data_are_locked; then fact fail at-rest "the sealed volume of $data_dir is locked: kinkeeper-harden CONFIG unlock" && return; fi
  if is_sealed "$data_dir"; then
    fact pass at-rest "lsblk: $(findmnt -n -o SOURCE -T "$data_dir" 2>/dev/null 9>&-) is a crypt device"
  else
    fact fail at-rest "lsblk: $(findmnt -n -o SOURCE -T "$data_dir" 2>/dev/null 9>&-) is no crypt device, nor on one"
  fi
  [ ! -e "$data_dir.plain" ] || fact unknown plain-copy "$data_dir.plain is still there, unsealed: look whether all is well, then remove it (rm -r)"
  is_mapped || return 0
  key_server_facts
  if [ -s "$header_copy" ]; then fact pass header "a copy of its header is $header_copy: keep one elsewhere, too"; else fact fail header "no copy of its header ($header_copy)"; fi
}
