# SPDX-License-Identifier: GPL-2.0-only
#
# A private apt for the tests; sourced after common.sh. It knows the suites that hold the kernels we support and the
# toolbox (bookworm, trixie and their backports; amd64 and arm64), verifies them with Debian's own keyring and leaves
# the machine's apt alone. The mirror is the one that the machine itself uses for Debian's main archive, and its
# proxy settings hold here too.
#
# Only outside the toolbox: inside there is no network.

APT_DIR=$CACHE/apt
APT_CONF=$APT_DIR/apt.conf
APT_NAMES=$APT_DIR/packages
DEBS=$CACHE/debs
APT_SUITES="bookworm bookworm-backports trixie trixie-backports"
APT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# Package lists older than this many minutes are refreshed.
APT_MAX_AGE=720

# as_root() - run one command as root, for the few steps that change the machine
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

# host_mirrors() - URIs of Debian's main archive in the machine's own apt configuration
host_mirrors()
{
	apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
		awk '$1 == "Packages" && $2 == "Debian" && $3 == "Debian" && $4 == "main" && !seen[$5]++ { print $5 }'
}

# host_apt_update() - refresh the machine's own package lists
host_apt_update()
{
	progress host-apt-update "fetching this machine's package lists" with_lock host-apt as_root apt-get update
}

# apt_mirror() - the mirror to use; fetches the machine's package lists if it has none
apt_mirror()
{
	apt_mirror_uri=$(host_mirrors | head -n 1)
	if [ -z "$apt_mirror_uri" ]; then
		host_apt_update || return 1
		apt_mirror_uri=$(host_mirrors | head -n 1)
	fi
	if [ -z "$apt_mirror_uri" ]; then
		say "error: apt on this machine knows no mirror of Debian's main archive: add one to" \
			"/etc/apt/sources.list, then run apt-get update"
		return 1
	fi
	echo "$apt_mirror_uri"
}

# apt_transport() - the machine's own settings for reaching a mirror (proxies, clock trouble)
apt_transport()
{
	apt-config dump | grep -E '^Acquire::(https?|ftp|Retries|Check-Date|Check-Valid-Until)(::| )' || :
}

# apt_setup() - write the private configuration, refresh its lists when old
#
# Lists that cannot be refreshed are used as they are: a machine that has lost its network can still test.
apt_setup()
{
	if in_toolbox; then
		say "error: packages are fetched outside the toolbox; a test names what it needs in its '# needs:' line"
		return 1
	fi
	with_lock apt apt_setup_locked
}

apt_setup_locked()
{
	[ -z "$(find "$APT_NAMES" -mmin "-$APT_MAX_AGE" 2>/dev/null)" ] || return 0
	apt_setup_uri=$(apt_mirror) || return 1
	[ -f "$APT_KEYRING" ] || {
		say "error: $APT_KEYRING is missing: apt-get install debian-archive-keyring"
		return 1
	}
	mkdir -p "$APT_DIR/state/lists/partial" "$APT_DIR/cache/archives/partial" "$DEBS"
	: >"$APT_DIR/status"
	for apt_setup_suite in $APT_SUITES; do
		echo "deb [arch=amd64,arm64 signed-by=$APT_KEYRING] $apt_setup_uri $apt_setup_suite main"
	done >"$APT_DIR/sources.list"
	cat >"$APT_CONF" <<-CONF
		Dir::State "$APT_DIR/state";
		Dir::State::status "$APT_DIR/status";
		Dir::Cache "$APT_DIR/cache";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::sourcelist "$APT_DIR/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "amd64";
		#clear APT::Architectures;
		APT::Architectures { "amd64"; "arm64"; };
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::GzipIndexes "true";
		#clear Acquire::IndexTargets::deb::DEP-11;
		#clear Acquire::IndexTargets::deb::CNF;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
	CONF
	if ! progress apt-update "fetching package lists of $APT_SUITES" apt-get -c "$APT_CONF" update --error-on=any; then
		[ -s "$APT_NAMES" ] || return 1
		say "warning: the package lists could not be refreshed; using those of $(date -r "$APT_NAMES")"
		return 0
	fi
	# Names of the kernel's packages, as "name architecture". apt-cache pkgnames is no substitute: it hides a foreign
	# package whose name is also mentioned natively.
	apt-get -c "$APT_CONF" indextargets --format '$(FILENAME)' 'Created-By: Packages' |
		while read -r apt_setup_list; do
			/usr/lib/apt/apt-helper cat-file "$apt_setup_list" |
				awk '/^Package: / { name = $2 }
				     /^Architecture: / && name ~ /^linux-(headers|image|binary|source)-[0-9]/ { print name, $2 }'
		done | sort -u >"$APT_NAMES.new"
	[ -s "$APT_NAMES.new" ] || {
		say "error: no kernel package in the lists of $APT_SUITES"
		return 1
	}
	mv "$APT_NAMES.new" "$APT_NAMES"
}

# apt_newest() - the newest package whose whole name matches
# @1: extended regular expression, @2: architecture
apt_newest()
{
	apt_setup || return 1
	apt_newest_name=$(awk -v re="^($1)\$" -v arch="$2" '$2 == arch && $1 ~ re { print $1 }' "$APT_NAMES" |
		sort -V | tail -n 1)
	if [ -z "$apt_newest_name" ]; then
		say "error: no package of architecture $2 matches $1 in $APT_SUITES"
		return 1
	fi
	echo "$apt_newest_name"
}

# apt_fetch() - download packages that are not there yet
# @...: name or name:architecture
#
# Return: prints the path of each package's file, in order.
apt_fetch()
{
	apt_setup || return 1
	for apt_fetch_pkg in "$@"; do
		with_lock "debs-${apt_fetch_pkg%%:*}" apt_fetch_one "$apt_fetch_pkg" || return 1
	done
}

apt_fetch_one()
{
	# "'URI' file size hash"
	apt_fetch_file=$(apt-get -c "$APT_CONF" download --print-uris "$1" 2>"$LOG/fetch-${1%%:*}.err" | awk '{ print $2 }')
	if [ -z "$apt_fetch_file" ]; then
		say "error: $1 cannot be found in $APT_SUITES: $(cat "$LOG/fetch-${1%%:*}.err")"
		return 1
	fi
	if [ ! -f "$DEBS/$apt_fetch_file" ]; then
		mkdir -p "$DEBS/$1.part"
		(
			cd "$DEBS/$1.part"
			progress "fetch-${1%%:*}" "fetching $1" apt-get -c "$APT_CONF" download "$1"
		) || return 1
		mv "$DEBS/$1.part/$apt_fetch_file" "$DEBS/"
		rmdir "$DEBS/$1.part"
	fi
	echo "$DEBS/$apt_fetch_file"
}

# apt_depends() - names that a package depends on, alternatives included
# @1: name or name:architecture
apt_depends()
{
	apt_setup || return 1
	apt-cache -c "$APT_CONF" show --no-all-versions "$1" |
		awk -F ': ' '$1 == "Depends" { print $2 }' | tr ',|' '\n\n' | awk '{ sub(/:.*/, "", $1); print $1 }'
}
