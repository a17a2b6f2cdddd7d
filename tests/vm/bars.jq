# SPDX-License-Identifier: GPL-2.0-only
#
# Beside bars.test: judges what report.json says of BARs at a page size by what
# vfio-pci did on a kernel of that page size, and by the kernel's own files.
#
#	--argjson page SIZE
#	--slurpfile report	report.json: of the kernel that is asked
#	--slurpfile probe	objects of `bars probe`: of the kernel that has those pages
#	--rawfile resources	"DEVICE INDEX START LAST FLAGS" a line: that kernel's sysfs, of all PCI functions,
#				indices of the file `resource` (PCI_STD_RESOURCES...)
#
# Output: one object: "problems", a text each, and "counts" of what was compared.

def hex: ascii_downcase | ltrimstr("0x") | explode
	| reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 else $c - 48 end));
def tohex: if . < 16 then "0123456789abcdef"[.:. + 1] else (. / 16 | floor | tohex) + (. % 16 | tohex) end;

# A range of offsets rounded to pages, as [first page, last page].
def pages($first; $last): [($first / $page | floor), ($last / $page | floor)];

# Whole pages that neither the MSI-X table nor the PBA is in, as ranges of offsets up to the end of the BAR.
def direct($size; $taken):
	reduce range(0; ($size + $page - 1) / $page | floor) as $p ([];
		if any($taken[]; .[0] <= $p and $p <= .[1]) then .
		else [$p * $page, ([$p * $page + $page, $size] | min) - 1] as $it
			| if length > 0 and .[-1][1] + 1 == $it[0] then .[:-1] + [[.[-1][0], $it[1]]] else . + [$it] end
		end);

def ranges: map([(.start | hex), (.last | hex)]);

# What answers at the addresses: BARs, ROMs and apertures of VFs, not the windows of bridges.
($resources | split("\n") | map(select(length > 0) | split(" ")
	| {device: .[0], index: (.[1] | tonumber), start: (.[2] | hex), last: (.[3] | hex), flags: (.[4] | hex)})
	| map(select(.index < 13 and .last >= .start and (.flags / 256 | floor) % 4 != 0))
	| map(.memory = ((.flags / 512 | floor) % 2 == 1)
		| .unset = ((.flags / 536870912 | floor) % 2 == 1))) as $all
