# WireGuard: a VPN of the family's own, so that the web ports need not be open to everybody. Tailscale, where it is used, is only looked at.
# Settings that somebody else wrote are kept as they are, and only brought up.
peers_folder=/etc/wireguard/kinkeeper-peers
mark_of_ours='# Written by kinkeeper-harden (measure wireguard).'

summary() { echo "A VPN (WireGuard) on UDP $(listed "$vpn_ports" | head -n 1), with settings for each device in $peers_folder"; }
needs() { printf '%s\n' 'wg wireguard-tools' 'wg-quick wireguard-tools' 'ip iproute2'; }

vpn_interface() {
  listed "$vpn_interfaces" | grep -Ex 'wg[a-z0-9_-]{0,13}' | head -n 1
}

conf_of_vpn() {
  printf '/etc/wireguard/%s.conf\n' "$(vpn_interface)"
}

is_foreign() {
  [ -f "$root$(conf_of_vpn)" ] && ! grep -Fqx -- "$mark_of_ours" "$root$(conf_of_vpn)"
}

lay() {
  [ -n "$(vpn_interface)" ] && ! is_foreign || return 0
  server_key=$(secret_in "$root$(conf_of_vpn)" PrivateKey) && [ -n "$server_key" ] || server_key=$(wg genkey 9>&-)
  server_public=$(printf '%s\n' "$server_key" | wg pubkey 9>&-)
  port=$(listed "$vpn_ports" | head -n 1)
  : >"$stage/peers"
  for peer in $(listed "$vpn_peers"); do lay_peer "$peer" || return 1; done
  { printf '%s\n[Interface]\nAddress = %s\nListenPort = %s\nPrivateKey = %s\n' "$mark_of_ours" "$vpn_address" "$port" "$server_key" && cat "$stage/peers"; } |
    lays 600 "$(conf_of_vpn)"
}

# lay_peer NAME: its settings, and what the server has to know of it. Keys and address stay what they are once they are there.
lay_peer() {
  is "$1" '[A-Za-z0-9_-]{1,32}' || { say "vpn_peers: a device is named by up to 32 letters, digits, - and _, not $1" && return 1; }
  own=$root$peers_folder/$1.conf
  peer_key=$(secret_in "$own" PrivateKey) shared=$(secret_in "$own" PresharedKey) address=$(secret_in "$own" Address)
  [ -n "$peer_key" ] || peer_key=$(wg genkey 9>&-)
  [ -n "$shared" ] || shared=$(wg genpsk 9>&-)
  [ -n "$address" ] || address=$(free_address) || { say "no address is free for $1: vpn_address has room for 253 devices" && return 1; }
  printf '\n# %s\n[Peer]\nPublicKey = %s\nPresharedKey = %s\nAllowedIPs = %s\n' "$1" "$(printf '%s\n' "$peer_key" | wg pubkey 9>&-)" "$shared" "$address" >>"$stage/peers"
  printf '%s\n[Interface]\nAddress = %s\nPrivateKey = %s\n\n[Peer]\nPublicKey = %s\nPresharedKey = %s\nAllowedIPs = %s/32\nEndpoint = %s:%s\nPersistentKeepalive = 25\n' \
    "$mark_of_ours" "$address" "$peer_key" "$server_public" "$shared" "${vpn_address%%/*}" "$vpn_endpoint" "$port" | lays 600 "$peers_folder/$1.conf"
}

secret_in() {
  [ ! -f "$1" ] || sed -n "s/^$2 = //p" "$1" | head -n 1
}

# The next address behind the server's that no peer has, of those here and of those laid out.
free_address() {
  first=${vpn_address%.*}
  set +f
  cat "$root$peers_folder"/*.conf "$stage/peers" 2>/dev/null >"$stage/known-peers"
  set -f
  last=2
  while [ "$last" -lt 255 ]; do
    grep -Fq -- " $first.$last/32" "$stage/known-peers" || { echo "$first.$last/32" && return; }
    last=$((last + 1))
  done
  return 1
}

fits() {
  [ -n "$(vpn_interface)" ] || { echo 'vpn_interfaces of the settings names no interface of WireGuard (wg0)' && return 1; }
  is_foreign && return 0
  is "$vpn_address" '[0-9]{1,3}(\.[0-9]{1,3}){3}/24' || { echo "vpn_address has to be like 10.77.0.1/24, not $vpn_address" && return 1; }
  [ -z "$vpn_peers" ] || [ -n "$vpn_endpoint" ] || { echo 'vpn_endpoint of the settings is needed: the name or address by which devices reach this host' && return 1; }
  wg-quick strip "$(laid "$(conf_of_vpn)")" >/dev/null 2>&1 9>&- || { echo 'wg-quick does not take the settings' && return 1; }
}

would() { echo "wg-quick@$(vpn_interface).service is enabled and started"; }
before() { unit_before "wg-quick@$(vpn_interface).service" && echo "interface=$(vpn_interface)"; }

enact() {
  unit=wg-quick@$(vpn_interface).service
  systemctl -q enable "$unit" 9>&- || return 1
  # Devices that are connected stay so; only another address of its own needs a new start.
  address=$(secret_in "$root$(conf_of_vpn)" Address)
  if ip -o -4 addr show dev "$(vpn_interface)" 2>/dev/null 9>&- | grep -Fq " ${address:-none} "; then systemctl reload-or-restart "$unit" 9>&-; else systemctl restart "$unit" 9>&-; fi
}

retract() {
  unit=wg-quick@$(was interface).service
  # It takes the interface down by settings that are gone by now.
  if [ ! -f "$root/etc/wireguard/$(was interface).conf" ]; then ip link del "$(was interface)" 2>/dev/null 9>&-; fi
  unit_back "$unit"
  systemctl reset-failed "$unit" 2>/dev/null 9>&- || :
}

look() {
  interface=$(vpn_interface)
  case $(tailscale status --json 2>/dev/null 9>&- | sed -n 's/.*"BackendState": *"\([A-Za-z]*\)".*/\1/p') in
    Running) fact pass tailscale 'tailscale status: Running' ;;
  esac
  [ -n "$interface" ] || { fact unknown interface 'vpn_interfaces names no interface of WireGuard' && return; }
  fact_unit "wg-quick@$interface.service"
  fact_is port "$(wg show "$interface" listen-port 2>/dev/null 9>&-)" "$(listed "$vpn_ports" | head -n 1)" "wg show $interface: port"
  stated=$(sed -n 's/^[[:space:]]*PublicKey[[:space:]]*=[[:space:]]*//p' "$root$(conf_of_vpn)" 2>/dev/null | sort)
  running=$(wg show "$interface" peers 2>/dev/null 9>&-) || { fact fail peers "wg show: no interface $interface" && return; }
  if [ "$stated" = "$(printf '%s\n' "$running" | sort)" ]; then
    fact pass peers "wg show: $(printf '%s\n' "$running" | sed '/^$/d' | wc -l) devices, as the settings say"
  else
    fact fail peers 'wg show: other devices than the settings say'
  fi
}
