# SPDX-License-Identifier: GPL-2.0-only
#
# For a script that runs on the host beside a VM (tests/lib/vm.sh, --host-script); sourced by it.

# host_next() - wait until the payload asks for something with 'host WORD...'; the request is in $host_request then
host_seen=0
host_next()
{
	while :; do
		host_request=$(grep -a '^# host: ' "$VM_VERDICT" | sed -n "$((host_seen + 1))s/^# host: //p")
		[ -z "$host_request" ] || break
		kill -0 "$VM_PID" 2>/dev/null || {
			echo "the VM ended before it asked for: ${1:-anything}" >&2
			exit 1
		}
		sleep 0.1
	done
	host_seen=$((host_seen + 1))
}

# host_wait() - the same, where the next request must be this one
# @1: the whole request
host_wait()
{
	host_next "$1"
	if [ "$host_request" != "$1" ]; then
		echo "the payload asked for '$host_request' where '$1' was due" >&2
		exit 1
	fi
}

# host_answer() - let the payload's 'host' return
# @...: the answer, one line: "ok", "ok TEXT", or anything else for a failure
host_answer()
{
	printf '%s\n' "$*" >"$VM_ANSWER"
}

# qmp() - run one QMP command
# @1: command, @2: its arguments as JSON, without them {}
#
# Return: prints the JSON of its return value; status 1, with the error on stderr, if it was refused.
qmp()
{
	qmp_reply=$(
		{
			printf '{"execute":"qmp_capabilities"}\n'
			printf '{"execute":"%s","arguments":%s,"id":"it"}\n' "$1" "${2:-"{}"}"
			# The socket has to stay open until the answer is there.
			sleep 1
		} | socat -t 5 - "UNIX-CONNECT:$VM_QMP" | grep '"id": "it"'
	)
	case $qmp_reply in
	*'"error"'*)
		echo "QMP $1 refused: $qmp_reply" >&2
		return 1
		;;
	'')
		echo "QMP $1: no answer" >&2
		return 1
		;;
	esac
	printf '%s\n' "$qmp_reply" | jq -c .return
}
