# Switching to another version, with a way back. The helper drives, because both processes of the product are replaced.
#
# The new version starts on trial: while state/update-trial is there, it looks whether it works and serves nobody, so that
# going back loses nothing. It counts once its ops asks to confirm it, in time and while both services run.

version_pattern='[0-9]+[.][0-9]+[.][0-9]+([.-][A-Za-z0-9.-]+)?'

apply_release() {
  is "$version" "$version_pattern" || { answer refused reason=bad-value && return; }
  [ "$deployment" != none ] || { answer failed reason=no-deployment && return; }
  foreign=$(foreign_path) && note "$foreign, or a folder above it, can be changed by others than root" &&
    answer failed reason=folder-not-roots && return
  journal_from=$(current_release)
  is_newer "$version" "$journal_from" || { answer refused reason=not-newer "from=$journal_from" && return; }
  why=$(ready_release "$version") || { answer failed "reason=$why" && return; }
  can_write || { answer failed reason=read-only && return; }
  need=$(size_of_state) || { answer failed reason=state-unreadable && return; }
  has_room "$need" || { answer failed reason=disk-full && return; }
  forget_copy
  note_before || { answer failed reason=disk-full && return; }
  journal_update=$id journal_to=$version journal_restore=no
  write_journal stopping
  progress accepted
  drive_release
}

is_newer() {
  # What follows a dash comes before the same version without; for sort that is a tilde.
  [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | tr - '~' | sort -V | tail -n 1)" = "$(printf '%s' "$1" | tr - '~')" ]
}

# Units that know nothing of a folder of the settings keep it read-only; it has to show before anything is stopped.
can_write() {
  as_account 60 sh -c '[ -w "$1" ]' sh "$state_dir/" || return 1
  case $deployment in
    releases) [ -w "$releases_dir" ] ;;
    compose) [ -w "$(dirname -- "$compose_env")" ] ;;
  esac
}

# In KiB. Services still run: a file that is gone in the middle of it is no fault.
size_of_state() {
  size=$(said_by_account 600 64 du -s -k --apparent-size -- "$state_dir/" 2>/dev/null)
  size=${size%%[!0-9]*}
  is "$size" '[0-9]{1,12}' && echo "$size"
}

# has_room KIB: a whole copy of the state has to fit into our folder, with a fifth to spare.
has_room() {
  free=$(df -k --output=avail -- "$var" | tail -n 1 | tr -d ' ')
  [ "$free" -gt $(($1 + $1 / 5 + 1024)) ]
}

drive_release() {
  stop_services || { go_back services-do-not-stop && return; }
  # From here on nothing begins at a shell that would write; what began before holds a lock.
  mark_trial || { go_back no-mark && return; }
  if state_in_use; then go_back state-in-use && return; fi
  write_journal copying
  copy_state || { go_back no-copy && return; }
  write_journal copied
  journal_restore=yes
  write_journal trial
  switch_to "$journal_to" || { go_back no-switch && return; }
  start_services || { go_back services-do-not-start && return; }
  await_verdict
  decided=$?
  deadline=''
  if [ "$decided" = 0 ]; then go_on; else go_back "$verdict"; fi
}

# Whether anybody still works on the state, as a console, an import or a backup at a shell does: each holds the kernel's lock on a file there.
state_in_use() {
  for inode in $(said_by_account 60 65536 find "$state_dir/" -maxdepth 1 -type f -name '*.lock' -printf '%i\n' 2>/dev/null); do
    is "$inode" '[0-9]+' && grep -Eq ":$inode [0-9]+ " /proc/locks && return 0
  done
  return 1
}

# Nobody writes: a plain copy of all files is whole. The account reads, and root keeps what it read where nobody else gets: links and
# names in the state folder, or a folder put in its place, lead no further than the account itself.
copy_state() {
  as_account 3600 tar -c --anchored --exclude=./update-trial --numeric-owner -f - -C "$state_dir" . >"$var/state-before.part" &&
    sync "$var/state-before.part" && mv -f -T -- "$var/state-before.part" "$var/state-before.tar" && sync "$var" && return
  # On a disk that it has filled the journal could not be written any more, and nothing would ever go on.
  forget_copy
  return 1
}

forget_copy() {
  rm -f -- "$var/state-before.part" "$var/state-before.tar"
}

# With the rights of the account: whatever lies at these names, it gains nothing by it.
mark_trial() {
  printf 'update=%s\nfrom=%s\nto=%s\n' "$journal_update" "$journal_from" "$journal_to" >"$var/trial" &&
    as_account 60 sh -c 'cd "$1" && rm -rf .update-trial.new && cat >.update-trial.new && sync .update-trial.new &&
      mv -f -T .update-trial.new update-trial && sync .' sh "$state_dir" <"$var/trial"
}

