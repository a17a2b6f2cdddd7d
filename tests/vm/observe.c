// SPDX-License-Identifier: GPL-2.0-only
/*
 * observe.c - what a program sees of a change, for the VM tests
 *
 *	observe uevents			print "listening", then a line for each
 *					uevent of the iommu-resv device:
 *					ACTION GENERATION TABLE REASON, "-" where a
 *					value is missing
 *	observe poll FILE			read FILE, print "waiting", and when
 *					poll() says that it has changed its new
 *					content
 *	observe steady FILE A B		read FILE over and over until stdin ends;
 *					print how often it was the content of
 *					file A, that of file B, and neither
 *
 * Exit status: 0 done, 1 nothing came within 30 s, or FILE was neither (its
 * content is on stderr then), 2 usage or trouble with a message on stderr.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TROUBLE 2
#define PATIENCE 30000 /* ms */
#define DEVICE "/devices/platform/iommu-resv"

static int trouble(const char *what)
{
	fprintf(stderr, "observe: %s: %s\n", what, strerror(errno));
	return TROUBLE;
}

/* The value of a variable in a uevent: NUL-terminated strings one after another. */
static const char *variable(const char *event, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	const char *s;

	for (s = event; s < event + len; s += strlen(s) + 1)
		if (!strncmp(s, name, name_len) && s[name_len] == '=')
			return s + name_len + 1;
	return "-";
}

static int cmd_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	char event[8192];
	ssize_t len;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return trouble("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return trouble("bind");
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("listening\n");
	while ((len = recv(fd, event, sizeof(event) - 1, 0)) > 0) {
		event[len] = 0;
		if (strcmp(variable(event, len, "DEVPATH"), DEVICE))
			continue;
		printf("%s %s %s %s\n", variable(event, len, "ACTION"),
		       variable(event, len, "IOMMU_RESV_GENERATION"),
		       variable(event, len, "IOMMU_RESV_TABLE"),
		       variable(event, len, "IOMMU_RESV_REASON"));
	}
	return trouble("recv");
}

/* A whole file from its start; -1 with errno set. */
static ssize_t whole(int fd, char *text, size_t size)
{
	ssize_t n, len = 0;

	if (lseek(fd, 0, SEEK_SET))
		return -1;
	while ((n = read(fd, text + len, size - len)) > 0)
		len += n;
	return n ? n : len;
}

static int cmd_poll(const char *path)
{
	struct pollfd wait = { .events = POLLPRI };
	char text[4096];
	ssize_t len;

	wait.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (wait.fd < 0)
		return trouble(path);
	if (whole(wait.fd, text, sizeof(text)) < 0)
		return trouble(path);
	printf("waiting\n");
	fflush(stdout);
	if (poll(&wait, 1, PATIENCE) != 1) {
		fprintf(stderr, "observe: %s: no change\n", path);
		return 1;
	}
	len = whole(wait.fd, text, sizeof(text));
	if (len < 0)
		return trouble(path);
	printf("%.*s", (int)len, text);
	return 0;
}

static int content(const char *path, char *text, size_t size, ssize_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return trouble(path);
	*len = whole(fd, text, size);
	close(fd);
	return *len < 0 ? trouble(path) : 0;
}

static int cmd_steady(const char *path, const char *a, const char *b)
{
	unsigned long is_a = 0, is_b = 0, neither = 0;
	static char text[3][65536];
	struct pollfd end = { .fd = 0, .events = POLLIN };
	ssize_t len[3];
	int fd, ret;

	ret = content(a, text[0], sizeof(text[0]), &len[0]);
	if (!ret)
		ret = content(b, text[1], sizeof(text[1]), &len[1]);
	if (ret)
		return ret;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return trouble(path);
	while (!poll(&end, 1, 0)) {
		len[2] = whole(fd, text[2], sizeof(text[2]));
		if (len[2] < 0)
			return trouble(path);
		if (len[2] == len[0] && !memcmp(text[2], text[0], len[0])) {
			is_a++;
		} else if (len[2] == len[1] && !memcmp(text[2], text[1], len[1])) {
			is_b++;
		} else if (!neither++) {
			fprintf(stderr, "observe: %s was:\n%.*s", path,
				(int)len[2], text[2]);
		}
	}
	printf("%lu %lu %lu\n", is_a, is_b, neither);
	return neither ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "uevents"))
		return cmd_uevents();
	if (argc == 3 && !strcmp(argv[1], "poll"))
		return cmd_poll(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "steady"))
		return cmd_steady(argv[2], argv[3], argv[4]);
	fprintf(stderr, "usage: observe uevents\n"
		"       observe poll FILE\n"
		"       observe steady FILE A B\n");
	return TROUBLE;
}
