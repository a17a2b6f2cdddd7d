// SPDX-License-Identifier: GPL-2.0-only
/*
 * asl.c - the SSDT that gives PCI host bridges a _DSM, as ASL for iasl
 *
 * Function 5 returns 0: the configuration made by firmware is to be kept.
 * Function 0 says which functions there are: bit 0, and bit 5 (PCI Firmware
 * Specification 3.3, sections 4.6 and 4.6.5). The specification has function 5
 * from revision 1 on, which is what Linux asks for; the revision is not looked
 * at, as a caller gets no other answer.
 */
#include "preserve.h"
#include "problem.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char head[] =
	"DefinitionBlock (\"\", \"SSDT\", 2, \"IORESV\", \"PRESERVE\", 1)\n"
	"{\n";

/* All but what is ours goes to the method that the bridge had; %s is its path. */
static const char with_old[] =
	"        Method (_DSM, 4, Serialized)\n"
	"        {\n"
	"            If (Arg0 == ToUUID (\"e5c937d0-3553-4d7a-9117-ea4d19c3434d\"))\n"
	"            {\n"
	"                If (Arg2 == 5)\n"
	"                {\n"
	"                    Return (0)\n"
	"                }\n"
	"                If (Arg2 == 0)\n"
	"                {\n"
	"                    Local0 = %1$s (Arg0, Arg1, Arg2, Arg3)\n"
	"                    If (ObjectType (Local0) == 3)\n"
	"                    {\n"
	"                        If (SizeOf (Local0) > 0)\n"
	"                        {\n"
	"                            // A copy: the buffer may be an object of firmware's.\n"
	"                            CopyObject (Local0, Local1)\n"
	"                            Local1 [0] = (DerefOf (Local1 [0]) | 0x21)\n"
	"                            Return (Local1)\n"
	"                        }\n"
	"                    }\n"
	"                    Return (Buffer (1) { 0x21 })\n"
	"                }\n"
	"            }\n"
	"            Return (%1$s (Arg0, Arg1, Arg2, Arg3))\n"
	"        }\n";

static const char without_old[] =
	"        Method (_DSM, 4, Serialized)\n"
	"        {\n"
	"            If (Arg0 == ToUUID (\"e5c937d0-3553-4d7a-9117-ea4d19c3434d\"))\n"
	"            {\n"
	"                If (Arg2 == 5)\n"
	"                {\n"
	"                    Return (0)\n"
	"                }\n"
	"                If (Arg2 == 0)\n"
	"                {\n"
	"                    Return (Buffer (1) { 0x21 })\n"
	"                }\n"
	"            }\n"
	"            Return (Buffer (1) { 0x00 })\n"
	"        }\n";

char *asl_text(const struct preserve *p, const char name[5])
{
	char path[AML_TEXT_MAX], old[AML_TEXT_MAX + 5];
	char *text = NULL;
	size_t size, i;
	FILE *f = open_memstream(&text, &size);

	if (!f) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	fputs(head, f);
	for (i = 0; i < p->bridges; i++) {
		const struct preserve_bridge *b = &p->bridge[i];

		if (!b->wanted)
			continue;
		aml_path_text(&b->path, path);
		snprintf(old, sizeof(old), "%s.%s", path, name);
		fprintf(f, "    External (%s, DeviceObj)\n", path);
		if (b->dsm >= 0)
			fprintf(f, "    External (%s, MethodObj) // 4 arguments\n",
				old);
		fprintf(f, "    Scope (%s)\n    {\n", path);
		if (b->dsm >= 0)
			fprintf(f, with_old, old);
		else
			fputs(without_old, f);
		fputs("    }\n", f);
	}
	fputs("}\n", f);
	if (fclose(f)) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return text;
}

/* Runs the compiler in @dir, its output into a file there; its exit code. */
static int run_iasl(const char *iasl, const char *dir)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		int null = open("/dev/null", O_RDONLY);
		int out;

		/* Absolute, or from PATH; the way to a relative one ends here. */
		if (chdir(dir))
			_exit(126);
		out = open("log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (null < 0 || out < 0 || dup2(null, 0) < 0 ||
		    dup2(out, 1) < 0 || dup2(out, 2) < 0)
			_exit(126);
		execlp(iasl, iasl, "-p", "ssdt", "ssdt.asl", (char *)NULL);
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int put_source(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");
	int ret;

	if (!f) {
		problem("%s: cannot create: %s", name, strerror(errno));
		return -1;
	}
	ret = fputs(text, f) < 0 ? -1 : 0;
	if (fclose(f) || ret) {
		problem("%s: cannot write: %s", name, strerror(errno));
		return -1;
	}
	return 0;
}

/* What the compiler said, line by line. */
static void say_log(const char *iasl, const char *name)
{
	char *log, *line, *rest;
	size_t size;

	if (read_file(name, &log, &size))
		return;
	for (line = strtok_r(log, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		problem("%s: %s", iasl, line);
	free(log);
}

static int compile_in(const char *iasl, const char *dir, const char *text,
		      u8 **data, size_t *size)
{
	char *asl = NULL, *aml = NULL, *log = NULL;
	struct acpi_fault f;
	char *bytes;
	u32 length;
	int ret = -1;

	if (asprintf(&asl, "%s/ssdt.asl", dir) < 0 ||
	    asprintf(&aml, "%s/ssdt.aml", dir) < 0 ||
	    asprintf(&log, "%s/log", dir) < 0) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	if (put_source(asl, text))
		goto out;
	ret = run_iasl(iasl, dir);
	if (ret == 127) {
		problem("%s: no such command: the SSDT is compiled by iasl (apt install acpica-tools), or say where it is with --iasl",
			iasl);
	} else if (ret) {
		problem("%s: did not compile the SSDT", iasl);
		say_log(iasl, log);
	}
	if (ret) {
		ret = -1;
		goto out;
	}
	ret = read_file(aml, &bytes, size);
	if (ret)
		goto out;
	ret = sdt_check((u8 *)bytes, *size, "SSDT", sizeof(struct sdt_header),
			AML_LENGTH_MAX, &length, &f);
	if (ret) {
		problem("%s: offset 0x%x of what it compiled: %s", iasl,
			f.offset, f.what);
		free(bytes);
		goto out;
	}
	*data = (u8 *)bytes;
	*size = length;
out:
	unlink(asl);
	unlink(aml);
	unlink(log);
	free(asl);
	free(aml);
	free(log);
	return ret ? -1 : 0;
}

int asl_compile(const char *iasl, const char *text, u8 **data, size_t *size)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = NULL;
	char *absolute = NULL;
	int ret = -1;

	/* A path holds from anywhere; a word is looked up in PATH. */
	if (strchr(iasl, '/')) {
		absolute = realpath(iasl, NULL);
		if (!absolute) {
			problem("%s: %s", iasl, strerror(errno));
			return -1;
		}
	}
	if (asprintf(&dir, "%s/iommu-resv.XXXXXX",
		     tmp && *tmp ? tmp : "/tmp") < 0) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	if (!mkdtemp(dir)) {
		problem("%s: cannot make this directory: %s", dir,
			strerror(errno));
	} else {
		ret = compile_in(absolute ? absolute : iasl, dir, text, data,
				 size);
		rmdir(dir);
	}
	free(absolute);
	free(dir);
	return ret;
}
