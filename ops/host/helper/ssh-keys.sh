# New host keys for SSH: of the kinds, at the places, that sshd itself names. sshd has to take them before they are put in their
# place, and again before it reads them; sessions that are open stay.

rotate_ssh_host_keys() {
  has sshd && has ssh-keygen || { answer failed reason=no-sshd && return; }
  # It wants to be called by its whole path.
  sshd=$(command -v sshd)
  settings=$("$sshd" -T -f "$root/etc/ssh/sshd_config" 2>/dev/null 9>&-) || { answer failed reason=sshd-settings && return; }
  # A certificate, or an agent, speaks for the old key: only its owner can make a new one.
  printf '%s\n' "$settings" | grep -Eiqx '(hostcertificate|hostkeyagent) [^n].*' && { answer failed reason=host-certificate && return; }
  names=$(printf '%s\n' "$settings" | sed -n 's/^hostkey //p')
  begin_keys ssh || { fail_keys disk && return; }
  rm -rf -- "$var/keys-work" && mkdir -- "$var/keys-work" || { fail_keys disk && return; }
  options='' told='' known=''
  for name_of_key in $names; do
    [ -f "$name_of_key" ] || continue
    make_host_key "$name_of_key" || { fail_keys "$why" && return; }
  done
  [ -n "$told" ] || { fail_keys no-host-keys && return; }
  # The names are words of ours, a line each: IFS is the line break.
  # shellcheck disable=SC2086
  takes_host_keys $options || { fail_keys sshd-refuses && return; }
  put_new_keys || { fail_keys disk && return; }
  takes_host_keys && reload_ssh || { fail_keys sshd-refuses && return; }
  # shellcheck disable=SC2086
  keep_new_keys $told || { fail_keys disk && return; }
  rm -rf -- "$var/keys-work"
  # shellcheck disable=SC2086
  answer ok $told
}

# make_host_key PATH: one of the same kind and length beside, checked by itself; adds to options and told, or sets why.
make_host_key() {
  why=no-plain-key
  # A link would be replaced by a file that nobody expects there.
  [ ! -L "$1" ] && line=$(ssh-keygen -l -f "$1" 2>/dev/null 9>&-) || return 1
  bits=${line%% *} kind_of_key=$(printf '%s\n' "$line" | sed -n 's/.*(\([A-Z0-9-]*\))$/\1/p' | tr 'A-Z' 'a-z')
  case $kind_of_key in
    ed25519 | ecdsa) ;;
    rsa) [ "$bits" -ge 3072 ] || bits=3072 ;;
    *) return 1 ;;
  esac
  fresh=$var/keys-work/$kind_of_key.$(wc -l <"$var/keys.part/paths")
  why=keygen
  ssh-keygen -q -t "$kind_of_key" -b "$bits" -N '' -C "host key of $(date -u +%Y-%m-%d)" -f "$fresh" >/dev/null 2>&1 9>&- || return 1
  [ "$(ssh-keygen -y -f "$fresh" 2>/dev/null 9>&- | cut -d ' ' -f 2)" = "$(cut -d ' ' -f 2 <"$fresh.pub")" ] || return 1
  print_of_key=$(ssh-keygen -l -f "$fresh.pub" 2>/dev/null 9>&- | cut -d ' ' -f 2)
  is "$print_of_key" 'SHA256:[A-Za-z0-9+/]{43}' || return 1
  why=disk
  add_key "$1" "$fresh" || return 1
  if [ -f "$1.pub" ]; then add_key "$1.pub" "$fresh.pub" || return 1; fi
  options="$options${options:+$IFS}-o${IFS}HostKey=$fresh"
  known="$known${known:+$IFS}$1$IFS$fresh"
  told="$told${told:+$IFS}$kind_of_key=$print_of_key"
}

# takes_host_keys [-o HostKey=PATH]...: sshd -t with these beside its own. It is content with one key that it can use: of others it only says a word.
takes_host_keys() {
  said=$("$sshd" -t -f "$root/etc/ssh/sshd_config" "$@" 2>&1 9>&-) || return 1
  for path_of_key in $known; do
    case $said in *"$path_of_key"*) return 1 ;; esac
  done
}

# Where sshd is started for each connection (by a socket), nothing runs that would have to read them.
reload_ssh() {
  has systemctl || return 0
  for unit_of_ssh in ssh.service sshd.service; do
    systemctl is-active -q "$unit_of_ssh" 9>&- || continue
    systemctl reload "$unit_of_ssh" 9>&-
    return
  done
}
