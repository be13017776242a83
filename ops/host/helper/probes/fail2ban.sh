# Whom fail2ban keeps out, and by what it hears of them.

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
