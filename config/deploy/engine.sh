# Read by the scripts of this folder, and by root's log-in shells where set-up has laid /etc/profile.d/kinkeeper.sh: with Podman `docker` means the
# household's, by the socket that the host helper is told of. Podman goes by CONTAINER_HOST, Compose by DOCKER_HOST, which Debian sets to root's own.
kinkeeper_engine=$(sed -n 's/^container_host=//p' /etc/kinkeeper/kinkeeper-host.conf 2>/dev/null | tail -n 1)
[ -z "$kinkeeper_engine" ] || export CONTAINER_HOST="$kinkeeper_engine" DOCKER_HOST="$kinkeeper_engine"
unset kinkeeper_engine
