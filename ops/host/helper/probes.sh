# What is asked of the host for posture.json. A new line: its name in ops/posture/probe-names.ts, and who judges it in ops/posture/lines.
# Never asked: private keys, what stands in an environment, who somebody's peers or devices are.

all_probes() {
  probe settings 4096 said_settings
  probe os 4096 cat "$root/etc/os-release"
  probe kernel 4096 said_kernel

  probe sshd 65536 sshd -T
  probe sshd-users 262144 said_sshd_users
  probe sshd-read 4096 said_sshd_read

  probe nft 1048576 nft -j list ruleset
  probe iptables 262144 iptables-save -t filter
  probe ip6tables 262144 ip6tables-save -t filter
  probe routes 65536 said_routes
  probe sockets 262144 ss -H -tulnp

  probe wireguard 16384 said_wireguard
  probe tailscale 16384 said_tailscale
  probe wireguard-files 16384 find "$root/etc/wireguard" -xdev -type f -printf '%m|%U|%p\n'

  probe fail2ban 65536 said_fail2ban

  probe apt-periodic 16384 apt-config dump APT::Periodic
  probe apt-timers 16384 said_apt_timers
  probe apt-stamps 4096 said_apt_stamps
  probe reboot 4096 said_reboot

  probe mounts 262144 findmnt -J -l -N 1 -o TARGET,SOURCE,FSTYPE,MAJ:MIN
  probe blocks 262144 lsblk -J -o NAME,KNAME,TYPE,FSTYPE,MAJ:MIN,MOUNTPOINTS
  probe crypts 65536 said_crypts
  probe swaps 16384 cat "$root/proc/swaps"

  probe docker 16384 docker info --format '{"version":{{json .ServerVersion}},"security":{{json .SecurityOptions}},"liveRestore":{{json .LiveRestoreEnabled}}}'
  probe containers 1048576 said_containers
  probe container-secrets 65536 said_container_secrets
  probe docker-group 4096 said_docker_group
  probe docker-socket 4096 stat -L -c '%a|%u|%G' -- "$root/run/docker.sock"

  probe files 262144 said_files
  probe helper-files 65536 find "$here" "$root/etc/kinkeeper" -xdev -printf '%y|%m|%U|%p\n'

  probe auditd 4096 auditctl -s
  probe audit-rules 65536 auditctl -l
  probe time 4096 timedatectl show -p NTPSynchronized --value
  probe sysctl 16384 said_sysctl
  probe passwd 262144 getent passwd
  probe no-passwords 16384 said_no_passwords
}

# Where there is no folder of all data, as in a household without containers, what is kept lies in the state folder.
data_place() {
  if [ -d "$data_dir" ] || [ -z "$state_dir" ]; then echo "$data_dir"; else echo "$state_dir"; fi
}

said_settings() {
  printf '%s\n' "deployment=$deployment" "data_dir=$(data_place)" "state_dir=$state_dir" "compose_env=$compose_env" "config=$config_file" \
    "vpn_interfaces=$vpn_interfaces" "vpn_ports=$vpn_ports" "ssh_port=$ssh_port"
}

# The one that runs, and those that are installed.
said_kernel() {
  printf 'running=%s\n' "$(uname -r)"
  find "$root/boot" -maxdepth 1 -name 'vmlinuz-*' -printf 'installed=%f\n' | sort
}

# What counts for everybody who may log in, coming from outside: a Match block can say other than the rest.
said_sshd_users() {
  has sshd || return 127
  users=$(getent passwd | awk -F: '$7 !~ /(nologin|false|sync|shutdown|halt)$/ { print $1 }') || return 1
  [ -n "$users" ] || return 1
  for user in $users; do
    is "$user" '[A-Za-z0-9_][A-Za-z0-9_.-]*\$?' || { printf 'user ?\n' && return 1; }
    for from in 203.0.113.9 2001:db8::9; do
      effective=$(timeout 10 sshd -T -C "user=$user,host=outside.example,addr=$from") || return 1
      printf 'user %s from %s\n' "$user" "$from"
      printf '%s\n' "$effective" | grep -E '^(passwordauthentication|kbdinteractiveauthentication|permitrootlogin|permitemptypasswords|hostbasedauthentication|gssapiauthentication|authenticationmethods) '
    done
  done
}

