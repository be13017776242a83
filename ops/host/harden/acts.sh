# The acts, each on one measure: $measure is its name, and its words are defined.

list_measure() {
  printf '%s\t%s\n' "$measure" "$(summary)"
}

packages_measure() {
  for need in $(needs); do has "${need%% *}" || printf '%s\n' "${need#* }"; done
}

# What is missing, in words; fails where something is.
has_needs() {
  missing=$(packages_measure | sort -u | paste -sd ' ' -)
  [ -z "$missing" ] && return 0
  say "refused: missing packages. Install them first: apt-get install $missing"
  return 1
}

plan_measure() {
  kept=$var/harden/$measure
  has_needs && lay_out || return 1
  differs=$(differences)
  if [ -z "$differs" ] && passes; then
    say 'nothing to change'
    return
  fi
  say "$(summary)"
  [ -z "$differs" ] || printf '%s\n' "$differs"
  for line in $(would); do say "then: $line"; done
  why=$(fits) || { say "would be refused: $why" && return 1; }
}

verify_measure() {
  kept=$var/harden/$measure
  seen=$(facts_of_measure)
  printf '%s\n' "$seen"
  ! printf '%s\n' "$seen" | cut -f 2 | grep -Fqxv pass
}

# All facts; what will go back by itself, or was cut off, is no pass.
facts_of_measure() {
  kept=$var/harden/$measure
  absent=$(packages_measure | sort -u | paste -sd ' ' -)
  if [ -n "$absent" ]; then fact fail packages "not installed: $absent" && return; fi
  look
  [ ! -d "$kept" ] || [ -e "$kept/applied" ] || fact fail applied 'cut off in the middle: apply it again, or undo it'
  [ ! -e "$kept/confirm-by" ] || fact unknown confirmed 'comes back by itself unless it is confirmed'
}

passes() {
  ! facts_of_measure | cut -f 2 | grep -Fqxv pass
}

apply_measure() {
  kept=$var/harden/$measure
  has_needs && lay_out || return 1
  if all_as_laid && [ -e "$kept/applied" ] && passes; then say 'already so' && return; fi
  why=$(fits) || { say "refused, nothing was changed: $why" && note "harden $measure: refused" && return 1; }
  arm_guard || return 1
  note "harden $measure: apply"
  keep_before && keep_state && rm -f -- "$kept/applied" && start_guard || { say 'refused, nothing was changed: the disk does not take it' && return 1; }
  if ! put_files || ! enact; then
    take_back 'it could not be made so' && return 1
  fi
  # Only what is wrong for certain is a reason to go back: a clock is not set in a second.
  wrong=$(what_is_wrong)
  if [ -n "$wrong" ]; then
    printf '%s\n' "$wrong"
    take_back 'it did not take hold (see above)'
    return 1
  fi
  : >"$kept/applied" && sync "$kept/applied" "$kept" && note "harden $measure: applied"
  if [ -e "$kept/confirm-by" ]; then say_confirm; else hold_state && say applied; fi
}

# What runs may take a moment to read new settings.
what_is_wrong() {
  for pause in 1 2 3; do
    failing=$(look | awk -F '\t' '$2 == "fail"')
    [ -n "$failing" ] || return 0
    sleep "$pause" 9>&-
  done
  printf '%s\n' "$failing"
}

# take_back REASON: to what held last, or else to what was before the first time.
take_back() {
  if holds_state; then
    if go_back_to_held; then say "$1: everything is as it was when it was last applied"; else say "$1, and what was applied last could not be put back: apply it again, or try kinkeeper-harden ... undo $measure"; fi
  elif go_back; then
    say "$1: everything is as it was before"
  else
    say "$1, and not everything could be put back: look at the messages above, then kinkeeper-harden ... undo $measure"
  fi
}

go_back() {
  may_retract && return_files && retract && forget_kept && note "harden $measure: as it was before"
}

undo_measure() {
  kept=$var/harden/$measure
  rm -rf -- "$kept.part" "$kept.gone"
  [ -d "$kept" ] || { say 'was not applied: nothing to undo' && return; }
  note "harden $measure: undo"
  go_back || { say 'not everything could be put back: look at the message above, then undo it again' && return 1; }
  say 'as it was before'
}
