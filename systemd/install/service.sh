# shellcheck shell=sh
# The service: started, stopped, and what it says of itself. Part of install.sh.

setup_log='no configuration yet\|the local page is open'
since=''

# In a chroot or an image that is being built there is no systemd to talk to.
booted() { [ -d /run/systemd/system ] && has systemctl; }

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
	systemctl restart ovd-gateway.service || explain_failure
	say 'it runs'
	show_page
}

explain_failure() {
	log | tail -n 15 >&2
	die "the service does not start; its last words are above. Mend $config/gateway.yaml, then: systemctl restart ovd-gateway"
}

stop() {
	has systemctl || return 0
	if booted; then systemctl stop ovd-gateway.service 2>/dev/null || true; fi
	systemctl disable --quiet ovd-gateway.service 2>/dev/null || true
}

forget() { if booted; then systemctl daemon-reload; fi; }

# What the service has said since it was started.
log() { journalctl -u ovd-gateway --since "$since" --no-pager -o cat 2>/dev/null || true; }

field() { sed -n "s/.*\"$1\":\\[\\{0,1\\}\"\\([^\"]*\\)\".*/\\1/p" | tail -n 1; } # name

first_address() { hostname -I 2>/dev/null | cut -d ' ' -f 1; }

# The gateway says in its log where its page is, and which code the set-up wants.
show_page() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		heard=$(log | grep "$setup_log" || true)
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
