# SPDX-License-Identifier: GPL-2.0-only
#
# Test results as TAP on stdout, for tests on the host and payloads in a VM alike (busybox sh included). Each call below
# makes one result line; 'plan' closes the list and must come last:
#
#	ok NAME COMMAND...	the command succeeds; what it printed is shown if it does not
#	nok NAME COMMAND...	the command fails in an orderly way (status 1 to 125)
#	is NAME GOT WANT	two strings are equal
#	like NAME GOT ERE	a string matches an extended regular expression
#	unlike NAME GOT ERE	a string does not match
#	pass NAME		for conditions of one's own
#	fail NAME [DETAIL]...	a detail may have several lines
#	skip NAME REASON	cannot be tested here
#	diag TEXT		not a result: shown among the results
#
# All return 0, so that 'set -e' ends a test only where it is broken.

tap_count=0
tap_failed=0

tap_detail()
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

diag()
{
	tap_detail "$*"
}

pass()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s\n' "$tap_count" "$1"
}

fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$1"
	shift
	for tap_arg; do
		tap_detail "$tap_arg"
	done
}

skip()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

ok()
{
	tap_name=$1
	shift
	tap_rc=0
	tap_out=$("$@" 2>&1) || tap_rc=$?
	if [ "$tap_rc" = 0 ]; then
		pass "$tap_name"
	else
		fail "$tap_name" "command: $*" "status: $tap_rc" "$tap_out"
	fi
}

nok()
{
	tap_name=$1
	shift
	tap_rc=0
	tap_out=$("$@" 2>&1) || tap_rc=$?
	if [ "$tap_rc" -ge 1 ] && [ "$tap_rc" -le 125 ]; then
		pass "$tap_name"
	else
		fail "$tap_name" "command: $*" "status: $tap_rc, wanted: 1 to 125" "$tap_out"
	fi
}

is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:" "$2" "wanted:" "$3"
	fi
}

like()
{
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		pass "$1"
	else
		fail "$1" "got:" "$2" "wanted a match of: $3"
	fi
}

unlike()
{
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		fail "$1" "got:" "$2" "wanted no match of: $3"
	else
		pass "$1"
	fi
}

plan()
{
	printf '1..%d\n' "$tap_count"
}
