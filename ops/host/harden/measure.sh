# What a measure defines (measures/NAME.sh); what it leaves out does nothing.
#
#   summary    one line: what it is for
#   needs      programs that have to be there: "PROGRAM PACKAGE" a line
#   fits       refuses (returns 1 and says why) where applying would harm; nothing was changed yet
#   lay        says which files there should be, by `lays`
#   would      for `plan`: what `enact` will do besides, in words
#   before     key=value lines: what has to be known to bring the host back, beside files
#   enact      makes what was laid effective
#   regain     after our files of last time are back: makes those effective; as `enact` where it says nothing else
#   may_retract  refuses (returns 1 and says why) where going back would harm; nothing was changed yet
#   retract    after the files are back: makes that effective; `was KEY` gives what `before` said
#   look       reads the effective state: `fact pass|fail|unknown NAME WORDS` for each part of it
#   guarded    yes: comes back by itself unless it is confirmed from a new session
guarded=no
summary() { echo ''; }
needs() { :; }
fits() { :; }
lay() { :; }
would() { :; }
before() { :; }
enact() { :; }
regain() { enact; }
may_retract() { :; }
retract() { :; }
look() { :; }

# fact STATUS NAME WORDS...: one line of `verify`.
fact() {
  status_of_fact=$1 name_of_fact=$2
  shift 2
  printf '%s\t%s\t%s\t%s\n' "$measure" "$status_of_fact" "$name_of_fact" "$(printf '%s ' "$@" | tr '\n\t' '  ' | sed 's/ *$//')"
}

# fact_is NAME FOUND WANTED [FROM]: passes where both are the same; unknown where nothing was found.
fact_is() {
  if [ -z "$2" ]; then
    fact unknown "$1" "${4:-it} does not say (wanted: $3)"
  elif [ "$2" = "$3" ]; then
    fact pass "$1" "${4:+$4: }$2"
  else
    fact fail "$1" "${4:+$4: }$2 (wanted: $3)"
  fi
}

# A unit that runs, and will after a start of the machine.
fact_unit() {
  enabled=$(systemctl is-enabled "$1" 2>/dev/null 9>&-)
  active=$(systemctl is-active "$1" 2>/dev/null 9>&-)
  case $enabled/$active in
    enabled/active | enabled-runtime/active | static/active | alias/active | indirect/active) fact pass "$1" "$enabled, $active" ;;
    */) fact unknown "$1" 'systemctl does not say' ;;
    *) fact fail "$1" "${enabled:-not there}, $active (wanted: enabled, active)" ;;
  esac
}

# unit_before UNIT: for `before`.
unit_before() {
  printf 'enabled_%s=%s\nactive_%s=%s\n' "$1" "$(systemctl is-enabled "$1" 2>/dev/null 9>&-)" "$1" "$(systemctl is-active "$1" 2>/dev/null 9>&-)"
}

# unit_back UNIT: runs, and is enabled, as it was; a unit whose file is gone by now needs nothing.
unit_back() {
  case $(was "enabled_$1") in
    enabled) systemctl -q enable "$1" 9>&- ;;
    masked) systemctl -q disable --now "$1" 2>/dev/null 9>&- && systemctl -q mask "$1" 9>&- ;;
    *) systemctl -q disable "$1" 2>/dev/null 9>&- ;;
  esac
  case $(was "active_$1") in
    active) systemctl restart "$1" 9>&- ;;
    *) systemctl stop "$1" 2>/dev/null 9>&- || : ;;
  esac
}

# is_sealed PATH: a device, file or folder: on a crypt device itself, or on a file system that lies on one.
is_sealed() {
  source_of_swap=$1
  [ -b "$root$1" ] || source_of_swap=$(findmnt -n -o SOURCE -T "$1" 2>/dev/null 9>&-)
  lsblk -n -s -o TYPE "$source_of_swap" 2>/dev/null 9>&- | grep -q crypt
}

# was KEY: what `before` said of it; nothing where it said nothing.
was() {
  [ -f "$kept/before" ] || return 0
  awk -v key="$1" 'BEGIN { FS = "=" } $1 == key { print substr($0, length(key) + 2); exit }' "$kept/before"
}

# Words for who sits at the shell.
say() {
  printf '%s: %s\n' "$measure" "$*"
}
