#!/bin/sh
# Installs ovd-gateway from the folder it stands in (an unpacked release), or upgrades, or removes it. See --help.
# What it puts where: README.md, "Install". May be run again at any time; it then does what is missing.
set -eu

user=ovd-gateway
home=/opt/ovd-gateway
releases=$home/releases
config=/etc/ovd-gateway
state=/var/lib/ovd-gateway
units=/etc/systemd/system
unit=$units/ovd-gateway.service
drop_ins=$unit.d
command=/usr/local/bin/ovd-gateway
setup_log='no configuration yet\|the local page is open'
least_ffmpeg=5
node_for_old_systems=22
here=$(cd "$(dirname "$0")" && pwd -P)
staging=''

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
# In a chroot or an image that is being built there is no systemd to talk to.
booted() { [ -d /run/systemd/system ] && has systemctl; }

clean_up() { [ -z "$staging" ] || rm -rf "$staging"; }
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# --- what the box must have ---

updated=''
apt_install() { # package, why
	has apt-get || die "$1 is missing ($2), and there is no apt-get here; install it, then run this again"
	say "installing $1 ($2)"
	if [ -z "$updated" ]; then
		apt-get update -qq || die "apt-get update failed; is the box online?"
		updated=1
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null ||
		die "$1 could not be installed; see what apt-get says: apt-get install $1"
}

major() { "$1" -version 2>/dev/null | sed -n '1s/^[a-z]* version n\{0,1\}\([0-9]*\)\..*/\1/p'; }

need_ffmpeg() {
	has ffmpeg || apt_install ffmpeg 'nothing is streamed without it'
	found=$(major ffmpeg)
	# A build without a number is somebody's own, and new.
	[ -z "$found" ] || [ "$found" -ge "$least_ffmpeg" ] ||
		die "ffmpeg here is version $found; $least_ffmpeg or newer is needed (Debian 12 has 5.1)"
}

# True when version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

fits() { # program
	[ -x "$1" ] || return 1
	version=$("$1" --version 2>/dev/null | sed -n 's/^v//p')
	[ -n "$version" ] && at_least "$version" "$least_node"
}

# The service sees nothing below /home and /root.
reachable() { case $(readlink -f "$1") in /home/* | /root/*) return 1 ;; esac; }

find_node() {
	for program in "$home/node" "$(command -v node || true)" /usr/local/bin/node /usr/bin/node /usr/bin/nodejs; do
		if [ -n "$program" ] && fits "$program" && reachable "$program"; then
			readlink -f "$program"
			return
		fi
	done
}

apt_node() { has apt-cache && LC_ALL=C apt-cache policy nodejs | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p'; }

need_node() {
	if [ -n "$node" ]; then
		fits "$node" || die "$node is not Node $least_node or newer"
		reachable "$node" || die "$node cannot be seen by the service; put Node outside of /home and /root"
		node=$(readlink -f "$node")
		return
	fi
	node=$(find_node)
	[ -z "$node" ] || return 0
	if [ -z "$updated" ] && has apt-get; then
		apt-get update -qq || die "apt-get update failed; is the box online?"
		updated=1
	fi
	candidate=$(apt_node)
	if [ -n "$candidate" ] && at_least "$candidate" "$least_node"; then
		apt_install nodejs 'what the gateway runs on'
		node=$(find_node)
		[ -z "$node" ] || return 0
	fi
	case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; armv7l) arch=armv7l ;; *) arch=ARCH ;; esac
	cat >&2 <<HELP
install: Node $least_node or newer is needed; this system's own is ${candidate:-none}. Install it in one of these ways,
install: then run this again:
  a) NodeSource's packages, kept up to date by apt:
       curl -fsSL https://deb.nodesource.com/setup_$node_for_old_systems.x | sudo bash -
       sudo apt-get install -y nodejs
  b) the archive "Linux binary ($arch)" from https://nodejs.org/en/download, unpacked to /usr/local:
       sudo tar -xJf node-v$node_for_old_systems.*-linux-$arch.tar.xz -C /usr/local --strip-components=1
  c) one that you have already: sudo ./install.sh --node /path/to/node
HELP
	exit 1
}

# --- putting things in their places ---

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

make_directories() {
	install -d -o root -g root -m 755 "$home"
	install -d -o "$user" -g "$user" -m 755 "$releases"
	install -d -o "$user" -g "$user" -m 750 "$config"
	install -d -o "$user" -g "$user" -m 700 "$state"
}

# A file appears whole or not at all, also after a power cut.
put() { # mode, from, to
	install -m "$1" "$2" "$3.new"
	sync "$3.new"
	mv -fT "$3.new" "$3"
}

# Made ready where only root can write, then renamed into place: the service's user can put nothing in the way.
put_release() {
	target=$releases/$version
	if cmp -s "$here/release.json" "$target/release.json" && [ -s "$target/dist/main.js" ]; then
		say "release $version is there already"
		return
	fi
	staging=$(mktemp -d "$home/.staging.XXXXXX")
	mkdir "$staging/release"
	# Only what belongs to it, so that nothing is taken along by accident.
	for name in release.json install.sh package.json LICENSE README.md README.zh-CN.md CHANGELOG.md SECURITY.md \
		config dist node_modules systemd; do
		[ ! -e "$here/$name" ] || cp -R "$here/$name" "$staging/release/"
	done
	chown -R "$user:$user" "$staging/release"
	chmod -R u=rwX,go=rX "$staging/release"
	sync
	if [ -e "$target" ] || [ -L "$target" ]; then mv -T "$target" "$staging/replaced"; fi
	mv -T "$staging/release" "$target"
	rm -rf "$staging"
	staging=''
}

point_to() {
	rm -f "$releases/trial" "$releases/current.next"
	ln -s "$1" "$releases/current.next"
	chown -h "$user:$user" "$releases/current.next"
	mv -fT "$releases/current.next" "$releases/current"
	sync "$releases"
}

current() { readlink "$releases/current" 2>/dev/null || true; }

# Releases that are whole, the newest last.
installed() {
	for path in "$releases"/[0-9]*/; do
		if [ -s "$path/dist/main.js" ]; then basename "$path"; fi
	done | sort -V
}

