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

# Whether it runs, whether it serves something to everybody, and where it keeps its key; not who is in it.
said_tailscale() {
  has tailscale || return 127
  timeout 10 tailscale status --json --peers=false | grep -o '"BackendState": *"[A-Za-z]*"' || return 1
  funnel=$(timeout 10 tailscale funnel status) || return 1
  printf '%s\n' "$funnel" | grep -c 'Funnel on' | sed 's/^/funnels=/'
  tailscale_state
}

# `state=` with each place that the running one was told of, by either way to write it; empty where it keeps to its own, nothing where nobody can tell.
tailscale_state() {
  has systemctl && process=$(systemctl show -p MainPID --value tailscaled.service) && is "$process" '[1-9][0-9]*' || return 0
  tr '\000' '\n' <"$root/proc/$process/cmdline" 2>/dev/null | awk '
    told { print "state=" $0; told = 0; next }
    /^--?state(dir)?$/ { said = told = 1; next }
    sub(/^--?state(dir)?=/, "state=") { said = 1; print }
    END { if (NR && !said) print "state=" }'
}

# Files in which WireGuard and Tailscale keep their keys, and what links among them lead to; a host may have one of them alone.
said_vpn_files() {
  [ ! -d "$root/etc/wireguard" ] || with_targets "$root/etc/wireguard" ! -type d || return 1
  [ ! -d "$root/var/lib/tailscale" ] || with_targets "$root/var/lib/tailscale" -maxdepth 1 -name tailscaled.state || return 1
  echo end
}
