# SPDX-License-Identifier: GPL-2.0-only
#
# For host scripts: takes what a payload sent with 'send' (guest.sh).

# received() - print a file that the payload has sent
# @1: its name
received()
{
	sed -n "/^# file $1\$/,/^# end $1\$/s/^# \\([A-Za-z0-9+\\/=]*\\)\$/\\1/p" "$VM_VERDICT" | base64 -d | gunzip
}
