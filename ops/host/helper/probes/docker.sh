# What Docker has running, and what it is given of the host.

# Its version, and what it keeps all containers in by. Podman is asked in its own words and answers in those of Docker.
said_engine() {
  has docker || return 127
  if [ -n "$container_host" ]; then
    timeout 20 docker info --format "$podman_fields"
  else
    timeout 20 docker info --format '{"version":{{json .ServerVersion}},"security":{{json .SecurityOptions}},"liveRestore":{{json .LiveRestoreEnabled}}}'
  fi
}

podman_fields='{"version":{{json .Version.Version}},"security":[{{with .Host.Security}}{{if .SECCOMPEnabled}}"name=seccomp"{{else}}"seccomp off"{{end}}'
podman_fields=$podman_fields'{{if .AppArmorEnabled}},"name=apparmor"{{end}}{{if .SELinuxEnabled}},"name=selinux"{{end}}{{if .Rootless}},"name=rootless"{{end}}{{end}}]}'

# A line of JSON for each container, of named fields alone: an environment, labels and commands may hold anything.
said_containers() {
  has docker || return 127
  ids=$(timeout 20 docker ps -aq --no-trunc) || return 1
  fields=$container_fields
  [ -z "$container_host" ] || fields=$(podman_container_fields)
  in_memory=$(volumes_in_memory) || return 1
  for container in $ids; do
    said=$(timeout 20 docker inspect --format "$fields" "$container") || return 1
    # One word a line: IFS is the line break.
    # shellcheck disable=SC2086
    printf '%s\n' "$said" | sed -e 's/^//' $in_memory
  done
}

# Words for sed that call such a volume by what it is: it has a folder on the disk, and nothing of it lies there.
volumes_in_memory() {
  names=$(timeout 20 docker volume ls -q) || return 1
  for volume in $names; do
    ! is_in_memory "$volume" || timeout 20 docker volume inspect --format '-es#"type":"volume","source":"{{.Mountpoint}}"#"type":"tmpfs","source":""#' "$volume"
  done
}

# With `bind` among its options the type is nothing, and the device is what is mounted.
is_in_memory() {
  made=$(timeout 20 docker volume inspect --format '{{if .Options}}{{index .Options "type"}} {{index .Options "device"}} ,{{index .Options "o"}},{{end}}' "$1") || return 1
  case $made in *,bind,* | *,rbind,*) return 1 ;; 'tmpfs tmpfs '* | 'tmpfs  '* | 'tmpfs <no value> '*) return 0 ;; *) return 1 ;; esac
}

# Podman says what is dropped as a list of rights, so it is asked which are left; all networks with a name are one mode to it.
# shellcheck disable=SC2016
podman_container_fields() {
  printf '%s' "$container_fields" | sed -e 's/"capAdd":[^,]*,"capDrop":[^,]*,/"capAdd":{{json .BoundingCaps}},"capDrop":["ALL"],/' \
    -e 's/{{json (index .HostConfig.LogConfig.Config "max-size")}}/{{json .HostConfig.LogConfig.Size}}/' \
    -e 's/"network":{{json .HostConfig.NetworkMode}}/"network":{{if ne .HostConfig.NetworkMode "bridge"}}{{json .HostConfig.NetworkMode}}{{else if index .NetworkSettings.Networks "podman"}}"bridge"{{else}}"named"{{end}}/'
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
  has docker || return 127
  names=$(timeout 20 docker volume ls -q) || return 1
  for volume in $names; do
    is_in_memory "$volume" || timeout 20 docker volume inspect --format '{"mountpoint":{{json .Mountpoint}},"device":{{if .Options}}{{json (index .Options "device")}}{{else}}""{{end}}}' "$volume" || return 1
  done
  echo end
}

# What each folder that containers are given really is, links followed: `kind TAB named TAB real`; and the folders of the household.
said_mount_sources() {
  has docker || return 127
  ids=$(timeout 20 docker ps -aq --no-trunc) && names=$(timeout 20 docker volume ls -q) || return 1
  sources=$({
    printf '%s\n' "$(data_place)" "$state_dir" /var/lib/kinkeeper-spool
    for container in $ids; do
      timeout 20 docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' "$container" || echo 'not said'
    done
    for volume in $names; do
      is_in_memory "$volume" || timeout 20 docker volume inspect --format '{{if .Options}}{{index .Options "device"}}{{end}}' "$volume" || echo 'not said'
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
  has docker || return 127
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
