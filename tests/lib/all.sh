# SPDX-License-Identifier: GPL-2.0-only
#
# The whole shell library, in order; sourced by tests and by tests/run.sh.

. tests/lib/common.sh
. tests/lib/apt.sh
. tests/lib/source.sh
. tests/lib/toolbox.sh
. tests/lib/kernel.sh
. tests/lib/kernel-build.sh
. tests/lib/module.sh
. tests/lib/tap.sh
. tests/lib/vm.sh
. tests/lib/prepare.sh
