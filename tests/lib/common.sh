# SPDX-License-Identifier: GPL-2.0-only
#
# Base of the shell library in tests/lib; sourced, never run. The caller's working directory is the top of the
# checkout. Everything made at run time lives in the git-ignored .cache/:
#
#	apt/		private package lists		debs/		downloaded packages
#	chroots/	toolbox and test chroots	kernels/	headers, images, modules
#	build/		module objects per kernel	log/		one log per step, VM and test
#	source/		of Linux, and device trees
#
# Messages for people go to stderr, results to stdout.

TOP=$PWD
CACHE=$TOP/.cache
LOG=$CACHE/log

if [ ! -f "$TOP/tests/lib/common.sh" ]; then
	echo "tests/lib: the working directory $TOP is not the top of the checkout: cd there first" >&2
	exit 2
fi
mkdir -p "$LOG" "$CACHE/lock"

# say() - one line to the person watching
say()
{
	echo "$*" >&2
}

# die() - report why there is no way on, and end
die()
{
	echo "error: $*" >&2
	exit 2
}

# in_toolbox() - true inside the toolbox, where there is no network and nothing is downloaded
in_toolbox()
{
	[ "${IOMMU_RESV_TOOLBOX:-}" = 1 ]
}

# need_root() - restart the calling script as root unless it is already; asks for the password at most once
# @...: the script and its arguments
need_root()
{
	[ "$(id -u)" != 0 ] || return 0
	command -v sudo >/dev/null ||
		die "$1 needs root to build and enter a chroot: run it as root, or install sudo"
	say "root is needed to build and enter a chroot: asking sudo"
	exec sudo -- env ${CI:+CI="$CI"} sh "$@"
}

# give_back() - when run through sudo, hand the files made in the checkout to the user who typed it
#
# The chroots stay with root: they are whole systems.
give_back()
{
	[ -n "${SUDO_UID:-}" ] && [ "$(id -u)" = 0 ] || return 0
	find "$TOP" -path "$CACHE/chroots" -prune -o -user 0 -exec chown -h "$SUDO_UID:$SUDO_GID" {} +
}

# progress() - run a long step with its output in a log, and show that it is alive
# @1: log name, @2: what is being done, @...: command
#
# Return: the command's status; on failure the end of the log is shown.
progress()
{
	progress_log=$LOG/$1.log
	progress_what=$2
	shift 2
	progress_start=$(date +%s)
	say "  $progress_what"
	(
		# The sleep is ended with its parent: left alone it would keep a lock or a pipe of the caller open.
		trap 'kill "$!"; exit 0' TERM
		while :; do
			sleep 15 &
			wait "$!"
			say "  ... $progress_what: $(($(date +%s) - progress_start)) s"
		done
	) 9>&- &
	progress_pid=$!
	progress_rc=0
	"$@" >"$progress_log" 2>&1 </dev/null || progress_rc=$?
	kill "$progress_pid" 2>/dev/null || :
	wait "$progress_pid" 2>/dev/null || :
	if [ "$progress_rc" != 0 ]; then
		say "error: $progress_what failed with status $progress_rc; the end of $progress_log:"
		tail -n 20 "$progress_log" >&2
	fi
	return "$progress_rc"
}

# with_lock() - run a command while holding a lock of the checkout
# @1: lock name, @...: command
with_lock()
{
	with_lock_file=$CACHE/lock/$1
	shift
	(
		flock 9
		"$@"
	) 9>"$with_lock_file"
}
