# What belongs to whom. In a folder of an account any name may be a link, a pipe or another file a moment later: an act there is done with
# the account's own rights, which reach no further than the account does by itself. Everything else has to lie where only root writes.

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

# said_by_account SECONDS BYTES PROGRAM...: what that says, at most so much of it. Every process of the account can take over what another one of
# it holds open: it gets a pipe, never a file of ours, which could be changed after it was checked; and a pipe that is held open is not waited for.
said_by_account() {
  patience=$1 most=$2
  shift 2
  rm -f -- "$var/unsaid"
  { as_account "$patience" "$@" || : >"$var/unsaid"; } | timeout --foreground -k 5 "$patience" head -c "$most" 9>&- && [ ! -e "$var/unsaid" ]
}

# ours PATH: whether nobody else can put another thing in the place of what lies there, or will: it and every folder above it belong to root
# alone, by the name and by where links lead. In a folder for everybody that is sticky, as /tmp, nobody replaces what is ours.
ours() {
  is "$1" '/.*' || return 1
  for walked in "$1" "$(readlink -m -- "$1")"; do
    while is_ours "$walked"; do
      [ "$walked" != / ] || continue 2
      walked=$(dirname -- "$walked")
    done
    return 1
  done
}

is_ours() {
  [ -e "$1" ] || return 0
  case $(stat -L -c '%u %A' -- "$1") in
    "0 "?????-??-? | "$(id -u) "?????-??-? | "0 d"????????[tT]) ;;
    *) return 1 ;;
  esac
}
