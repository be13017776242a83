# The sealed volume that kinkeeper-harden makes (measure luks), as far as others have to know of it. In the folder of that measure: `moved`, the data
# live in the volume and nowhere else; `back`, an undo has brought them out.
mapped=kinkeeper-data

data_in_volume() { [ -e "$var/harden/luks/moved" ] && [ ! -e "$var/harden/luks/back" ]; }

volume_is_mounted() { [ "$(findmnt -n -o SOURCE --mountpoint "$data_dir" 2>/dev/null 9>&-)" = "/dev/mapper/$mapped" ]; }

# Since a start of the machine nobody has unlocked it: what lies in the place of the data is an empty folder.
data_are_locked() { data_in_volume && ! volume_is_mounted; }

# Nobody but a human opens it at a start.
waits_for_human() { [ -d "$var/harden/luks" ] && [ ! -e "$var/harden/luks/key-server" ]; }