# The one before and the new one are kept.
prune() { # keep, keep
	for name in $(installed); do
		if [ "$name" != "$1" ] && [ "$name" != "$2" ]; then rm -rf "${releases:?}/$name"; fi
	done
}

# The service's user may change the releases, so root keeps its own copy of whatever root runs.
put_tools() {
	install -d -m 755 "$home/systemd" "$home/systemd/drop-ins"
	for name in launcher command ovd-gateway.service drop-ins/reboot.conf drop-ins/clock.conf drop-ins/no-upgrade.conf; do
		put 644 "$here/systemd/$name" "$home/systemd/$name"
	done
	put 755 "$here/install.sh" "$home/install.sh"
}

put_service() {
	put 755 "$here/systemd/launcher" "$home/launcher"
	ln -sfn "$node" "$home/node"
	install -d -m 755 "$units" "$(dirname "$command")"
	put 644 "$here/systemd/ovd-gateway.service" "$unit"
	put 755 "$here/systemd/command" "$command"
	put_drop_ins
}

put_drop_ins() {
	# What was allowed once stays so, until it is taken away by hand.
	for drop_in in reboot clock; do
		case " $allowed " in *" $drop_in "*) ;; *) [ -e "$drop_ins/$drop_in.conf" ] || continue ;; esac
		install -d -m 755 "$drop_ins"
		put 644 "$here/systemd/drop-ins/$drop_in.conf" "$drop_ins/$drop_in.conf"
	done
}

# --- starting ---

start() {
	if ! has systemctl; then
		say "there is no systemd here; start it your own way: $home/launcher run -c $config/gateway.yaml"
		return
	fi
	systemctl enable --quiet ovd-gateway.service
	if ! booted; then
		say 'systemd does not run here, so the service was not started; it starts with the next boot'
		return
	fi
	systemctl daemon-reload
	if [ -n "$no_start" ]; then
		say 'not started, as you wished: systemctl start ovd-gateway'
		return
	fi
	since=$(date '+%Y-%m-%d %H:%M:%S')
	if ! systemctl restart ovd-gateway.service; then
		journalctl -u ovd-gateway --since "$since" --no-pager -o cat 2>/dev/null | tail -n 15 >&2 || true
		die "the service does not start; its last words are above. Mend $config/gateway.yaml, then: systemctl restart ovd-gateway"
	fi
	say 'it runs'
	page
}

