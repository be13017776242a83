# Settings of the host helper, with what holds when kinkeeper-host.conf does not say. Read by kinkeeper-host and kinkeeper-harden.
spool='' spool_user='' spool_group='' var='/var/lib/kinkeeper-host' path='/usr/sbin:/usr/bin:/sbin:/bin' root=''
deployment='none' state_dir='' releases_dir='' compose_file='' compose_env='' container_host='' keyring=''
unit_bot='kinkeeper-bot.service' unit_ops='kinkeeper-ops.service' unit_homeserver='matrix-synapse.service'
certificate='' ssh_port='22' vpn_ports='51820' vpn_interfaces='wg0 tailscale0' gate_seconds='600' poll_seconds='1'
retry_seconds='60' evidence_days='7'

# Of the measures alone.
confirm_minutes='10' web_ports='80 443' web_from='anywhere' reboot_time='unsaid' data_dir='/srv/kinkeeper' install_dir='/opt/kinkeeper'
vpn_address='10.77.0.1/24' vpn_endpoint='' vpn_peers='' luks_device='' luks_bytes='' luks_key_server='' luks_key_server_print=''
