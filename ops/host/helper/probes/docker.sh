# What Docker has running, and what it is given of the host.

# Podman answers as `docker`, and calls other things by the same words; where it is an account's, root takes no word of it. So it is not asked.
asks_docker() {
  has docker || return 127
  [ -z "$container_host" ] || return 1
  case $(timeout 10 docker --version 2>&1) in *[Pp]odman*) return 1 ;; esac
}

# Its version, and what it keeps all containers in by.
said_engine() {
  asks_docker || return
  timeout 20 docker info --format '{"version":{{json .ServerVersion}},"security":{{json .SecurityOptions}},"liveRestore":{{json .LiveRestoreEnabled}}}'
}

# Who may talk to it.
said_docker_socket() {
  [ -z "$container_host" ] || return 1
  stat -L -c '%a|%U|%G' -- "$root/run/docker.sock"
}

# A line of JSON for each container, of named fields alone: an environment, labels and commands may hold anything.
said_containers() {
  asks_docker || return
  ids=$(timeout 20 docker ps -aq --no-trunc) || return 1
  for container in $ids; do
    timeout 20 docker inspect --format "$container_fields" "$container" || return 1
  done
}

# A template of Docker: what stands in it is nothing of the shell.
# shellcheck disable=SC2016
container_fields='{"name":{{json .Name}},"service":{{json (index .Config.Labels "com.docker.compose.service")}},"running":{{json .State.Running}}'
container_fields=$container_fields',"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}null{{end}},"image":{{json .Config.Image}},"user":{{json .Config.User}}'
container_fields=$container_fields',"appArmor":{{json .AppArmorProfile}},"privileged":{{json .HostConfig.Privileged}},"capAdd":{{json .HostConfig.CapAdd}},"capDrop":{{json .HostConfig.CapDrop}}'
container_fields=$container_fields',"readOnly":{{json .HostConfig.ReadonlyRootfs}},"security":{{json .HostConfig.SecurityOpt}},"network":{{json .HostConfig.NetworkMode}},"pid":{{json .HostConfig.PidMode}}'
container_fields=$container_fields',"ipc":{{json .HostConfig.IpcMode}},"uts":{{json .HostConfig.UTSMode}},"userns":{{json .HostConfig.UsernsMode}},"memory":{{json .HostConfig.Memory}},"pids":{{json .HostConfig.PidsLimit}}'
container_fields=$container_fields',"restart":{{json .HostConfig.RestartPolicy.Name}},"devices":{{json .HostConfig.Devices}},"log":{{json .HostConfig.LogConfig.Type}},"logSize":{{json (index .HostConfig.LogConfig.Config "max-size")}}'
# shellcheck disable=SC2016
container_fields=$container_fields',"ports":{{json .NetworkSettings.Ports}},"bindings":{{json .HostConfig.PortBindings}},"mounts":[{{range $at, $mount := .Mounts}}{{if $at}},{{end}}{"type":{{json .Type}},"source":{{json .Source}},"to":{{json .Destination}},"rw":{{json .RW}},"propagation":{{json .Propagation}}}{{end}}]}'

# Volumes that are folders or devices of the host under another name.
said_volumes() {
  asks_docker || return
  names=$(timeout 20 docker volume ls -q) || return 1
  for volume in $names; do
    timeout 20 docker volume inspect --format '{"mountpoint":{{json .Mountpoint}},"device":{{if .Options}}{{json (index .Options "device")}}{{else}}""{{end}}}' "$volume" || return 1
  done
  echo end
}

# What each folder that containers are given really is, links followed: `kind TAB named TAB real`; and the folders of the household.
said_mount_sources() {
  asks_docker || return
  ids=$(timeout 20 docker ps -aq --no-trunc) && names=$(timeout 20 docker volume ls -q) || return 1
  sources=$({
    printf '%s\n' "$(data_place)" "$state_dir" /var/lib/kinkeeper-spool
    for container in $ids; do
      timeout 20 docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' "$container" || echo 'not said'
    done
    for volume in $names; do
      timeout 20 docker volume inspect --format '{{if .Options}}{{index .Options "device"}}{{end}}' "$volume" || echo 'not said'
    done
  } | sort -u)
  case $sources in *'not said'*) return 1 ;; esac
  printf '%s\n' "$sources" | while read -r named; do
    case $named in '') continue ;; /*) ;; *) printf 'none\t%s\t/\n' "$named" && continue ;; esac
    real=$(readlink -f -- "$named") || real=$named
    kind=$(stat -c %F -- "$real" | tr ' ' '-')
    printf '%s\t%s\t%s\n' "${kind:-gone}" "$named" "$real"
  done
  echo end
}

# How many variables of each container look as if they held a secret itself, and not the name of a file.
said_container_secrets() {
  asks_docker || return
  ids=$(timeout 20 docker ps -aq --no-trunc) || return 1
  for container in $ids; do
    timeout 20 docker inspect --format '{{.Name}}{{println}}{{range .Config.Env}}{{println .}}{{end}}' "$container" | awk '
      NR == 1 { name = $0; next }
      { at = index($0, "="); key = toupper(substr($0, 1, at - 1)); value = substr($0, at + 1) }
      at > 1 && key ~ /(PASS|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|CREDENTIAL)/ && key !~ /_FILE$/ && value != "" && value !~ /^\// { n++ }
      END { if (name == "") exit 1; print name, n + 0 }' || return 1
  done
}

# A host without the group has nobody in it.
said_docker_group() {
  has getent || return 127
  getent group docker || [ $? = 2 ]
}