first_address() { hostname -I 2>/dev/null | cut -d ' ' -f 1; }

field() { sed -n "s/.*\"$1\":\\[\\{0,1\\}\"\\([^\"]*\\)\".*/\\1/p" | tail -n 1; }

# The gateway says in its log where its page is, and which code the set-up wants.
page() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		heard=$(journalctl -u ovd-gateway --since "$since" --no-pager -o cat 2>/dev/null | grep "$setup_log" || true)
		[ -z "$heard" ] || break
		sleep 0.5
	done
	url=$(echo "$heard" | field urls)
	code=$(echo "$heard" | field code)
	if [ -n "$code" ]; then
		address=$(first_address)
		say "to set it up, open ${url:-http://${address:-this-box}:8080/} and give the code $code"
		return
	fi
	[ -z "$url" ] || say "its page: $url"
	say "configuration: $config/gateway.yaml; log: journalctl -u ovd-gateway; look over it: sudo ovd-gateway check"
}

# --- the orders ---

# Root's copy of this script, with nothing to install: only what is allowed changes.
allow() {
	[ -n "$allowed" ] || die "to upgrade, run the install.sh of the newer release; for the rest see --help"
	put_drop_ins
	start
}

install_release() {
	if [ "$here" = "$home" ]; then
		allow
		return
	fi
	if [ ! -s "$here/release.json" ] || [ ! -s "$here/dist/main.js" ]; then
		die 'this is not an unpacked release; unpack ovd-gateway-<version>.tar.gz and run the install.sh in it'
	fi
	version=$(sed -n 's/^ "version": "\([0-9][0-9A-Za-z.-]*\)",$/\1/p' "$here/release.json")
	least_node=$(sed -n 's/^ "node": "\([0-9.]*\)",$/\1/p' "$here/release.json")
	[ -n "$version$least_node" ] || die 'release.json makes no sense; unpack the archive again'
	has useradd || apt_install passwd 'to make the user of the service'
	need_node
	need_ffmpeg
	before=$(current)
	make_user
	make_directories
	put_tools
	put_release
	put_service
	point_to "$version"
	if [ -z "$before" ] || [ "$before" = "$version" ]; then
		say "release $version is installed (Node $("$node" --version), $(ffmpeg -version | sed -n '1s/ Copyright.*//p'))"
		[ -z "$before" ] || before=$(installed | grep -Fxv "$version" | tail -n 1)
	else
		say "upgraded from $before to $version"
	fi
	prune "$version" "${before:-$version}"
	start
}

rollback() {
	now=$(current)
	[ -n "$now" ] || die 'nothing is installed here'
	before=$(installed | grep -Fxv "$now" | tail -n 1)
	[ -n "$before" ] || die "there is no other release than $now"
	point_to "$before"
	say "back from $now to $before"
	if booted; then systemctl restart ovd-gateway.service && say 'it runs'; fi
}

ask_about_state() {
	[ -z "$keep" ] || return 0
	[ -d "$config" ] || [ -d "$state" ] || return 0
	[ -t 0 ] || die 'say --purge to remove configuration and state too, or --keep to keep them'
	printf 'Remove configuration (%s) and state (%s, recordings on their way included) too? [y/N] ' "$config" "$state"
	read -r answer
	case $answer in y* | Y*) keep=no ;; *) keep=yes ;; esac
}

uninstall() {
	ask_about_state
	if has systemctl; then
		if booted; then systemctl stop ovd-gateway.service 2>/dev/null || true; fi
		systemctl disable --quiet ovd-gateway.service 2>/dev/null || true
	fi
	rm -rf "$unit" "$drop_ins" "$command"
	rm -rf "$home"
	if booted; then systemctl daemon-reload; fi
	if [ "$keep" = yes ]; then
		say "removed; $config and $state are kept"
		return
	fi
	rm -rf "$config" "$state"
	if getent passwd "$user" >/dev/null; then userdel "$user"; fi
	if getent group "$user" >/dev/null; then groupdel "$user"; fi
	say 'removed; nothing is left but what apt has installed (ffmpeg, nodejs)'
}

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
[ "$(uname -s)" = Linux ] || die 'this is for Linux'
[ "$(id -u)" -eq 0 ] || die 'needs root: sudo ./install.sh'
"$order"
