/* Stands before libc (LD_PRELOAD) and lets the N-th call to the file system go wrong.

   Counted are calls on files under FAULT_FOLDER, and on pipes where `pipes` is set, made by the
   process that called fault_arm. SQLite's calls are among them: they go through libc too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE, NO_SPACE, IO_ERROR, BROKEN_PIPE, SHORT, KILL, STALL };
enum { OPENS, WRITES, READS, FLUSHES, CHANGES };

static atomic_long seen;
static long at, kind, lasting, owner, pipes;
static char folder[4096];
static char where[64];

/* From now on: counts from 1; `n` is the call that goes wrong (0: none), and all after if `last`. */
void fault_arm(const char *under, long what, long n, long last, long with_pipes) {
    snprintf(folder, sizeof folder, "%s", under);
    owner = getpid(); pipes = with_pipes; lasting = last; kind = what; at = n;
    where[0] = 0;
    atomic_store(&seen, 0);
}
long fault_seen(void) { return atomic_load(&seen); }
const char *fault_where(void) { return where; }

static int under_folder(const char *path) {
    size_t size = strlen(folder);
    return size && path && !strncmp(path, folder, size);
}

static int watched(int descriptor) {
    char link[64], path[4096];
    if (owner != getpid()) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return under_folder(path) || (pipes && !strncmp(path, "pipe:", 5) && descriptor > 2);
}

/* The error for this call; 0 for none, -1 for a short write. */
static int fault(const char *name, int class) {
    long n = atomic_fetch_add(&seen, 1) + 1;
    if (!at || n < at || (n > at && !lasting)) return 0;
    if (n == at) snprintf(where, sizeof where, "%s", name);
    switch (kind) {
    case KILL: kill(getpid(), SIGKILL); return 0;
    case STALL: usleep(300000); return 0;
    case SHORT: return class == WRITES ? -1 : 0;
    case NO_SPACE: return class == WRITES || class == OPENS || class == CHANGES ? ENOSPC : 0;
    case BROKEN_PIPE: return class == WRITES ? EPIPE : 0;
    case IO_ERROR: return EIO;
    }
    return 0;
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)
#define FAIL(name, class) \
    int wrong = fault(#name, class); \
    if (wrong > 0) { errno = wrong; return -1; }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
        if (owner == getpid() && under_folder(path)) { FAIL(name, OPENS) } \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define ON_DESCRIPTOR(name, class, parameters, arguments, size, shorter) \
    ssize_t name parameters { \
        static ssize_t (*real) parameters; \
        if (!real) real = (ssize_t (*) parameters)dlsym(RTLD_NEXT, #name); \
        if (watched(file)) { \
            FAIL(name, class) \
            if (wrong < 0 && size > 1) return real shorter; \
        } \
        return real arguments; \
    }
ON_DESCRIPTOR(write, WRITES, (int file, const void *data, size_t n), (file, data, n), n,
              (file, data, n / 2))
ON_DESCRIPTOR(pwrite, WRITES, (int file, const void *data, size_t n, off_t to), (file, data, n, to),
              n, (file, data, n / 2, to))
ON_DESCRIPTOR(pwrite64, WRITES, (int file, const void *data, size_t n, off64_t to),
              (file, data, n, to), n, (file, data, n / 2, to))
ON_DESCRIPTOR(read, READS, (int file, void *data, size_t n), (file, data, n), n, (file, data, n))
ON_DESCRIPTOR(pread, READS, (int file, void *data, size_t n, off_t from), (file, data, n, from), n,
              (file, data, n, from))
ON_DESCRIPTOR(pread64, READS, (int file, void *data, size_t n, off64_t from), (file, data, n, from),
              n, (file, data, n, from))

#define FLUSH(name) \
    int name(int file) { \
        REAL(int, name, int); \
        if (watched(file)) { FAIL(name, FLUSHES) } \
        return real(file); \
    }
FLUSH(fsync)
FLUSH(fdatasync)

#define RESIZE(name, type) \
    int name(int file, type size) { \
        REAL(int, name, int, type); \
        if (watched(file)) { FAIL(name, CHANGES) } \
        return real(file, size); \
    }
RESIZE(ftruncate, off_t)
RESIZE(ftruncate64, off64_t)

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    if (owner == getpid() && under_folder(path)) { FAIL(unlink, FLUSHES) }
    return real(path);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    if (owner == getpid() && under_folder(path)) { FAIL(mkdir, CHANGES) }
    return real(path, mode);
}
int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    if (owner == getpid() && under_folder(to)) { FAIL(rename, CHANGES) }
    return real(from, to);
}
