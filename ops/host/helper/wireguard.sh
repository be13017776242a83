# New private keys of this host in WireGuard, one for each interface that has settings of wg-quick here. Peers stay as the settings have
# them; none of them comes in until it knows the new public key.

rotate_wireguard() {
  has wg && has wg-quick || { answer failed reason=no-wireguard && return; }
  begin_keys wireguard || { fail_keys disk && return; }
  rm -rf -- "$var/keys-work" && mkdir -- "$var/keys-work" || { fail_keys disk && return; }
  told=''
  for interface in $(listed "$vpn_interfaces"); do
    is "$interface" '[a-zA-Z0-9_=+.-]{1,15}' && [ -f "$root/etc/wireguard/$interface.conf" ] || continue
    make_wireguard_key "$interface" || { fail_keys "$why" && return; }
  done
  [ -n "$told" ] || { fail_keys no-wireguard-settings && return; }
  put_new_keys || { fail_keys disk && return; }
  reload_wireguard && speaks_with_new_keys || { fail_keys wg-refuses && return; }
  # Lines of ours: IFS is the line break.
  # shellcheck disable=SC2086
  keep_new_keys $told || { fail_keys disk && return; }
  rm -rf -- "$var/keys-work"
  # shellcheck disable=SC2086
  answer ok $told
}

# make_wireguard_key INTERFACE: settings with a new key, checked by wg-quick; adds to told, or sets why. The key is never an argument.
make_wireguard_key() {
  conf=$root/etc/wireguard/$1.conf
  why=no-plain-settings
  [ ! -L "$conf" ] && [ "$(grep -Eic '^[[:space:]]*PrivateKey[[:space:]]*=' "$conf")" = 1 ] || return 1
  why=keygen
  wg genkey >"$var/keys-work/$1.key" 2>/dev/null 9>&- || return 1
  public=$(wg pubkey <"$var/keys-work/$1.key" 2>/dev/null 9>&-)
  is "$public" '[A-Za-z0-9+/]{43}=' || return 1
  awk -v file="$var/keys-work/$1.key" 'BEGIN { getline key < file }
    tolower($0) ~ /^[[:space:]]*privatekey[[:space:]]*=/ { print "PrivateKey = " key; next } { print }' \
    "$conf" >"$var/keys-work/$1.conf" || return 1
  why=wg-refuses
  wg-quick strip "$var/keys-work/$1.conf" >/dev/null 2>&1 9>&- || return 1
  why=disk
  add_key "$conf" "$var/keys-work/$1.conf" || return 1
  told="$told${told:+$IFS}$1=$public"
}

# Has every interface that is up read its settings; the others do when they come up.
reload_wireguard() {
  # A name of an endpoint cannot be looked up here, where there is no network: waiting for it would be in vain.
  WG_ENDPOINT_RESOLUTION_RETRIES=0
  export WG_ENDPOINT_RESOLUTION_RETRIES
  for conf in $(cat "$var/keys/paths"); do
    interface=$(basename -- "$conf" .conf)
    is_up "$interface" || continue
    take_settings "$interface" "$conf"
    taken_settings=$?
    rm -f -- "$var/keys-read"
    [ "$taken_settings" = 0 ] || return 1
  done
}

# take_settings INTERFACE FILE: all of them, with which peers go that stand there no more; the key alone where the rest is not taken.
take_settings() {
  wg-quick strip "$2" >"$var/keys-read" 2>/dev/null 9>&- && wg syncconf "$1" "$var/keys-read" >/dev/null 2>&1 9>&- && return 0
  sed -n 's/^[[:space:]]*[Pp][Rr][Ii][Vv][Aa][Tt][Ee][Kk][Ee][Yy][[:space:]]*=[[:space:]]*//p' "$2" >"$var/keys-read" &&
    wg set "$1" private-key "$var/keys-read" >/dev/null 2>&1 9>&-
}

speaks_with_new_keys() {
  for fact in $told; do
    is_up "${fact%%=*}" || continue
    [ "$(wg show "${fact%%=*}" public-key 2>/dev/null 9>&-)" = "${fact#*=}" ] || return 1
  done
}

is_up() {
  wg show interfaces 2>/dev/null 9>&- | tr -s ' \t' '\n' | grep -Fqx -- "$1"
}
