#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the tests: make check [T=PATTERN], where PATTERN is a part of a test's path.
#
# A test is an executable tests/ROOM/NAME.test that prints TAP. Comment lines near its top say what it needs:
#
#	# needs: headers:NAME image:NAME chroot:NAME	prepared before any test starts (names: tests/lib/kernel.sh,
#							toolbox.sh; headers:all for every kernel; image implies headers)
#	# needs: source:dts				the newest linux-source (tests/lib/source.sh)
#	# timeout: SECONDS				default 600
#
# Set-up happens on the machine, everything else in the toolbox (tests/lib/toolbox.sh), two tests at a time. What a test
# prints is kept in .cache/log/ROOM-NAME.tap. TAP is read strictly: a test that ends with a status other than 0, is killed,
# prints no plan, two plans, a plan that does not match, results out of order or none at all, has failed, whatever its
# lines say. The last line is the verdict: "N passed, M failed, K skipped"; status 0 only if M is 0 and N is not.
#
#	tests/run.sh [PATTERN]		set up and run
#	tests/run.sh --inside [PATTERN]	the part in the toolbox
#	tests/run.sh --one TEST		run one test there, write its counts
#	tests/run.sh --judge TAP STATUS	print counts and complaints for a recorded output
set -eu

. tests/lib/all.sh

# list_tests() - paths of all tests that match the pattern
list_tests()
{
	for list_test in tests/*/*.test; do
		case $list_test in
		*"$1"*)
			echo "$list_test"
			;;
		esac
	done
}

# header() - values of a "# KEY:" comment in a test
header()
{
	sed -n "1,30s/^# $1: *//p" "$2"
}

# closing() - the one last line, and the status
closing()
{
	echo "$1 passed, $2 failed, $3 skipped"
	[ "$2" = 0 ] && [ "$1" != 0 ]
}

# judge() - read TAP strictly
# @1: file with the output of a test, @2: its exit status
#
# Return: prints "PASSED FAILED SKIPPED", then a line for each failed or skipped result and for each defect.
judge()
{
	awk -v status="$2" '
		function defect(text) {
			failed++
			notes = notes "not ok - the test itself: " text "\n"
		}
		function result(good, rest) {
			if (plans && planline != 1)
				late = 1
			results++
			sub(/^ +/, "", rest)
			if (match(rest, /^[0-9]+/) == 0 || substr(rest, 1, RLENGTH) + 0 != results)
				disorder++
			if (!good) {
				failed++
				notes = notes $0 "\n"
				detail = 1
				return
			}
			detail = 0
			if (rest ~ /# *SKIP/) {
				skipped++
				notes = notes $0 "\n"
			} else {
				passed++
			}
		}
		{
			sub(/\r$/, "")
		}
		/^(not )?ok( |$)/ {
			lines++
			if ($0 ~ /^not ok/)
				result(0, substr($0, 7))
			else
				result(1, substr($0, 3))
			next
		}
		/^1\.\.[0-9]+/ {
			lines++
			plans++
			planline = lines
			planned = substr($0, 4) + 0
			detail = 0
			next
		}
		/^Bail out!/ {
			defect($0)
			next
		}
		/^#/ && detail {
			notes = notes "  " $0 "\n"
		}
		END {
			if (plans == 0)
				defect("it printed no plan")
			else if (plans > 1)
				defect("it printed " plans " plans")
			else if (late)
				defect("its plan is neither the first nor the last line")
			else if (planned != results)
				defect(planned " results were planned, " results + 0 " came")
			if (results == 0)
				defect("it made no result")
			if (disorder)
				defect(disorder " results are numbered badly")
			if (status != 0 && failed == 0)
				defect("it ended with status " status (status == 124 ? " (timeout)" : ""))
			printf "%d %d %d\n%s", passed, failed, skipped, notes
		}
	' "$1"
}

# run_one() - run one test and judge it
# @1: path of the test
run_one()
{
	one_name=$(echo "${1#tests/}" | sed 's/\.test$//; s|/|-|g')
	one_tap=$LOG/$one_name.tap
	one_limit=$(header timeout "$1")
	one_start=$(date +%s)
	one_status=0
	timeout -k 10 "${one_limit:-600}" "$1" >"$one_tap" 2>"$LOG/$one_name.err" </dev/null || one_status=$?
	judge "$one_tap" "$one_status" >"$COUNTS/$one_name"
	read -r one_passed one_failed one_skipped <"$COUNTS/$one_name"
	one_report=$(
		printf '%-32s %4d passed %3d failed %3d skipped %4d s\n' "${1#tests/}" "$one_passed" "$one_failed" \
			"$one_skipped" "$(($(date +%s) - one_start))"
		sed '1d; s/^/    /' "$COUNTS/$one_name"
		if [ "$one_failed" != 0 ] && [ -s "$LOG/$one_name.err" ]; then
			echo "    stderr, last lines:"
			tail -n 20 "$LOG/$one_name.err" | sed 's/^/    | /'
		fi
	)
	printf '%s\n' "$one_report"
}

# run_inside() - build what the tests use, run them, count
# @1: pattern
run_inside()
{
	# Of this run alone: another may be under way.
	COUNTS=$(mktemp -d)
	export COUNTS
	progress build "building tools, quirk table and host tests" make -j 2 tools quirks host-tests || {
		closing 0 1 0
		return 1
	}
	list_tests "$1" | xargs -P 2 -n 1 sh tests/run.sh --one || say "error: the runner itself failed"
	set -- $(list_tests "$1" | wc -l) $(awk '
		FNR == 1 { files++; passed += $1; failed += $2; skipped += $3 }
		END { print files + 0, passed + 0, failed + 0, skipped + 0 }
	' /dev/null $(find "$COUNTS" -type f))
	if [ "$1" != "$2" ]; then
		say "error: $1 tests were started, $2 told their results"
		set -- "$1" "$2" "$3" "$(($4 + $1 - $2))" "$5"
	fi
	rm -rf "$COUNTS"
	closing "$3" "$4" "$5"
}

# needs() - all that the given tests need, each thing once
# @...: tests
needs()
{
	for needs_test; do
		header needs "$needs_test"
	done | tr ' ' '\n' | sort -u
}

case ${1:-} in
--judge)
	judge "$2" "$3"
	;;
--one)
	run_one "$2"
	;;
--inside)
	run_inside "${2:-}"
	;;
*)
	run_pattern=${1:-${T:-}}
	unset T
	run_tests=$(list_tests "$run_pattern")
	if [ -z "$run_tests" ] || [ "$run_tests" = 'tests/*/*.test' ]; then
		die "no test matches '$run_pattern'; there are: $(echo tests/*/*.test)"
	fi
	in_toolbox || need_root "$0" "$run_pattern"
	say "setting up"
	if ! in_toolbox && ! prepare chroot:toolbox-check $(needs $run_tests); then
		give_back
		say "error: set-up failed, see above"
		closing 0 1 0
		exit 1
	fi
	toolbox sh tests/run.sh --inside "$run_pattern"
	;;
esac
