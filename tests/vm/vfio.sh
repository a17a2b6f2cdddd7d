# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side: talk to `vfio script` (tests/vm/vfio.c), which holds containers
# open while the payload does other things. Payloads source it after guest.sh.

# vfio_start() - start the program, or another that is like it; it has fd 8 and 9 from then on
# @1: its name, vfio unless said
vfio_start()
{
	mkfifo /tmp/vfio.in /tmp/vfio.out
	"${1:-vfio}" script </tmp/vfio.in >/tmp/vfio.out 2>/tmp/vfio.err &
	vfio_pid=$!
	exec 8>/tmp/vfio.in 9</tmp/vfio.out
}

# vfio_say() - have it do something; @...: a command; its answer is in $ANSWER and printed
vfio_say()
{
	ANSWER=
	echo "$*" >&8
	read -r ANSWER <&9 || ANSWER="no answer: $(cat /tmp/vfio.err)"
	ANSWER=${ANSWER% }
	echo "$ANSWER"
}

# vfio_is() - a result line: it answers as expected; @1: name, @2: answer, @...: command
vfio_is()
{
	vfio_name=$1
	vfio_want=$2
	shift 2
	vfio_say "$@" >/tmp/vfio.answer
	is "$vfio_name" "$(cat /tmp/vfio.answer)" "$vfio_want"
}

# vfio_end() - end the program, and so close all that is open; makes a result line; @1: its name
#
# Not for ok(), which would do it in a shell of its own.
vfio_end()
{
	exec 8>&-
	vfio_status=0
	wait "$vfio_pid" || vfio_status=$?
	exec 9<&-
	rm -f /tmp/vfio.in /tmp/vfio.out
	is "$1" "$vfio_status" 0
}
