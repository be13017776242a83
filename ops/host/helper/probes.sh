# What is asked of the host for posture.json. A new line: its name in ops/posture/probe-names.ts, and who judges it in ops/posture/lines.
# Never asked: private keys, what stands in an environment, who somebody's peers or devices are.

all_probes() {
  probe settings 4096 said_settings
  probe os 4096 cat "$root/etc/os-release"
  probe kernel 4096 said_kernel

  probe sshd 65536 said_sshd
  probe sshd-users 262144 said_sshd_users
  probe sshd-matches 65536 said_sshd_matches
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
  probe apt-upgrade 16384 said_apt_upgrade
  probe apt-timers 16384 said_apt_timers
  probe apt-stamps 4096 said_apt_stamps
  probe reboot 4096 said_reboot

  probe places 16384 said_places
  probe mounts 262144 findmnt -J -l -N 1 -o TARGET,SOURCE,FSTYPE,MAJ:MIN
  probe blocks 262144 lsblk -J -o NAME,KNAME,TYPE,FSTYPE,MAJ:MIN,MOUNTPOINTS
  probe crypts 65536 said_crypts
  probe swaps 16384 cat "$root/proc/swaps"

  probe docker 16384 said_engine
  probe containers 1048576 said_containers
  probe volumes 65536 said_volumes
  probe mount-sources 262144 said_mount_sources
  probe container-secrets 65536 said_container_secrets
  probe docker-group 4096 said_docker_group
  probe docker-socket 4096 stat -L -c '%a|%U|%G' -- "$root/run/docker.sock"

  probe files 262144 said_files
  probe helper-files 65536 said_helper_files

  probe auditd 4096 auditctl -s
  probe audit-rules 65536 auditctl -l
  probe time 4096 said_time
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

# effective_sshd USER ADDRESS: with a Match block of any kind sshd says nothing unless it is told who comes, from where, and to which place.
effective_sshd() {
  timeout 10 sshd -T -C "user=$1,host=outside.example,addr=$2,laddr=$2,lport=$(listed "$ssh_port" | head -n 1),rdomain="
}

# For somebody who is nobody.
said_sshd() {
  has sshd || return 127
  effective_sshd kinkeeper-look 203.0.113.9
}

# What counts for everybody who may log in, coming from outside: a Match block can say other than the rest.
said_sshd_users() {
  has sshd || return 127
  users=$(getent passwd | awk -F: '$7 !~ /(nologin|false|sync|shutdown|halt)$/ { print $1 }') || return 1
  [ -n "$users" ] || return 1
  for user in $users; do
    is "$user" '[A-Za-z0-9_][A-Za-z0-9_.-]*\$?' || { printf 'user ?\n' && return 1; }
    for from in 203.0.113.9 2001:db8::9; do
      effective=$(effective_sshd "$user" "$from") || return 1
      printf 'user %s from %s\n' "$user" "$from"
      printf '%s\n' "$effective" | grep -E '^(passwordauthentication|kbdinteractiveauthentication|permitrootlogin|permitemptypasswords|hostbasedauthentication|gssapiauthentication|authenticationmethods) '
    done
  done
}

# Every file that sshd reads its settings from, one a line: by names and patterns of Include, which start below /etc/ssh.
sshd_files() {
  found=$root/etc/ssh/sshd_config
  for depth in 1 2 3 4; do
    more=$(sshd_settings "$found" | awk '$2 == "include" { for (n = 3; n <= NF; n++) print $n }' | while read -r named; do
      case $named in /*) ;; *) named=/etc/ssh/$named ;; esac
      # A pattern of file names.
      # shellcheck disable=SC2086
      (set +f && printf '%s\n' $root$named)
    done)
    all=$(printf '%s\n' "$found" "$more" | awk 'NF && !seen[$0]++' | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done)
    [ "$all" != "$found" ] || break
    found=$all
  done
  printf '%s\n' "$found"
}

# sshd_settings FILES: "inside|outside name values" of each line that says something, without the ways to write it; inside a Match block or not.
sshd_settings() {
  # One file a word.
  # shellcheck disable=SC2086
  awk 'FNR == 1 { place = "outside" }
    { gsub(/["\047]/, ""); sub(/^[ \t]+/, ""); sub(/[ \t]*=[ \t]*|[ \t]+/, " ") }
    $1 == "" || $1 ~ /^#/ { next }
    { $1 = tolower($1) }
    $1 == "match" { place = "inside" }
    { print place, $0 }' $1
}

# What stands in Match blocks of the ways in, a line `match` before each: for whom or from where it holds is not asked. `outside`: how one logs in
# wherever no block says so. `files`: how many were read.
said_sshd_matches() {
  has sshd || return 127
  files=$(sshd_files)
  ways='passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication|permitrootlogin|permitemptypasswords|hostbasedauthentication'
  ways="$ways|gssapiauthentication|authenticationmethods|x11forwarding|maxauthtries|loglevel|include"
  sshd_settings "$files" | sed -n -E "s/^inside match( .*)?\$/match/p; s/^(outside authenticationmethods .*)\$/\1/p; s/^inside (($ways)( .*)?)\$/\1/p"
  printf 'files %s\n' "$(printf '%s\n' "$files" | wc -l)"
}

# When sshd last read its settings, when they were last changed, and how the one that listens was called.
said_sshd_read() {
  has systemctl || return 127
  for unit in ssh.service sshd.service; do
    systemctl is-active -q "$unit" || continue
    process=$(systemctl show -p MainPID --value "$unit") || return 1
    is "$process" '[1-9][0-9]*' || continue
    # Of the name that it gives itself, what it was called with.
    printf 'runs=%s\n' "$(tr '\000' ' ' <"/proc/$process/cmdline" | sed 's/^sshd: //; s/ *\[listener\].*//')"
  done
  for unit in ssh.service sshd.service; do
    systemctl is-active -q "$unit" || continue
    when=$(systemctl show -p StateChangeTimestamp --value "$unit") || return 1
    printf 'read=%s\n' "$(date -d "$when" +%s)"
  done
  # Where a socket starts it, it reads them then.
  if systemctl is-active -q ssh.socket && ! systemctl is-active -q ssh.service; then
    options=$(sed -n 's/^SSHD_OPTS=//p' "$root/etc/default/ssh" 2>/dev/null | tail -n 1 | tr -d "\"'")
    systemctl show -p ExecStart --value ssh.service | sed -n "s|.*argv\[\]=\([^;]*\) ;.*|runs=\1|p" | sed "s|\\\$SSHD_OPTS|$options|"
    printf 'read=%s\n' "$(date +%s)"
  fi
  # The folder as well: a file that was taken away changed something, too.
  for part in $(sshd_files) "$root/etc/ssh/sshd_config.d"; do
    [ ! -e "$part" ] || find "$part" -maxdepth 0 -printf 'changed=%T@\n' || return 1
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
    for what in maxretry findtime bantime; do
      printf '%s %s\n' "$what" "$(timeout 20 fail2ban-client get "$jail" "$what" | tail -n 1)"
    done
    actions=$(timeout 20 fail2ban-client get "$jail" actions | tail -n +2 | paste -sd ' ' -)
    printf 'actions %s\n' "$actions"
    for action in $(printf '%s\n' "$actions" | tr ', ' '\n\n'); do
      is "$action" '[A-Za-z0-9_-]+' || return 1
      # Not every action has such a word.
      ports=$(timeout 20 fail2ban-client get "$jail" action "$action" port | tail -n 1) || continue
      kind=$(timeout 20 fail2ban-client get "$jail" action "$action" type | tail -n 1) || kind=
      printf 'shuts %s %s %s\n' "$action" "${kind:--}" "$(printf '%s' "$ports" | tr -d ' ')"
    done
    journal=$(printf '%s\n' "$about" | sed -n 's/.*Journal matches:[[:space:]]*//p')
    if [ "$jail" = sshd ] && [ -n "$journal" ]; then said_heard "$journal" || return 1; fi
    # How wide a network is left out, without its address; fail2ban writes the one of all addresses without a width.
    timeout 20 fail2ban-client get "$jail" ignoreip | grep -oE '[0-9a-fA-F.:]+(/[0-9.]+)?$' |
      awk -F/ '$1 == "0.0.0.0" || $1 == "::" { $2 = 0 } $2 != "" { print "ignores /" $2 ($1 ~ /:/ ? " v6" : " v4") }' | sort -u
    for log in $(printf '%s\n' "$about" | sed -n 's/.*File list:[[:space:]]*//p' | tr ' ' '\n'); do
      stat -L -c 'log %n %Y %s' -- "$log" || printf 'log %s 0 0\n' "$log"
    done
  done
}

# said_heard MATCHES: whether the journal has anything that sshd wrote, by both names of it, and whether one who reads these matches finds it.
said_heard() {
  has journalctl || return 1
  for name in sshd sshd-session; do
    written=$(timeout 20 journalctl -q --no-pager -o cat -n 1 -t "$name") || return 1
    # Fields, and `+` for `or`, each a word: IFS is the line break.
    # shellcheck disable=SC2046
    found=$(timeout 20 journalctl -q --no-pager -o cat -n 1 -t "$name" -- $(printf '%s' "$1" | tr ' ' '\n')) || return 1
    printf 'heard %s written=%s found=%s\n' "$name" "${written:+yes}" "${found:+yes}"
  done
}

# What upgrades, from which archives, on which days, and what it leaves out.
said_apt_upgrade() {
  has apt-config || return 127
  has unattended-upgrade && echo program
  settings=$(apt-config dump) || return 1
  printf '%s\n' "$settings" | grep -E '^Unattended-Upgrade::(Origins-Pattern|Allowed-Origins|Package-Blacklist|Package-Whitelist|Update-Days)(::[^ ]*)? '
  held=$(apt-mark showhold) || return 1
  printf '%s\n' "$held" | sed -n 's/^./held &/p'
  echo end
}

said_apt_timers() {
  has systemctl || return 127
  for unit in apt-daily.service apt-daily-upgrade.service; do
    printf '%s enabled=%s\n' "$unit" "$(systemctl is-enabled "$unit")"
  done
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

# Where everything with data really lies, links followed: the folder of all data, what lies directly in it, and the state.
said_places() {
  place=$(data_place)
  [ -d "$place" ] || return 1
  { printf '%s\n' "$place" "$state_dir" && find "$place/" -mindepth 1 -maxdepth 1 \( -type d -o -type l \); } | while read -r path; do
    [ -z "$path" ] || [ ! -e "$path" ] || readlink -f -- "$path"
  done | sort -u
}

said_crypts() {
  has cryptsetup || return 127
  for name in $(lsblk -n -l -o NAME,TYPE | awk '$2 == "crypt" { print $1 }' | sort -u); do
    printf 'name %s\n' "$name"
    cryptsetup status "$name" || return 1
  done
}

# Its version, and what it keeps all containers in by. Podman is asked in its own words and answers in those of Docker.
said_engine() {
  has docker || return 127
  if [ -n "$container_host" ]; then
    timeout 20 docker info --format "$podman_fields"
  else
    timeout 20 docker info --format '{"version":{{json .ServerVersion}},"security":{{json .SecurityOptions}},"liveRestore":{{json .LiveRestoreEnabled}}}'
  fi
}

podman_fields='{"version":{{json .Version.Version}},"security":[{{with .Host.Security}}{{if .SECCOMPEnabled}}"name=seccomp"{{else}}"seccomp off"{{end}}'
podman_fields=$podman_fields'{{if .AppArmorEnabled}},"name=apparmor"{{end}}{{if .SELinuxEnabled}},"name=selinux"{{end}}{{if .Rootless}},"name=rootless"{{end}}{{end}}]}'

# A line of JSON for each container, of named fields alone: an environment, labels and commands may hold anything.
said_containers() {
  has docker || return 127
  ids=$(timeout 20 docker ps -aq --no-trunc) || return 1
  fields=$container_fields
  [ -z "$container_host" ] || fields=$(podman_container_fields)
  in_memory=$(volumes_in_memory) || return 1
  for container in $ids; do
    said=$(timeout 20 docker inspect --format "$fields" "$container") || return 1
    # One word a line: IFS is the line break.
    # shellcheck disable=SC2086
    printf '%s\n' "$said" | sed -e 's/^//' $in_memory
  done
}

# Words for sed that call such a volume by what it is: it has a folder on the disk, and nothing of it lies there.
volumes_in_memory() {
  names=$(timeout 20 docker volume ls -q) || return 1
  for volume in $names; do
    ! is_in_memory "$volume" || timeout 20 docker volume inspect --format '-es#"type":"volume","source":"{{.Mountpoint}}"#"type":"tmpfs","source":""#' "$volume"
  done
}

is_in_memory() {
  [ "$(timeout 20 docker volume inspect --format '{{if .Options}}{{index .Options "type"}}{{end}}' "$1")" = tmpfs ]
}

# Podman says what is dropped as a list of rights, so it is asked which are left; all networks with a name are one mode to it.
# shellcheck disable=SC2016
podman_container_fields() {
  printf '%s' "$container_fields" | sed -e 's/"capAdd":[^,]*,"capDrop":[^,]*,/"capAdd":{{json .BoundingCaps}},"capDrop":["ALL"],/' \
    -e 's/{{json (index .HostConfig.LogConfig.Config "max-size")}}/{{json .HostConfig.LogConfig.Size}}/' \
    -e 's/"network":{{json .HostConfig.NetworkMode}}/"network":{{if ne .HostConfig.NetworkMode "bridge"}}{{json .HostConfig.NetworkMode}}{{else if index .NetworkSettings.Networks "podman"}}"bridge"{{else}}"named"{{end}}/'
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

# Volumes that are folders or devices of the host under another name.
said_volumes() {
  has docker || return 127
  names=$(timeout 20 docker volume ls -q) || return 1
  for volume in $names; do
    is_in_memory "$volume" || timeout 20 docker volume inspect --format '{"mountpoint":{{json .Mountpoint}},"device":{{if .Options}}{{json (index .Options "device")}}{{else}}""{{end}}}' "$volume" || return 1
  done
  echo end
}

# What each folder that containers are given really is, links followed: `kind TAB named TAB real`; and the folders of the household.
said_mount_sources() {
  has docker || return 127
  ids=$(timeout 20 docker ps -aq --no-trunc) && names=$(timeout 20 docker volume ls -q) || return 1
  sources=$({
    printf '%s\n' "$(data_place)" "$state_dir" /var/lib/kinkeeper-spool
    for container in $ids; do
      timeout 20 docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' "$container" || echo 'not said'
    done
    for volume in $names; do
      is_in_memory "$volume" || timeout 20 docker volume inspect --format '{{if .Options}}{{index .Options "device"}}{{end}}' "$volume" || echo 'not said'
    done
  } | sort -u)
  case $sources in *'not said'*) return 1 ;; esac
  printf '%s\n' "$sources" | while read -r named; do
    case $named in '') continue ;; /*) ;; *) printf 'none\t%s\t/\n' "$named" && continue ;; esac
    real=$(readlink -f -- "$named") || real=$named
    kind=$(stat -c %F -- "$real" | tr ' ' '-')
    printf '%s\t%s\t%s\n' "${kind:-gone}" "$named" "$real"
  done
  echo end
}

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
  find "$place" -maxdepth 1 -printf '%y|%m|%U|%p\n'
  for part in secrets config tls; do
    [ ! -e "$place/$part" ] || find "$place/$part" -xdev -mindepth 1 -printf '%y|%m|%U|%p\n' || return 1
  done
  for file in "$compose_env" "$root/etc/shadow" "$var" "$var/posture.key"; do
    [ -z "$file" ] || [ ! -e "$file" ] || find "$file" -maxdepth 0 -printf '%y|%m|%U|%p\n' || return 1
  done
  [ ! -d "$root/etc/ssh" ] || find "$root/etc/ssh" -maxdepth 1 -name 'ssh_host_*_key' -printf '%y|%m|%U|%p\n'
}

# The helper, its settings, and the units that start it.
said_helper_files() {
  find "$here" "$root/etc/kinkeeper" -xdev -printf '%y|%m|%U|%p\n' || return 1
  [ ! -d "$root/etc/systemd/system" ] || find "$root/etc/systemd/system" -maxdepth 1 -name 'kinkeeper-*' -printf '%y|%m|%U|%p\n'
}

# Whether the clock is right, and who keeps it so: the kernel believes in it for hours after nobody does.
said_time() {
  has timedatectl || return 127
  printf 'synchronised=%s\n' "$(timedatectl show -p NTPSynchronized --value)" || return 1
  for unit in systemd-timesyncd chrony chronyd ntpsec ntp openntpd; do
    [ "$(systemctl is-active "$unit.service")" != active ] || printf 'keeper=%s\n' "$unit"
  done
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
  # What is said for all does not reach down to each interface.
  (set +f && grep -H . "$root"/proc/sys/net/ipv[46]/conf/*/accept_redirects "$root"/proc/sys/net/ipv[46]/conf/*/accept_source_route \
    "$root"/proc/sys/net/ipv4/conf/*/send_redirects) | grep -v '/conf/all/' | sed -E 's|^.*/proc/sys/net/(ipv[46])/conf/([^/]*)/([a-z_]*):(.*)$|\1 \2 \3=\4|'
}

# Accounts that need no password; of the others nothing is said.
said_no_passwords() {
  [ -r "$root/etc/shadow" ] || return 1
  awk -F: '$2 == "" { print $1 } END { print "read " NR }' "$root/etc/shadow"
}
