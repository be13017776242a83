# The journal of an update: where it stands, on the disk before each step. One update at a time.
#
#   stopping, copying, copied   the new version has not run: back means taking the mark away and starting the old one
#   trial                       the new one runs, but serves nobody: back means the old one with the old data
#   confirmed                   it counts: forward only
#   returning, returned         on the way back; `returned`: the data are as before, and must not be put back again

# write_journal STEP [REASON]
write_journal() {
  journal_step=$1
  journal_reason=${2:-}
  printf 'update=%s\nfrom=%s\nto=%s\nstep=%s\nreason=%s\nrestore=%s\n' \
    "$journal_update" "$journal_from" "$journal_to" "$1" "$journal_reason" "$journal_restore" >"$var/update.new" &&
    sync "$var/update.new" && mv -f -- "$var/update.new" "$var/update.journal" && sync "$var" || die 'the journal cannot be written'
  note "update $journal_update from $journal_from to $journal_to: $1 $journal_reason"
}

# Sets journal_update, journal_from, journal_to, journal_step, journal_reason, journal_restore; fails when there is none.
read_journal() {
  [ -f "$var/update.journal" ] || return 1
  journal_update=$(journal_value update)
  journal_from=$(journal_value from)
  journal_to=$(journal_value to)
  journal_step=$(journal_value step)
  journal_reason=$(journal_value reason)
  journal_restore=$(journal_value restore)
}

journal_value() {
  sed -n "s/^$1=//p" "$var/update.journal"
}

end_journal() {
  rm -f -- "$var/update.journal" "$var/image-before"
  sync "$var"
}
