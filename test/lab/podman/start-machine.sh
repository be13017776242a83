#!/bin/sh
# start-machine.sh TREE NETWORK NODE_MODULES: the systemd of a tree, in namespaces of its own but for the network, which has a name (ip netns).
# Unlike the machines for prove:host it runs containers: it has every controller that this kernel has, /dev/fuse, and values of its network.
set -eu
tree=$1 network=$2 modules=$3
for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
  [ -f "$group/cgroup.procs" ] && [ "$(stat -f -c %T "$group")" != tmpfs ] || continue
  case $group in /sys/fs/cgroup/*.slice | /sys/fs/cgroup/*.scope) continue ;; esac
  mkdir -p "$group/$network"
  # A new set of processors is empty, and takes nobody in.
  for part in cpuset.cpus cpuset.mems; do [ ! -f "$group/cgroup.clone_children" ] || [ ! -f "$group/$part" ] || cat "$group/$part" >"$group/$network/$part"; done
  echo $$ >"$group/$network/cgroup.procs"
done
exec nsenter --net="/run/netns/$network" unshare -m -p -u -i -C --fork --kill-child sh -euc '
tree=$1 modules=$2
mount --make-rprivate /
hostname kin-host
mount --bind "$tree" "$tree"
cd "$tree"
mount -t proc proc proc
mount -t sysfs sysfs sys
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  cut -d: -f2 /proc/self/cgroup | while read -r kind; do
    place=sys/fs/cgroup/${kind#name=}
    [ -n "$kind" ] || place=sys/fs/cgroup/unified
    mkdir "$place"
    case $kind in
      "") mount -t cgroup2 cgroup2 "$place" ;;
      name=*) mount -t cgroup -o "none,$kind" cgroup "$place" ;;
      *) mount -t cgroup -o "$kind" cgroup "$place" ;;
    esac
  done
fi
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm dev/net
mount -t devpts -o newinstance,ptmxmode=666,gid=5,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
while read -r name major minor; do mknod -m 666 "dev/$name" c "$major" "$minor"; done <<DEVICES
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
net/tun 10 200
DEVICES
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount --bind "$modules" opt/kinkeeper/node_modules
mkdir -p .before
pivot_root . .before
umount -l .before
# Older control groups, where this machine has them, are refused without the last word.
exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 </dev/null
' sh "$tree" "$modules"
