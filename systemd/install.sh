#!/bin/sh
# Installs ovd-gateway from the folder it stands in (an unpacked release), or upgrades, or removes it. See --help.
# What it puts where: systemd/install/places.sh. May be run again at any time; it then does what is missing.
set -eu

home=/opt/ovd-gateway
here=$(cd "$(dirname "$0")" && pwd -P)

usage() {
	cat <<USAGE
sudo ./install.sh [--node FILE] [--no-start] [--allow-reboot] [--allow-clock]
    installs this release, or upgrades to it; configuration and state stay as they are. What is allowed may also be
    said later: sudo $home/install.sh --allow-reboot
      --node FILE      the Node to run on, instead of the one that is found
      --no-start       leaves the service as it is
      --allow-reboot   RebootDevice reboots the box, not only the service
      --allow-clock    SyncTime may set the box's clock (with device.set_clock: true)
sudo $home/install.sh --rollback
    goes back to the release that was installed before
sudo $home/install.sh --uninstall [--keep | --purge]
    removes it; configuration and state too with --purge, not with --keep; asks when neither is said
USAGE
}

say() { echo "install: $*"; }
die() {
	echo "install: $*" >&2
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# --- the orders ---

install_release() {
	# Root's own copy has no release beside it.
	[ "$here" != "$home" ] || die "to upgrade, run the install.sh of the newer release; for the rest see --help"
	read_release
	has useradd || apt_install passwd 'to make the user of the service'
	need_node
	need_ffmpeg
	before=$(current)
	make_user
	make_directories
	put_release
	put_files
	put_drop_ins
	point_to "$version"
	if [ -z "$before" ] || [ "$before" = "$version" ]; then
		say "release $version is installed (Node $("$node" --version), $(ffmpeg -version | sed -n '1s/ Copyright.*//p'))"
		before=$(newest_but "$version")
	else
		say "upgraded from $before to $version"
	fi
	keep_only "$version" "$before"
	start
}

# Sets version and least_node.
read_release() {
	if [ ! -s "$here/release.json" ] || [ ! -s "$here/dist/main.js" ]; then
		die 'this is not an unpacked release; unpack ovd-gateway-<version>.tar.gz and run the install.sh in it'
	fi
	version=$(sed -n 's/^ "version": "\([0-9][0-9A-Za-z.-]*\)",$/\1/p' "$here/release.json")
	least_node=$(sed -n 's/^ "node": "\([0-9.]*\)",$/\1/p' "$here/release.json")
	if [ -z "$version" ] || [ -z "$least_node" ]; then die 'release.json makes no sense; unpack the archive again'; fi
}

allow() {
	put_drop_ins
	start
}

rollback() {
	now=$(current)
	[ -n "$now" ] || die 'nothing is installed here'
	before=$(before)
	[ -n "$before" ] || die "there is no other release than $now that has not failed"
	point_to "$before"
	say "back from $now to $before"
	if booted; then systemctl restart ovd-gateway.service && say 'it runs'; fi
}

uninstall() {
	ask_about_state
	stop
	rm -rf "$unit" "$drop_ins" "$command" "$home"
	forget
	if [ "$keep" = yes ]; then
		say "removed; $config and $state are kept"
		return
	fi
	rm -rf "$config" "$state"
	remove_user
	say 'removed; nothing is left but what apt has installed (ffmpeg, nodejs)'
}

# Sets keep, unless it was said.
ask_about_state() {
	[ -z "$keep" ] || return 0
	[ -d "$config" ] || [ -d "$state" ] || return 0
	[ -t 0 ] || die 'say --purge to remove configuration and state too, or --keep to keep them'
	printf 'Remove configuration (%s) and state (%s, recordings on their way included) too? [y/N] ' "$config" "$state"
	read -r answer
	case $answer in y* | Y*) keep=no ;; *) keep=yes ;; esac
}

# --- what is asked for ---

order=install_release node='' no_start='' allowed='' keep=''
while [ $# -gt 0 ]; do
	case $1 in
	--node)
		[ $# -ge 2 ] || die '--node needs a file'
		node=$2
		shift
		;;
	--no-start) no_start=1 ;;
	--allow-reboot) allowed="$allowed reboot" ;;
	--allow-clock) allowed="$allowed clock" ;;
	--rollback) order=rollback ;;
	--uninstall) order=uninstall ;;
	--keep) keep=yes ;;
	--purge) keep=no ;;
	--help | -h)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done
# Of root's own copy there is nothing to install, so only what is allowed changes.
if [ "$order" = install_release ] && [ "$here" = "$home" ] && [ -n "$allowed" ]; then order=allow; fi

[ "$(uname -s)" = Linux ] || die 'this is for Linux'
[ "$(id -u)" -eq 0 ] || die 'needs root: sudo ./install.sh'
[ -d "$here/systemd/install" ] || die 'this is not an unpacked release; unpack the archive and run the install.sh in it'
# shellcheck source=install/needs.sh
. "$here/systemd/install/needs.sh"
# shellcheck source=install/places.sh
. "$here/systemd/install/places.sh"
# shellcheck source=install/service.sh
. "$here/systemd/install/service.sh"
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
"$order"
