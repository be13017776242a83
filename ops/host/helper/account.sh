# Acts in a folder of an account. Any name there may be a link, a pipe or another file a moment later: with the account's own rights an act
# reaches no further than the account does by itself.

# as_account SECONDS PROGRAM...: as the account of ops and bot, without any way to more rights, and not for ever.
as_account() {
  limit=$1
  shift
  if [ "$(id -u)" = "$spool_user" ]; then
    timeout --foreground -k 5 "$limit" "$@" 9>&-
  else
    timeout --foreground -k 5 "$limit" setpriv --reuid "$spool_user" --regid "$spool_group" --clear-groups --no-new-privs -- "$@" 9>&-
  fi
}
