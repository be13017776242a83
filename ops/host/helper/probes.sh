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
  probe vpn-files 16384 said_vpn_files

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
  probe sealed-data 4096 said_sealed_data
  probe swaps 16384 cat "$root/proc/swaps"

  probe docker 16384 said_engine
  probe containers 1048576 said_containers
  probe volumes 65536 said_volumes
  probe mount-sources 262144 said_mount_sources
  probe container-secrets 65536 said_container_secrets
  probe docker-group 4096 said_docker_group
  probe docker-socket 4096 said_docker_socket

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
  printf '%s\n' "deployment=$deployment" "data_dir=$(data_place)" "state_dir=$state_dir" "compose_env=$compose_env" "config=$config_file" "container_host=$container_host" \
    "vpn_interfaces=$vpn_interfaces" "vpn_ports=$vpn_ports" "ssh_port=$ssh_port" "systemd=$(is_there [ -d "$root/run/systemd/system" ])" \
    "certbot=$(is_there has certbot)"
}

is_there() {
  if "$@"; then echo yes; else echo no; fi
}