# Until it is gone: what finds it serves nobody, and nothing would look again.
remove_mark() {
  until as_account 60 sh -c 'cd "$1" && rm -rf update-trial .update-trial.new && sync .' sh "$state_dir"; do
    note 'the mark of the trial cannot be removed: tried again'
    heed_a_while
  done
}

# Until ops of the new version confirms it. Otherwise sets verdict to the reason, and fails. Of other requests, only those of a lockdown are done.
await_verdict() {
  deadline=$(($(date +%s) + gate_seconds))
  silent=0
  until is_late; do
    # Whoever goes on asking does not move the deadline.
    if take_request; then
      heed_request && return 0
      [ -z "$verdict" ] || return 1
      continue
    fi
    if services_run; then silent=0; else silent=$((silent + 1)); fi
    [ "$silent" -lt 3 ] || { verdict=service-died && return 1; }
    sleep "$poll_seconds" 9>&-
  done
  verdict=no-confirmation
  return 1
}

# True when the update is confirmed; verdict is set when it is to go back.
heed_request() {
  verdict=''
  heard=1
  if [ -e "$spool/answers/$id.answer" ]; then
    note "$id refused: this id was answered before"
  elif why=$(refusal); then
    verb=unread
    answer refused "reason=$why"
  elif read_request; then
    if [ "$verb" = close-outside ] || [ "$verb" = open-outside ]; then
      # A lockdown waits for nothing.
      perform
    elif [ "$update" != "$journal_update" ] || [ "$journal_step" != trial ]; then
      answer failed reason=update-under-way
    elif [ "$verb" = return-release ]; then
      answer ok
      verdict=gate-failed
    elif services_run; then
      answer ok
      heard=0
    else
      answer failed reason=service-died
      verdict=service-died
    fi
  fi
  clear_taken
  return $heard
}

go_on() {
  write_journal confirmed
  end_forward
}

end_forward() {
  remove_mark
  start_services || note 'a service did not start after the update'
  forget_copy
  tell_outcome ok "from=$journal_from" "to=$journal_to"
  prune_releases
  end_journal
}

# go_back REASON
go_back() {
  write_journal returning "$1"
  end_backward
}

# May be begun anew at any point: the copy stays until all is as before. What fails (a full disk) is tried until it works: giving up
# would leave the household stopped.
end_backward() {
  until stop_services; do wait_back 'services do not stop'; done
  until switch_to "$journal_from"; do wait_back 'the old version cannot be switched to'; done
  if [ "$journal_restore" = yes ]; then
    until put_state_back; do wait_back 'the old data cannot be put back'; done
  fi
  write_journal returned "$journal_reason"
  end_returned
}

# wait_back WHY
wait_back() {
  note "$1: the way back waits"
  heed_a_while
}

# Waits a while; who asks meanwhile is answered, but never so many that what is waited for is not tried again.
heed_a_while() {
  heeded=0
  deadline=$(($(date +%s) + 60))
  while [ "$heeded" -lt 50 ] && take_request; do
    heed_request
    heeded=$((heeded + 1))
  done
  deadline=''
  sleep "$retry_seconds" 9>&-
}

# Written by the account as well. The mark stays until the end, so that nothing serves from a half of it.
put_state_back() {
  [ -f "$var/state-before.tar" ] || return 1
  # What was locked against its own account, or moved away, would never let it through.
  as_account 60 mkdir -p -m 0700 -- "$state_dir"
  as_account 600 chmod -R u+rwX -- "$state_dir"
  as_account 3600 find "$state_dir/" -mindepth 1 -maxdepth 1 ! -name update-trial -exec rm -rf -- {} + &&
    as_account 3600 tar -x -p --numeric-owner -f - -C "$state_dir" <"$var/state-before.tar" && as_account 600 sync -f "$state_dir"
}

end_returned() {
  remove_mark
  forget_copy
  start_services || note 'a service did not start after the way back'
  tell_outcome failed "reason=$journal_reason" "from=$journal_from" "to=$journal_to"
  end_journal
}

tell_outcome() {
  id=$journal_update
  verb=apply-release
  answer "$@"
}

# What a killed helper, or a restart of the machine, left half done: confirmed goes on, everything else goes back.
resume_release() {
  read_journal || return 0
  note "update $journal_update was cut off at $journal_step"
  case $journal_step in
    confirmed) end_forward ;;
    returned) end_returned ;;
    returning) end_backward ;;
    *) go_back interrupted ;;
  esac
}
