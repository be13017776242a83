# What the measure luks does with a key server (Tang): a machine elsewhere, with which the volume opens by itself at a start of this one. clevis
# gives the volume a second key that is written down nowhere: the server's part and what stands in the volume's header make it anew each time. The
# server learns nothing of it, and neither of the two opens anything alone. The passphrase stays.
#
# Which server it is bound to is read from the header of the volume, never from a note. In the folder of the measure: `key-server` says that one opens it
# at a start (helper/volume.sh); `volume`, what the header says of the key of the volume, noted each time somebody opened it by the passphrase. By
# itself only that volume is opened: whoever can write to the disk, but not here, cannot put another one in its place.
unlock_unit=kinkeeper-data-unlock.service

wants_key_server() { [ -n "$luks_key_server" ]; }
key_server_config() { printf '{"url":"%s","thp":"%s"}' "$luks_key_server" "$luks_key_server_print"; }

key_server_needs() {
  wants_key_server || [ -e "$var/harden/luks/key-server" ] || return 0
  printf '%s\n' 'clevis clevis' 'clevis-luks-bind clevis-luks' 'curl curl' 'jose jose'
}

# Asked at each start, and then again and again: what leads there may be down for a day.
lay_key_server() {
  wants_key_server || return 0
  lays 644 "/etc/systemd/system/$unlock_unit" <<UNIT || return 1
# Written by kinkeeper-harden (measure luks).
[Unit]
Description=Asks the key server to unlock the data of Kinkeeper
Wants=network-online.target
After=network-online.target
ConditionPathIsMountPoint=!$data_dir
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=/usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf unlock-by-server
Restart=on-failure
RestartSec=30
RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6 AF_ALG
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native
UMask=0077
# An answer without an end is nobody's key.
MemoryMax=512M
TasksMax=64
RuntimeMaxSec=300
UNIT
  lays 644 /etc/systemd/system/multi-user.target.d/kinkeeper-data.conf <<DROPIN
# Written by kinkeeper-harden (measure luks).
[Unit]
Wants=$unlock_unit
DROPIN
}

# A server that does not answer yet, or is another one, is found before anything is made with it.
key_server_fits() {
  wants_key_server || return 0
  is "$luks_key_server" 'https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?' || { echo 'luks_key_server has to be an address like http://10.77.0.9:7500' && return 1; }
  is "$luks_key_server_print" '[A-Za-z0-9_-]{43}' || { echo 'luks_key_server_print has to be what tang-show-keys says on the key server, 43 letters and digits' && return 1; }
  key_server_is_bound || printf x | timeout -k 5 30 clevis encrypt tang "$(key_server_config)" >/dev/null 2>&1 9>&- ||
    { echo "$luks_key_server does not answer as the key server of $luks_key_server_print" && return 1; }
}

# key_bindings DEVICE: for each key that clevis has a part in: token, slot, and yes where it is of the server of the settings. DEVICE may be a copy of
# a header. Fails where that cannot be read: then nobody knows.
key_bindings() {
  dump=$(cryptsetup luksDump "$1" 2>/dev/null 9>&-) || return 1
  printf '%s\n' "$dump" | awk '/^Tokens:/ { on = 1; next } /^[A-Z]/ { on = 0 }
    on && $2 == "clevis" { sub(":", "", $1); token = $1 } on && token != "" && $1 == "Keyslot:" { print token " " $2; token = "" }' |
    while IFS=' ' read -r token slot; do
      head=$(cryptsetup token export --token-id "$token" "$1" 2>/dev/null 9>&- | jose fmt -j- -Og jwe -g protected -u- | jose b64 dec -i-) || exit 1
      if is_of_server "$head"; then echo "$token $slot yes"; else echo "$token $slot no"; fi
    done
}

is_of_server() {
  wants_key_server && [ "$(printf '%s' "$1" | jose fmt -j- -Og clevis -g tang -g url -u- 2>/dev/null)" = "$luks_key_server" ] &&
    printf '%s' "$1" | jose fmt -j- -Og clevis -g tang -g adv -o- 2>/dev/null | jose jwk use -i- -r -u verify -o- 2>/dev/null | jose jwk thp -i- -a S256 2>/dev/null |
    tr -s ' \n' '\n' | grep -Fqx -- "$luks_key_server_print"
}

