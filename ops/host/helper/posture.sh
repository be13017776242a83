# posture.json: what the programs of this host said of how well it is guarded, raw and signed, for ops to judge (ops/posture). Nothing is judged
# here. Of each probe: how it ended, when, and what it said, at most so much; 127 where the host has no such program.
#
# The key that signs never leaves this folder of root. Its public half lies in the spool, where only root can put it; ops remembers it.

collect_posture() {
  exec 8>"$var/posture.lock"
  flock 8 || die 'the lock of the posture cannot be had'
  work=$var/posture.work
  rm -rf -- "$work" && mkdir -- "$work" || die "cannot make $work"
  posture_key || die 'the key that signs the posture cannot be made'
  probes_said=''
  {
    printf '{"format":1,"at":%s,"probes":{' "$(now_ms)"
    all_probes
    printf '}}'
  } >"$work/payload"
  openssl pkeyutl -sign -rawin -inkey "$var/posture.key" -in "$work/payload" -out "$work/signature" 2>/dev/null ||
    die 'the posture cannot be signed'
  printf '{"payload":"%s","signature":"%s"}\n' "$(base64 -w0 <"$work/payload")" "$(base64 -w0 <"$work/signature")" |
    write_whole "$spool/posture.json" || die 'the posture cannot be written'
  rm -rf -- "$work"
}

# Made once. The public half is written anew each time: whoever took it away, it comes back.
posture_key() {
  if [ ! -s "$var/posture.key" ]; then
    openssl genpkey -algorithm ed25519 -out "$var/posture.key.new" 2>/dev/null && sync "$var/posture.key.new" &&
      mv -f -- "$var/posture.key.new" "$var/posture.key" || return 1
    note 'made a key that signs the posture'
  fi
  openssl pkey -in "$var/posture.key" -pubout 2>/dev/null | write_whole "$spool/posture.pub"
}

# ask_posture: the unit of its own sees devices, which the one that answers requests does not.
ask_posture() {
  has systemctl || { answer failed reason=no-systemd && return; }
  if systemctl start kinkeeper-host-posture.service 9>&-; then answer ok; else answer failed reason=posture-failed; fi
}

# probe NAME BYTES PROGRAM...: one entry of the payload. A function of ours may stand for a program.
probe() {
  probe_name=$1 most=$2
  shift 2
  rm -f -- "$work/rc"
  if has "$1"; then
    # Of a program that says more than is kept, the rest is read and dropped: it ends as it would.
    { limited "$@" 2>/dev/null </dev/null 8>&- 9>&-; echo $? >"$work/rc"; } |
      { head -c "$((most + 1))" && cat >/dev/null; } >"$work/out"
  else
    : >"$work/out"
    echo 127 >"$work/rc"
  fi
  cut=false
  if [ "$(wc -c <"$work/out")" -gt "$most" ]; then cut=true; fi
  printf '%s"%s":{"rc":%s,"cut":%s,"out":"' "$probes_said" "$probe_name" "$(cat "$work/rc")" "$cut"
  head -c "$most" "$work/out" | base64 -w0
  printf '"}'
  probes_said=,
}

# A program gets 20 seconds; a function of ours calls programs itself.
limited() {
  case $1 in
    said_*) "$@" ;;
    *) timeout -k 5 20 "$@" ;;
  esac
}
