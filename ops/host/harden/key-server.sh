# What the measure luks does with a key server (Tang): a machine elsewhere, with which the volume opens by itself at a start of this one. clevis
# gives the volume a second key that is written down nowhere: the server's part and what stands in the volume's header make it anew each time. The
# server learns nothing of it, and neither of the two opens anything alone. The passphrase stays.
#
# In the folder of the measure, `key-server`: address and thumbprint of the one that is bound.
unlock_unit=kinkeeper-data-unlock.service

wants_key_server() { [ -n "$luks_key_server" ]; }
key_server() { printf '%s %s\n' "$luks_key_server" "$luks_key_server_print"; }
key_server_config() { printf '{"url":"%s","thp":"%s"}' "$luks_key_server" "$luks_key_server_print"; }

key_server_needs() {
  wants_key_server || [ -e "$var/harden/luks/key-server" ] || return 0
  printf '%s\n' 'clevis clevis' 'clevis-luks-bind clevis-luks' 'curl curl'
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
  key_server_is_bound || printf x | timeout --foreground -k 5 30 clevis encrypt tang "$(key_server_config)" >/dev/null 2>&1 9>&- ||
    { echo "$luks_key_server does not answer as the key server of $luks_key_server_print" && return 1; }
}

# Slots of keys that a key server has a part in, one a line.
key_server_slots() { clevis luks list -d "$luks_device" 2>/dev/null 9>&- | sed -n 's/^\([0-9]*\): tang .*/\1/p'; }

# Whether the volume is bound as the settings say: to that one and no other, or to none.
key_server_is_bound() {
  slots=$(key_server_slots)
  if wants_key_server; then
    [ "$(cat -- "$kept/key-server" 2>/dev/null)" = "$(key_server)" ] && [ "$(printf '%s\n' "$slots" | grep -c .)" = 1 ]
  else
    [ -z "$slots" ] && [ ! -e "$kept/key-server" ]
  fi
}

# Noted last, so that what a kill left in the middle is made anew.
bind_key_server() {
  ! key_server_is_bound || return 0
  rm -f -- "$kept/key-server"
  for slot in $(key_server_slots); do clevis luks unbind -f -d "$luks_device" -s "$slot" >/dev/null 9>&- || return 1; done
  if wants_key_server; then
    [ -n "${passphrase:-}" ] || with_right_passphrase cryptsetup open --test-passphrase "$luks_device" || return 1
    printf '%s' "$passphrase" | clevis luks bind -y -k - -d "$luks_device" tang "$(key_server_config)" >/dev/null 9>&- || { say 'the key server could not be bound to the volume' && return 1; }
  fi
  copy_header || return 1
  say "the header of the volume is another one: copy $header_copy to where your backups are, and remove older copies"
  ! wants_key_server || { key_server >"$kept/key-server" && sync "$kept/key-server" "$kept"; }
}

key_server_facts() {
  if ! key_server_is_bound; then
    if wants_key_server; then fact fail key-server "the volume is not bound to $luks_key_server"; else fact fail key-server 'the volume is bound to a key server that the settings do not name'; fi
    return
  fi
  wants_key_server || return 0
  if timeout --foreground -k 5 60 clevis luks unlock -d "$luks_device" -t "$slots" >/dev/null 2>&1 9>&-; then
    fact pass key-server "$luks_key_server opens the volume (slot $slots)"
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
  is_our_volume && timeout --foreground -k 5 60 clevis luks unlock -d "$luks_device" -n "$mapped" 9>&-
}