# Whether the volume is bound as the settings say: to that one by one key and to no other, or to none. Sets slot.
key_server_is_bound() {
  slot=''
  bindings=$(key_bindings "${1:-$luks_device}") || return 1
  slot=$(printf '%s\n' "$bindings" | awk '$3 == "yes" { print $2 }')
  if wants_key_server; then
    [ "$(printf '%s\n' "$bindings" | grep -c .)" = 1 ] && [ -n "$slot" ]
  else
    [ -z "$bindings" ]
  fi
}

# What the header says of the key of the volume: who has not that key cannot make another volume that says so.
volume_key_seen() { cryptsetup luksDump "$luks_device" 2>/dev/null 9>&- | sed -n '/^Digests:/,$p' | grep .; }
note_volume_key() { [ "$(cat -- "$kept/volume" 2>/dev/null)" = "$(volume_key_seen)" ] || { volume_key_seen >"$kept/volume" && sync "$kept/volume" "$kept"; }; }
is_noted_volume() { [ -s "$kept/volume" ] && [ "$(cat -- "$kept/volume")" = "$(volume_key_seen)" ]; }

# The new server first, so that a slip leaves the old one; the copy of the header last, as that is looked at each time.
bind_key_server() {
  if ! key_server_is_bound; then
    if wants_key_server && [ -z "$slot" ]; then
      [ -n "${passphrase:-}" ] || { with_right_passphrase cryptsetup open --test-passphrase "$luks_device" && note_volume_key; } || return 1
      printf '%s' "$passphrase" | clevis luks bind -y -k - -d "$luks_device" tang "$(key_server_config)" >/dev/null 9>&- || { say 'the key server could not be bound to the volume' && return 1; }
    fi
    unbind_others || { say 'a key server of before could not be taken from the volume' && return 1; }
  fi
  if ! key_server_is_bound "$header_copy"; then
    copy_header || return 1
    say "the header of the volume is another one: copy $header_copy to where your backups are, and remove older copies, which a key server of before still opens"
  fi
  if wants_key_server; then [ -e "$kept/key-server" ] || { : >"$kept/key-server" && sync "$kept"; }; else rm -f -- "$kept/key-server"; fi
}

# All keys but the first of the server of the settings.
unbind_others() {
  bindings=$(key_bindings "$luks_device") || return 1
  for other in $(printf '%s\n' "$bindings" | awk '$3 == "yes" && !seen++ { next } $2 != "" { print $2 }'); do
    clevis luks unbind -f -d "$luks_device" -s "$other" >/dev/null 9>&- || return 1
  done
}

key_server_facts() {
  if ! key_bindings "$luks_device" >/dev/null; then
    fact unknown key-server 'the header of the volume does not say whom it is bound to' && return
  fi
  if ! key_server_is_bound; then
    if wants_key_server; then fact fail key-server "the volume is not bound to $luks_key_server, or to another one as well"; else fact fail key-server 'the volume is bound to a key server that the settings do not name'; fi
    return
  fi
  bound=$slot
  key_server_is_bound "$header_copy" || fact fail header-copy "$header_copy is of another key server: apply luks again"
  wants_key_server || return 0
  if timeout -k 5 60 clevis luks unlock -d "$luks_device" -t "$bound" >/dev/null 2>&1 9>&-; then
    fact pass key-server "$luks_key_server opens the volume (slot $bound)"
  else
    fact unknown key-server "$luks_key_server did not open the volume just now: at the next start a human has to"
  fi
  case $(systemctl show -p Wants --value multi-user.target 2>/dev/null 9>&-) in
    *"$unlock_unit"*) fact pass at-start "$unlock_unit asks it" ;;
    *) fact fail at-start "$unlock_unit is not started with the machine" ;;
  esac
}

# After a start of the machine, by its unit: 0 where nothing is left to do.
unlock_by_server_measure() {
  kept=$var/harden/$measure
  ! volume_is_mounted || return 0
  data_in_volume && wants_key_server || { say 'there is no volume with data, or no key server of it' && return 0; }
  is_mapped || open_by_server || { say "$luks_key_server did not open the volume; kinkeeper-harden CONFIG unlock takes the passphrase" && return 1; }
  come_back 'the volume with the data was unlocked by the key server'
}

open_by_server() {
  is_our_volume && is_noted_volume && key_server_is_bound && timeout -k 5 60 clevis luks unlock -d "$luks_device" -n "$mapped" 9>&-
}
