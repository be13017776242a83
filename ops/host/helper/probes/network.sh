# By what the host is reached: its own interfaces, and the VPN.

# By which interfaces the outside is reached, and the host's own addresses.
said_routes() {
  has ip || return 127
  four=$(ip -j -4 route show default) && six=$(ip -j -6 route show default) && own=$(ip -j addr) || return 1
  printf '{"four":%s,"six":%s,"own":%s}' "${four:-[]}" "${six:-[]}" "${own:-[]}"
}

# Interfaces, ports and when each peer was last heard (seconds since 1970, 0: never), without anybody's key.
said_wireguard() {
  has wg || return 127
  ports=$(wg show all listen-port) && heard=$(wg show all latest-handshakes) || return 1
  printf '%s\n' "$ports" | awk 'NF { print "port", $1, $2 }'
  printf '%s\n' "$heard" | awk 'NF { print "peer", $1, $NF }'
}

# Whether it runs, and whether it serves something to everybody; not who is in it.
said_tailscale() {
  has tailscale || return 127
  timeout 10 tailscale status --json --peers=false | grep -o '"BackendState": *"[A-Za-z]*"' || return 1
  funnel=$(timeout 10 tailscale funnel status) || return 1
  printf '%s\n' "$funnel" | grep -c 'Funnel on' | sed 's/^/funnels=/'
}

# Files in which WireGuard and Tailscale keep their keys; a host may have one of them alone.
said_vpn_files() {
  [ ! -d "$root/etc/wireguard" ] || find "$root/etc/wireguard" -xdev -type f -printf '%y|%m|%U|%p\n' || return 1
  [ ! -d "$root/var/lib/tailscale" ] || find "$root/var/lib/tailscale" -maxdepth 1 -name tailscaled.state -printf '%y|%m|%U|%p\n' || return 1
  echo end
}