# When sshd last read its settings, and when they were last changed.
said_sshd_read() {
  has systemctl || return 127
  for unit in ssh.service sshd.service; do
    systemctl is-active -q "$unit" || continue
    when=$(systemctl show -p StateChangeTimestamp --value "$unit") || return 1
    printf 'read=%s\n' "$(date -d "$when" +%s)"
  done
# The folder as well: a file that was taken away changed something, too.
  for part in sshd_config sshd_config.d; do
    [ ! -e "$root/etc/ssh/$part" ] || find "$root/etc/ssh/$part" -printf 'changed=%T@\n' || return 1
  done
}

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

# Each jail, what it reads, and of files when they were last written.
said_fail2ban() {
  has fail2ban-client || return 127
  if ! status=$(timeout 20 fail2ban-client status); then
    # One that is installed and does not run, as after a jail for a log that is not there, is known not to keep anybody out.
    has systemctl || return 1
    case $(systemctl is-active fail2ban.service) in inactive | failed) echo stopped ;; *) return 1 ;; esac
    return 0
  fi
  for jail in $(printf '%s\n' "$status" | sed -n 's/.*Jail list:[[:space:]]*//p' | tr -d ' \t' | tr ',' '\n'); do
    is "$jail" '[A-Za-z0-9_-]+' || return 1
    about=$(timeout 20 fail2ban-client status "$jail") || return 1
    printf 'jail %s\n' "$jail"
    printf '%s\n' "$about" | grep -E 'File list|Journal matches|Currently banned' | sed 's/^[^A-Z]*//'
    for log in $(printf '%s\n' "$about" | sed -n 's/.*File list:[[:space:]]*//p' | tr ' ' '\n'); do
      stat -L -c 'log %n %Y %s' -- "$log" || printf 'log %s 0 0\n' "$log"
    done
  done
}

said_apt_timers() {
  has systemctl || return 127
  for unit in apt-daily.timer apt-daily-upgrade.timer; do
    printf '%s enabled=%s active=%s\n' "$unit" "$(systemctl is-enabled "$unit")" "$(systemctl is-active "$unit")"
  done
}

# When lists were last fetched and upgrades last tried: what really ran.
said_apt_stamps() {
  find "$root/var/lib/apt/periodic" -maxdepth 1 -name '*-stamp' -printf '%f %T@\n'
}

said_reboot() {
  state=$(reboot_required)
  [ "$state" != null ] || return 1
  printf '%s\n' "$state"
}

said_crypts() {
  has cryptsetup || return 127
  for name in $(lsblk -n -l -o NAME,TYPE | awk '$2 == "crypt" { print $1 }' | sort -u); do
    printf 'name %s\n' "$name"
    cryptsetup status "$name" || return 1
  done
}

# A line of JSON for each container, of named fields alone: an environment, labels and commands may hold anything.
said_containers() {
  has docker || return 127
  ids=$(timeout 20 docker ps -aq --no-trunc) || return 1
  for container in $ids; do
    timeout 20 docker inspect --format "$container_fields" "$container" || return 1
  done
}

