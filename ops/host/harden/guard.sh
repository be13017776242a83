# The guard against locking oneself out: what touches the way in comes back by itself, unless somebody came in after it.

return_timer=kinkeeper-harden-return.timer

# arm_guard: refuses where nothing would take the measure back. Enabled, not only started: a restart within these minutes must not end the watch.
arm_guard() {
  [ "$guarded" = yes ] || return 0
  systemctl -q enable --now "$return_timer" 9>&- && return 0
  say "refused, nothing was changed: $return_timer, which would take it back in time, does not run: systemctl enable --now $return_timer"
  return 1
}

# start_guard: from here on it comes back, also when this shell dies in the next line.
start_guard() {
  [ "$guarded" = yes ] || return 0
  date +%s >"$kept/applied-at" && echo $(($(date +%s) + confirm_minutes * 60)) >"$kept/confirm-by" && sync "$kept/applied-at" "$kept/confirm-by" "$kept"
}

say_confirm() {
  say "applied; it comes back by itself in $confirm_minutes minutes. Leave this session open, log in by SSH in a second one, and there:"
  say "  sudo kinkeeper-harden ... confirm $measure"
}

confirm_measure() {
  kept=$var/harden/$measure
  [ -e "$kept/confirm-by" ] || { say 'nothing waits for a confirmation' && return; }
  [ -e "$kept/applied" ] || { say 'refused: it was cut off in the middle; apply it again, or undo it' && return 1; }
  if ! session_is_new "$(cat "$kept/applied-at")"; then
    say 'refused: this SSH session is older than the change, comes from this host itself, or is none. Log in anew by SSH from where you sit, and confirm from there'
    return 1
  fi
  hold_state && rm -f -- "$kept/confirm-by" && sync "$kept" && note "harden $measure: confirmed" && say 'confirmed: it stays'
}

# session_is_new SECONDS: whether this shell belongs to an SSH session that began later, and came from elsewhere: what comes from this host itself
# passes any firewall. A connection that is shared (ControlMaster) is the old one.
session_is_new() {
  process=$$ below=''
  while [ "$process" -gt 1 ]; do
    case $(ps -o comm= -p "$process") in
      sshd | sshd-session)
        began=$(($(date +%s) - $(ps -o etimes= -p "$process" | tr -d ' ')))
        [ "$began" -ge "$1" ] && came_from_elsewhere "$below" && return 0
        ;;
    esac
    below=$process
    process=$(ps -o ppid= -p "$process" | tr -d ' ')
    is "$process" '[0-9]+' || return 1
  done
  return 1
}

# came_from_elsewhere PROCESS: by what sshd told the shell that it started; sudo has forgotten it.
came_from_elsewhere() {
  connection=$(tr '\0' '\n' 2>/dev/null <"$root/proc/$1/environ" | sed -n 's/^SSH_CONNECTION=//p')
  from=${connection%% *}
  case ${from#::ffff:} in '' | 127.* | ::1) return 1 ;; esac
  ! ip -o addr show 2>/dev/null 9>&- | grep -Fq " $from/"
}

# What was not confirmed in time.
return_measure() {
  kept=$var/harden/$measure
  [ -e "$kept/confirm-by" ] || return 0
  due=$(cat "$kept/confirm-by")
  # Cut off while it was written: that is long ago enough.
  is "$due" '[0-9]+' || due=0
  [ "$(date +%s)" -ge "$due" ] || return 0
  note "harden $measure: nobody confirmed it"
  # The way in must not hang on what was confirmed once and does not work any more.
  { holds_state && go_back_to_held; } || go_back
}
