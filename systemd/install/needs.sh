# shellcheck shell=sh
# What the box must have, by apt where it is missing: ffmpeg and a Node that fits. Part of install.sh.

least_ffmpeg=5
node_for_old_systems=22
refreshed=''

apt_refresh() {
	[ -z "$refreshed" ] || return 0
	apt-get update -qq || die 'apt-get update failed; is the box online?'
	refreshed=1
}

apt_install() { # package, why
	has apt-get || die "$1 is missing ($2), and there is no apt-get here; install it, then run this again"
	say "installing $1 ($2)"
	apt_refresh
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null ||
		die "$1 could not be installed; see what apt-get says: apt-get install $1"
}

# --- ffmpeg ---

ffmpeg_major() { ffmpeg -version 2>/dev/null | sed -n '1s/^[a-z]* version n\{0,1\}\([0-9]*\)\..*/\1/p'; }

need_ffmpeg() {
	has ffmpeg || apt_install ffmpeg 'nothing is streamed without it'
	found=$(ffmpeg_major)
	# A build without a number is somebody's own, and new.
	[ -z "$found" ] || [ "$found" -ge "$least_ffmpeg" ] ||
		die "ffmpeg here is version $found; $least_ffmpeg or newer is needed (Debian 12 has 5.1)"
}

# --- Node ---

# True when version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

fits() { # program
	[ -x "$1" ] || return 1
	found=$("$1" --version 2>/dev/null | sed -n 's/^v//p')
	[ -n "$found" ] && at_least "$found" "$least_node"
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

# The version that apt would install.
apt_node() { LC_ALL=C apt-cache policy nodejs | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p'; }

# Sets node: the one that was given, one that is there, or apt's.
need_node() {
	candidate=''
	if [ -n "$node" ]; then
		fits "$node" || die "$node is not Node $least_node or newer"
		reachable "$node" || die "$node cannot be seen by the service; put Node outside of /home and /root"
		node=$(readlink -f "$node")
		return
	fi
	node=$(find_node)
	if [ -z "$node" ] && has apt-get; then
		apt_refresh
		candidate=$(apt_node)
		if [ -n "$candidate" ] && at_least "$candidate" "$least_node"; then
			apt_install nodejs 'what the gateway runs on'
			node=$(find_node)
		fi
	fi
	[ -n "$node" ] || explain_node "$candidate"
}

explain_node() { # the version that the system has
	case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; armv7l) arch=armv7l ;; *) arch=ARCH ;; esac
	cat >&2 <<HELP
install: Node $least_node or newer is needed; this system's own is ${1:-none}. Install it in one of these ways,
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
