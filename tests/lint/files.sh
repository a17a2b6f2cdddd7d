# SPDX-License-Identifier: GPL-2.0-only
#
# For the lint tests: the project's own files, wherever they lie.

# All of them, without what a build makes; not from git, so that a source
# package without its history is checked as well.
all_files()
{
	find . \( -name .git -o -name .cache -o -path ./build \) -prune -o \
		-type f ! -name '*.o' ! -name '*.o.d' ! -name '*.ko' ! -name '*.mod' ! -name '*.mod.c' \
		! -name '.*.cmd' ! -name '.*.swp' ! -name '*~' ! -path ./module/quirks-table.inc \
		! -path ./module/Module.symvers ! -path ./module/modules.order ! -path ./module/.module-common.o \
		-print | sed 's,^\./,,' | sort
}

c_files()
{
	all_files | grep '\.[ch]$'
}

# Told by their first line, or sourced by such a script.
shell_files()
{
	all_files | while IFS= read -r file; do
		case $file in
		*.sh)
			echo "$file" ;;
		*)
			if LC_ALL=C head -n 1 "$file" | tr -d '\0' | grep -Eq '^#!.*[/ ]sh( |$)'; then
				echo "$file"
			fi ;;
		esac
	done
}

# Is a file text? Tables of other people's firmware are not ours to format.
is_text()
{
	LC_ALL=C grep -Iq . "$1"
}

text_files()
{
	all_files | while IFS= read -r file; do
		if is_text "$file"; then
			echo "$file"
		fi
	done
}

# found PATTERN FILE-LISTER [GREP-OPTION]...: FILE:LINE:TEXT of every hit
found()
{
	pattern=$1
	lister=$2
	shift 2
	"$lister" | while IFS= read -r file; do
		grep -EHn "$@" -e "$pattern" -- "$file" || :
	done
}