| ($report[0] | [.groups[].devices[]] | INDEX(.name)) as $said
| [$probe[] | . as $p
	| $said[.device] as $d
	| ([$all[] | select(.device == $p.device)] | INDEX(.index)) as $res
	| def complain($what): {problem: "\($p.device): \($what)"};
	if .page_size != $page then complain("it was tried with pages of \(.page_size)")
	elif $d == null then complain("the report does not have it")
	elif $d.bars == null or $d.bars.error != null then complain("the report has no BARs: \($d.bars)")
	else
		# The list is that of the kernel.
		([$d.bars.list[] | select(.kind != "vf-memory")] | INDEX(.bar)) as $bars
		| (range(0; 7) | tostring | select(($bars[.] == null) != ($res[.] == null))
			| complain("BAR \(.): the report has \($bars[.]), sysfs \($res[.])")),
		([$d.bars.list[] | select(.kind == "vf-memory")] | INDEX(.bar)) as $vf
		| (range(0; 6) | . as $i | ($vf[tostring]) as $b | $res[. + 7 | tostring] as $r
			| [$b.pages[]? | select(.page_size == $page)][0] as $a
			| if $b == null and $r == null then empty
			elif $a.moves then {count: "moving"}
			# No virtual functions, and a kernel that has none does not know their BARs.
			elif $a.vfio == "fails" and $r == null then {count: "VF BARs not there"}
			elif $b == null and $d.bars.page_size != $page and ($vf | length) == 0 then {count: "VF BARs not seen"}
			elif $b == null or $r == null or ($b.start | hex) != $r.start or ($b.last | hex) != $r.last then
				complain("VF BAR \(.): the report has \($b), sysfs \($r)")
			else {count: "VF BARs"} end),
		{count: "devices"},

		# The place of the MSI-X table and the pending bits.
		if $p.open != "ok" then {count: "closed"}
		elif $p.msix == null then
			if $d.bars.msix != null or $d.bars.msix_error != null then
				complain("MSI-X is \($d.bars.msix), \($d.bars.msix_error), and there is none") else empty end
		else
			{count: "msix"},
			(($d.bars.msix // {}) as $m
				| if $m.vectors == $p.msix.vectors
					and $m.table.bar == $p.msix.table_bar and $m.table.start == $p.msix.table
					and ($m.table.last // "0" | hex) == ($p.msix.table | hex) + 16 * $p.msix.vectors - 1
					and $m.pba.bar == $p.msix.pba_bar and $m.pba.start == $p.msix.pba
					and ($m.pba.last // "0" | hex) ==
						($p.msix.pba | hex) + 8 * (($p.msix.vectors + 63) / 64 | floor) - 1 then empty
				else complain("MSI-X is \($d.bars.msix), and the device says \($p.msix)") end)
		end,

		# It can be opened or not, and then no BAR can be had.
		([$bars[].pages[] | select(.page_size == $page and .vfio == "fails" and .reason != "busy")]
			| length) as $failing
		| if ($p.open == "ok") != ($failing == 0) then
			complain("\($failing) BARs are said to fail, and opening it gave \($p.open)")
		else empty end,
		if $p.open != "ok" and $failing != ($bars | length) then
			complain("it cannot be opened, and only \($failing) of \($bars | length) BARs are said to fail")
		else empty end,

		# Every BAR.
		($bars[] | . as $b | "BAR \(.bar)" as $name
			| [.pages[] | select(.page_size == $page)] as $answers
			| $answers[0] as $a
			| $res[.bar | tostring] as $r
			| [$p.regions[] | select(.index == $b.bar)][0] as $v
			| ($b.size | hex) as $size
			| def wrong($what): complain("\($name): \($what)");
			if ($answers | length) != 1 then wrong("\($answers | length) answers for pages of \($page)")
			elif $r == null then empty
			else
				{count: "bars"}, {count: $a.vfio}, {count: "\($a.vfio) \($a.reason)"},
				if $size != $r.last - $r.start + 1 then wrong("size \(.size), and sysfs has \($r.last - $r.start + 1)")
				else empty end,
				if ($b.kind == "io") != ($r.memory | not) then wrong("kind \($b.kind)") else empty end,
				if $b.start != null and ($b.start | hex) != $r.start then
					wrong("start \($b.start), and sysfs has \($r.start | tohex)") else empty end,
				if $b.assigned != ($r.unset | not) then wrong("assigned \($b.assigned), flags \($r.flags | tohex)")
				else empty end,

				if $b.assigned and $b.kind != "io" then
					($r.start % $page) as $offset
					| pages($r.start; $r.last) as $own
					| if $a.offset == null or ($a.offset | hex) != $offset
						or ($a.first_page | hex) != $own[0] * $page
						or $a.page_count != $own[1] - $own[0] + 1 then
						wrong("offset \($a.offset), \($a.page_count) pages from \($a.first_page), " +
							"and it is \($r.start | tohex)-\($r.last | tohex)")
					else empty end,
					# Who else answers there.
					([$all[] | select(.memory and (.unset | not) and
							(.device != $p.device or .index != $b.bar))
						# The aperture that a virtual function's BARs are in is itself.
						| select(.device != $d.bars.vf_of or .index < 7)
						| select(pages(.start; .last) as $o | $o[0] <= $own[1] and $own[0] <= $o[1])
						| "\(.device)/\(if .index > 6 then "vf\(.index - 7)" else .index end)"] | sort) as $there
					| ([$a.shared_with[] | select(.kind | IN("window", "other") | not)
						| "\(.device)/\(if .kind == "vf-memory" then "vf" else "" end)\(.bar)"] | sort) as $shared
					| if $shared != $there then
						wrong("shared with \($shared), and in those pages are \($there)")
					else empty end,
					{count: "sharers", by: ($there | length)},
					if $a.vfio == "maps" then
						if $a.guest == null then wrong("it maps, and there is no rule for the guest")
						elif ($a.guest.offset | hex) !=
							([$a.rules[] | select(.says == "offset" and .outcome == "enforced")
								| .offset | hex][0] // $offset) then
							wrong("a guest is to have it at offset \($a.guest.offset)")
						elif ($a.guest.footprint | hex) != ($own[1] - $own[0] + 1) * $page then
							wrong("its footprint is \($a.guest.footprint)")
						else empty end
					else if $a.guest != null then wrong("a rule for the guest, and it \($a.vfio)") else empty end end
				else empty end,

				if $a.reason == null and $a.vfio != "maps" then wrong("\($a.vfio) without a reason") else empty end,
				if ($a.why == null) != ($a.vfio == "maps") then wrong("\($a.vfio), why: \($a.why)") else empty end,

				# What VFIO does.
				if $p.open != "ok" then empty
				elif $v.error != null then wrong("VFIO has no such region: \($v.error)")
				elif $b.kind == "rom" then
					if $a.vfio == "traps" and ($v.mmap | not) and ($v.whole // "EINVAL") == "EINVAL" then empty
					else wrong("\($a.vfio), and VFIO: \($v)") end
				elif ($v.size | hex) != $size then wrong("size \(.size), and VFIO has \($v.size)")
				else
					([$v.pages[].result] | unique) as $results
					| {count: "pages", by: $v.tried},
					if $v.tried != (($size + $page - 1) / $page | floor) then wrong("\($v.tried) pages were tried")
					else empty end,
					if $v.beyond != "EINVAL" then wrong("the page behind it: \($v.beyond)") else empty end,
					if $a.vfio == "maps" then
						($v.read_back as $read | {count: "read \($read)"}),
						if $v.mmap and $v.whole == "ok" and $results == ["ok"]
							and ($v.read_back | IN("same", "hidden")) then empty
						else wrong("maps, and VFIO: \($v)") end,
						if $v.msix_mappable != ($p.msix != null and $p.msix.table_bar == $b.bar) then
							wrong("the capability MSIX_MAPPABLE is \($v.msix_mappable)") else empty end,
						if $v.sparse != null then wrong("VFIO lets only parts be mapped: \($v.sparse)") else empty end
					elif $a.vfio == "traps" then
						if ($v.mmap | not) and $v.whole == "EINVAL" and $results == ["EINVAL"]
							and $v.read and $v.write then empty
						else wrong("traps, and VFIO: \($v)") end
					# It is offered, and then refused.
					elif $a.vfio == "fails" and $a.reason == "busy" then
						if $v.mmap and $v.whole == "EBUSY" and $results == ["EBUSY"] then empty
						else wrong("busy, and VFIO: \($v)") end
					else wrong("\($a.vfio), and VFIO: \($v)") end
				end,

				# What the MSI-X table and pending bits leave of it.
				if $p.open == "ok" and $b.kind == "memory" then
					# Where it begins in its page; a BAR that maps begins at the start.
					($r.start % $page) as $offset |
					([if $p.msix == null then empty else
						(if $p.msix.table_bar == $b.bar then
							{what: "table", at: ($p.msix.table | hex), size: (16 * $p.msix.vectors)} else empty end),
						(if $p.msix.pba_bar == $b.bar then
							{what: "pba", at: ($p.msix.pba | hex),
							 size: (8 * (($p.msix.vectors + 63) / 64 | floor))} else empty end)
						end | .pages = pages(.at; .at + .size - 1)]) as $taken
					| ([$taken[] | pages(.at + $offset; .at + $offset + .size - 1) as $host
						| [.what, ([$host[0] * $page - $offset, 0] | max),
							([$host[1] * $page + $page - 1 - $offset, $size - 1] | min)]] | sort) as $want
					| ([$a.msix[] | [.what, (.start | hex), (.last | hex)]] | sort) as $got
					| if $got != $want then wrong("untouchable: \($got), wanted \($want)") else empty end,
					(if $a.vfio == "maps" then direct($size; [$taken[].pages]) else [] end) as $want
					| if ($a.direct | ranges) != $want then
						wrong("direct: \($a.direct), wanted \($want)") else empty end,
					{count: "direct", by: ($a.direct | length)}
				else empty end
			end)
	end]
| {problems: [.[] | select(.problem) | .problem],
	counts: (reduce (.[] | select(.count)) as $c ({}; .[$c.count] += ($c.by // 1)))}
