# shellcheck shell=sh
# What stands where on the box, and how it gets there so that a power cut leaves the old or the new. Part of install.sh.

user=ovd-gateway
releases=$home/releases
config=/etc/ovd-gateway
state=/var/lib/ovd-gateway
unit=/etc/systemd/system/ovd-gateway.service
drop_ins=$unit.d
command=/usr/local/bin/ovd-gateway
staging=''

# The service's user may change the releases, so root keeps its own copy of whatever root runs.
# Mode, what of the release, where on the box.
files() {
	cat <<FILES
755 systemd/launcher                      $home/launcher
755 systemd/command                       $command
644 systemd/ovd-gateway.service           $unit
644 systemd/drop-ins/reboot.conf          $home/systemd/drop-ins/reboot.conf
644 systemd/drop-ins/clock.conf           $home/systemd/drop-ins/clock.conf
644 systemd/drop-ins/no-upgrade.conf      $home/systemd/drop-ins/no-upgrade.conf
644 systemd/install/needs.sh              $home/systemd/install/needs.sh
644 systemd/install/places.sh             $home/systemd/install/places.sh
644 systemd/install/service.sh            $home/systemd/install/service.sh
755 install.sh                            $home/install.sh
FILES
}

# Mode, owner, directory.
directories() {
	cat <<DIRECTORIES
755 root  $home
755 $user $releases
750 $user $config
700 $user $state
DIRECTORIES
}

# What of an unpacked archive makes a release, so that nothing is taken along by accident.
release_parts='release.json install.sh package.json LICENSE README.md README.zh-CN.md CHANGELOG.md SECURITY.md
	config dist node_modules systemd'

make_user() {
	if ! getent passwd "$user" >/dev/null; then
		useradd --system --user-group --home-dir "$state" --no-create-home --shell /usr/sbin/nologin \
			--comment 'ovd-gateway service' "$user"
	fi
	# The hardware encoders of the box belong to these.
	for group in video render; do
		if getent group "$group" >/dev/null; then usermod --append --groups "$group" "$user"; fi
	done
}

remove_user() {
	if getent passwd "$user" >/dev/null; then userdel "$user"; fi
	if getent group "$user" >/dev/null; then groupdel "$user"; fi
}

make_directories() {
	directories | while read -r mode owner path; do install -d -o "$owner" -g "$owner" -m "$mode" "$path"; done
}

put() { # mode, from, to
	folder=$(dirname "$3")
	[ -d "$folder" ] || install -d -m 755 "$folder"
	install -m "$1" "$2" "$3.new"
	sync "$3.new"
	mv -fT "$3.new" "$3"
}

put_files() {
	files | while read -r mode from to; do put "$mode" "$here/$from" "$to"; done
	ln -sfn "$node" "$home/node"
}

# What was allowed once stays so, until it is taken away by hand.
put_drop_ins() {
	for name in reboot clock; do
		case " $allowed " in *" $name "*) ;; *) [ -e "$drop_ins/$name.conf" ] || continue ;; esac
		put 644 "$here/systemd/drop-ins/$name.conf" "$drop_ins/$name.conf"
	done
}

# --- the releases, side by side ---

# Made ready where only root can write, then renamed into place: the service's user can put nothing in the way.
put_release() {
	target=$releases/$version
	if cmp -s "$here/release.json" "$target/release.json" && [ -s "$target/dist/main.js" ]; then
		say "release $version is there already"
		return
	fi
	staging=$(mktemp -d "$home/.staging.XXXXXX")
	mkdir "$staging/release"
	for name in $release_parts; do
		[ ! -e "$here/$name" ] || cp -R "$here/$name" "$staging/release/"
	done
	chown -R "$user:$user" "$staging/release"
	chmod -R u=rwX,go=rX "$staging/release"
	sync
	if [ -e "$target" ] || [ -L "$target" ]; then mv -T "$target" "$staging/replaced"; fi
	mv -T "$staging/release" "$target"
	clean_up
}

clean_up() {
	[ -z "$staging" ] || rm -rf "$staging"
	staging=''
}

current() { readlink "$releases/current" 2>/dev/null || true; }

# From the next start on this one runs, and not on trial.
point_to() { # version
	rm -f "$releases/trial" "$releases/current.next"
	ln -s "$1" "$releases/current.next"
	chown -h "$user:$user" "$releases/current.next"
	mv -fT "$releases/current.next" "$releases/current"
	sync "$releases"
}

# Releases that are whole, the newest last.
installed() {
	for path in "$releases"/[0-9]*/; do
		if [ -s "$path/dist/main.js" ]; then basename "$path"; fi
	done | in_order
}

# A release candidate comes before its release.
in_order() { sed 's/-/~/' | sort -V | sed 's/~/-/'; }

newest_but() { installed | grep -Fxv "$1" | tail -n 1; } # version

# The release that was taken back last, if it is still there.
failed() { sed -n 's/^release //p' "$releases/failed" 2>/dev/null || true; }

# What a rollback goes to: the newest other one that has not failed its trial.
before() { installed | grep -Fxv "$(current)" | grep -Fxv "$(failed)" | tail -n 1; }

keep_only() { # version, version
	for name in $(installed); do
		if [ "$name" != "$1" ] && [ "$name" != "$2" ]; then rm -rf "${releases:?}/$name"; fi
	done
}
