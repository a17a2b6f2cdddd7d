# SPDX-License-Identifier: GPL-2.0-only
#
# What must hold for report.json on the demonstration board; prints a line for
# each thing that does not.

def check(condition; text): if condition then empty else text end;

check(.abi == 1; "abi is not 1"),
check(.generation | type == "number"; "generation is not a number"),
check(.module.state == "active"; "the module is not active"),
check([.board.entries[].name] == ["demo-board"]; "wrong entries: \(.board.entries)"),
check(.groups | length > 0; "no group"),
(.groups[] |
	.id as $id |
	check(.devices | length > 0; "group \($id) has no device"),
	check(.aperture == {start: "0x0", last: "0xffffffffffff"} or
		.aperture == {start: "0x0000000000000000", last: "0x0000ffffffffffff"};
		"group \($id): aperture \(.aperture)"),
	check(.usable | length > 0; "group \($id): nothing is usable"),
	check(.agreement.sysfs.state == "agrees" and .agreement.vfio.state == "free" and
		(.agreement.host_dma.state | . == "agrees" or . == "stale") and .agreement.pending == [];
		"group \($id): agreement \(.agreement)"),
	(.devices[] |
		check(.msi | (.controller == "its" and .path == "translated" and .type1.verdict == "works") or
			(.controller == "none" and .path == "none" and (.doorbells | length) == 0);
			"device \(.name): MSIs: \(.msi)")),
	(.regions[] |
		. as $region |
		check((.from | length) > 0; "group \($id): \($region.start) has no provenance"),
		check(all(.from[]; .by == "driver" or .by == "quirk"); "group \($id): \($region.start): from whom?"),
		check(all(.from[] | select(.by == "quirk");
			(.rule | test("^demo-board/")) and (.reference | length) > 0 and .confidence == "confirmed");
			"group \($id): \($region.start): a rule without name or reference"),
		check((.type == "sw-msi") == all(.from[]; .by == "driver");
			"group \($id): \($region.start): wrongly attributed: \(.from)")),
	check([.regions[].from[] | select(.by == "quirk").rule] | unique ==
		["demo-board/doorbell-page", "demo-board/dram-hole"];
		"group \($id): rules in force: \([.regions[].from[].rule])"),
	check(any(.hazards[]; .rule == "demo-board/windows" and .why == "advised"); "group \($id): no hazard for the host's windows"))
