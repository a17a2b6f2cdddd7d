# SPDX-License-Identifier: GPL-2.0-only
#
# For a payload whose VM has a host script beside it (tests/lib/vm.sh, --host-script).

# host() - ask the host script for something and wait until it answers
# @...: the request, one line
#
# Return: the answer is in $REPLY; status 0 if it is or starts with "ok". Speaks to the channel (descriptor 3, from init)
# even where stdout is caught, as in 'ok NAME host WORD'; $REPLY does not come out of there, though.
host()
{
	printf '# host: %s\n' "$*" >&3
	IFS= read -r REPLY <&3
	case $REPLY in
	ok | ok\ *)
		return 0
		;;
	esac
	return 1
}
