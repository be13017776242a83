# A record by the kernel of who changes what guards this host, and who reads our secrets at a shell.
rules_of_audit=/etc/audit/rules.d/60-kinkeeper.rules

summary() { echo 'The kernel records changes to our settings, accounts, SSH, units and the clock, and who reads our secrets'; }
needs() { printf '%s\n' 'auditctl auditd' 'augenrules auditd'; }

lay() { audit_rules | lays 640 "$rules_of_audit"; }

# Only for what is there. When the machine starts the data may be locked yet, and a rule for a folder that is not there is refused: the others hold
# all the same, and that is no failure (-i), by which auditd of Debian 13 would not start at all. An unlock of the volume has all of them loaded
# again. Whether they are there is read from the kernel.
audit_rules() {
  printf '%s\n' '# Written by kinkeeper-harden (measure auditd).' -i
  for watched in "$install_dir" "$data_dir/config" "$data_dir/secrets" /etc/kinkeeper /usr/lib/kinkeeper-host "$var" /etc/ssh /etc/wireguard \
    /etc/systemd/system /etc/sudoers /etc/sudoers.d /etc/passwd /etc/shadow /etc/group /etc/audit /etc/fail2ban /etc/docker /etc/cron.d /etc/crontab; do
    [ -e "$root$watched" ] && printf -- '-w %s -p wa -k kinkeeper\n' "$watched"
  done
  # By who logged in; services that read their own secret are not meant.
  [ -d "$root$data_dir/secrets" ] && printf -- '-a always,exit -F dir=%s -F perm=r -F auid>=1000 -F auid!=-1 -F key=kinkeeper-secrets\n' "$data_dir/secrets"
  echo '-a always,exit -F arch=b64 -S settimeofday,clock_settime -F key=kinkeeper-clock'
  echo '-a always,exit -F arch=b64 -S init_module,delete_module,finit_module -F key=kinkeeper-modules'
}

fits() {
  ! data_are_locked || { echo "the data are locked, and nothing that is not there can be watched: kinkeeper-harden CONFIG unlock, then apply auditd" && return 1; }
}

# augenrules writes the one file that the service loads; what it was has to come back as well.
would() { echo 'auditd is enabled and started, and loads its rules'; }
before() {
  unit_before auditd.service
  for file in audit.rules audit.rules.prev; do
    [ ! -f "$root/etc/audit/$file" ] || cp -p -- "$root/etc/audit/$file" "$kept.part/$file"
  done
}
enact() { systemctl -q enable auditd.service 9>&- && watch; }

# It runs, with rules for all that is there by now.
watch() {
  { [ "$(systemctl is-active auditd.service 9>&-)" = active ] || systemctl start auditd.service 9>&-; } && augenrules --load >/dev/null 2>&1 9>&- && enable_records
}

# Rules alone record nothing where somebody switched it off; locked (2) is on.
enable_records() {
  case $(auditctl -s 2>/dev/null 9>&- | sed -n 's/^enabled //p') in 0) auditctl -e 1 >/dev/null 2>&1 9>&- ;; esac
}
retract() {
  for file in audit.rules audit.rules.prev; do
    if [ -f "$kept/$file" ]; then cp -p -- "$kept/$file" "$root/etc/audit/$file"; else rm -f -- "$root/etc/audit/$file"; fi
  done
  # Rules that came neither from there nor from us are of somebody who loads them again.
  auditctl -D >/dev/null 2>&1 9>&-
  [ ! -f "$kept/audit.rules" ] || auditctl -R "$root/etc/audit/audit.rules" >/dev/null 2>&1 9>&-
  unit_back_of_audit
}

# auditd refuses to be stopped by systemctl on some systems, but takes the signal.
unit_back_of_audit() {
  [ "$(was enabled_auditd.service)" = enabled ] || systemctl -q disable auditd.service 2>/dev/null 9>&-
  [ "$(was active_auditd.service)" = active ] || systemctl stop auditd.service 2>/dev/null 9>&- || systemctl kill -s TERM auditd.service 9>&-
}

look() {
  fact_unit auditd.service
  enabled=$(auditctl -s 2>/dev/null 9>&- | sed -n 's/^enabled //p')
  case $enabled in 1 | 2) fact pass enabled "auditctl -s: enabled $enabled" ;; '') fact unknown enabled 'auditctl does not say' ;; *) fact fail enabled "auditctl -s: enabled $enabled" ;; esac
  loaded=$(auditctl -l 2>/dev/null 9>&-) || { fact unknown rules 'auditctl does not say' && return; }
  wanted=$(as_listed "$(audit_rules | grep '^-[aw] ')")
  # Each line of what is loaded is a pattern of its own.
  absent=$(printf '%s\n' "$wanted" | grep -Fxv -e "$(as_listed "$loaded")" | paste -sd ';' -)
  # The first rule that fits decides: one that says never takes away from those behind it.
  never=$(printf '%s\n' "$loaded" | grep -E '^-[aA] (never,(exit|task)|(exit|task),never)( |$)' | paste -sd ';' -)
  ! data_are_locked || fact unknown data "the data are locked, and nobody watches them: kinkeeper-harden CONFIG unlock"
  [ -z "$never" ] || fact fail never "auditctl -l: left out: $never"
  if [ -z "$absent" ]; then fact pass rules "auditctl -l: $(printf '%s\n' "$wanted" | wc -l) rules"; else fact fail rules "auditctl -l: missing: $absent"; fi
}

# In one form: auditctl lists some rules with all calls by name, and keys in two ways.
as_listed() {
  printf '%s\n' "$1" | sed 's/ -F key=/ -k /; s/ -S all / /'
}