# A template of Docker: what stands in it is nothing of the shell.
# shellcheck disable=SC2016
container_fields='{"name":{{json .Name}},"service":{{json (index .Config.Labels "com.docker.compose.service")}},"running":{{json .State.Running}}'
container_fields=$container_fields',"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}null{{end}},"image":{{json .Config.Image}},"user":{{json .Config.User}}'
container_fields=$container_fields',"appArmor":{{json .AppArmorProfile}},"privileged":{{json .HostConfig.Privileged}},"capAdd":{{json .HostConfig.CapAdd}},"capDrop":{{json .HostConfig.CapDrop}}'
container_fields=$container_fields',"readOnly":{{json .HostConfig.ReadonlyRootfs}},"security":{{json .HostConfig.SecurityOpt}},"network":{{json .HostConfig.NetworkMode}},"pid":{{json .HostConfig.PidMode}}'
container_fields=$container_fields',"ipc":{{json .HostConfig.IpcMode}},"uts":{{json .HostConfig.UTSMode}},"userns":{{json .HostConfig.UsernsMode}},"memory":{{json .HostConfig.Memory}},"pids":{{json .HostConfig.PidsLimit}}'
container_fields=$container_fields',"restart":{{json .HostConfig.RestartPolicy.Name}},"devices":{{json .HostConfig.Devices}},"log":{{json .HostConfig.LogConfig.Type}},"logSize":{{json (index .HostConfig.LogConfig.Config "max-size")}}'
# shellcheck disable=SC2016
container_fields=$container_fields',"ports":{{json .NetworkSettings.Ports}},"bindings":{{json .HostConfig.PortBindings}},"mounts":[{{range $at, $mount := .Mounts}}{{if $at}},{{end}}{"type":{{json .Type}},"source":{{json .Source}},"to":{{json .Destination}},"rw":{{json .RW}},"propagation":{{json .Propagation}}}{{end}}]}'

# How many variables of each container look as if they held a secret itself, and not the name of a file.
said_container_secrets() {
  has docker || return 127
  ids=$(timeout 20 docker ps -aq --no-trunc) || return 1
  for container in $ids; do
    timeout 20 docker inspect --format '{{.Name}}{{println}}{{range .Config.Env}}{{println .}}{{end}}' "$container" | awk '
      NR == 1 { name = $0; next }
      { at = index($0, "="); key = toupper(substr($0, 1, at - 1)); value = substr($0, at + 1) }
      at > 1 && key ~ /(PASS|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|CREDENTIAL)/ && key !~ /_FILE$/ && value != "" && value !~ /^\// { n++ }
      END { if (name == "") exit 1; print name, n + 0 }' || return 1
  done
}

# A host without the group has nobody in it.
said_docker_group() {
  has getent || return 127
  getent group docker || [ $? = 2 ]
}

# Modes and owners of what holds secrets and settings: names of files, never what is in them.
said_files() {
  place=$(data_place)
  [ -d "$place" ] || return 1
  find "$place" -maxdepth 0 -printf '%y|%m|%U|%p\n'
  for part in secrets config tls; do
    [ ! -e "$place/$part" ] || find "$place/$part" -xdev -printf '%y|%m|%U|%p\n' || return 1
  done
  for file in "$compose_env" "$root/etc/shadow" "$var" "$var/posture.key"; do
    [ -z "$file" ] || [ ! -e "$file" ] || find "$file" -maxdepth 0 -printf '%y|%m|%U|%p\n' || return 1
  done
  [ ! -d "$root/etc/ssh" ] || find "$root/etc/ssh" -maxdepth 1 -name 'ssh_host_*_key' -printf '%y|%m|%U|%p\n'
}

said_sysctl() {
  has sysctl || return 127
  for name in kernel.randomize_va_space kernel.kptr_restrict kernel.dmesg_restrict kernel.yama.ptrace_scope fs.protected_symlinks \
    fs.protected_hardlinks fs.suid_dumpable net.ipv4.tcp_syncookies net.ipv4.conf.all.accept_redirects \
    net.ipv4.conf.all.send_redirects net.ipv4.conf.all.accept_source_route net.ipv6.conf.all.accept_redirects \
    net.ipv6.conf.all.accept_source_route; do
    value=$(sysctl -n "$name") || value=
    printf '%s=%s\n' "$name" "$value"
  done
}

# Accounts that need no password; of the others nothing is said.
said_no_passwords() {
  [ -r "$root/etc/shadow" ] || return 1
  awk -F: '$2 == "" { print $1 } END { print "read " NR }' "$root/etc/shadow"
}
