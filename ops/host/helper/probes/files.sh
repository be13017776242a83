# Modes and owners, of names alone.

# Modes and owners of what holds secrets and settings: names of files, never what is in them.
said_files() {
  place=$(data_place)
  [ -d "$place" ] || return 1
  find "$place" -maxdepth 1 -printf '%y|%m|%U|%p\n'
  for part in secrets config tls tls-authority; do
    [ ! -e "$place/$part" ] || with_targets "$place/$part" -mindepth 1 || return 1
  done
  for file in "$compose_env" "$root/etc/shadow" "$var" "$var/posture.key"; do
    [ -z "$file" ] || [ ! -e "$file" ] || find "$file" -maxdepth 0 -printf '%y|%m|%U|%p\n' || return 1
  done
  [ ! -d "$root/etc/ssh" ] || find "$root/etc/ssh" -maxdepth 1 -name 'ssh_host_*_key' -printf '%y|%m|%U|%p\n'
}

# with_targets FOLDER CONDITIONS...: what lies below a folder; of a link, also the file that it leads to, by the name of the link.
with_targets() {
  find "$@" -xdev -printf '%y|%m|%U|%p\n' && find "$@" -xdev -type l -xtype f -exec stat -L -c 'f|%a|%u|%n' -- '{}' +
}

# The helper, its settings, and the units that start it.
said_helper_files() {
  find "$here" "$root/etc/kinkeeper" -xdev -printf '%y|%m|%U|%p\n' || return 1
  [ ! -d "$root/etc/systemd/system" ] || find "$root/etc/systemd/system" -maxdepth 1 -name 'kinkeeper-*' -printf '%y|%m|%U|%p\n'
}
