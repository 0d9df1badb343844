/* A library to preload: the n-th call of one kind that concerns a folder fails, or kills the process.
 *
 * FAULTS_FOLDER  the folder: calls count that name a file below it, or that use a file opened there;
 *                also reads of standard input and writes to standard output
 * FAULTS_CALL    open, read, write, fsync, close, rename, link, stat, chmod, ftruncate, mkdir or opendir
 * FAULTS_NUMBER  which of these calls, from 1
 * FAULTS_ONWARD  1 if all later ones fail, too
 * FAULTS_ERRNO   what it fails with; 0 kills the process in its place; a number below 0 is a signal that
 *                comes before it, and it does not fail
 * FAULTS_MARK    a file that is made when it happens
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST_FILES = 4096 };
static char is_counted[MOST_FILES];
static long n_seen;

#define REAL(TYPE, NAME) ((TYPE)dlsym(RTLD_NEXT, NAME))

static int is_inside(const char *path) {
    const char *folder = getenv("FAULTS_FOLDER");
    char buffer[4096];
    if (folder == NULL || path == NULL)
        return 0;
    if (path[0] != '/') { /* the process runs in the folder */
        if (getcwd(buffer, sizeof buffer) == NULL)
            return 0;
        path = buffer;
    }
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether this call is the one that fails; errno is then set. */
static int is_hit(const char *call) {
    const char *wanted = getenv("FAULTS_CALL");
    if (wanted == NULL || strcmp(wanted, call) != 0)
        return 0;
    long n = __atomic_add_fetch(&n_seen, 1, __ATOMIC_SEQ_CST), first = atol(getenv("FAULTS_NUMBER"));
    if (n < first || (n > first && atoi(getenv("FAULTS_ONWARD")) == 0))
        return 0;
    int number = atoi(getenv("FAULTS_ERRNO"));
    const char *mark = getenv("FAULTS_MARK");
    long file = syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600);
    syscall(SYS_close, file);
    if (number <= 0)
        kill(getpid(), number == 0 ? SIGKILL : -number);
    if (number < 0)
        return 0;
    errno = number;
    return 1;
}

static int is_open_here(int file) {
    return file == STDIN_FILENO || file == STDOUT_FILENO || (file > 2 && file < MOST_FILES && is_counted[file]);
}

static int opened(int file, int inside) {
    if (file >= 0 && file < MOST_FILES)
        is_counted[file] = (char)inside;
    return file;
}

#define OPEN(NAME)                                                                            \
    int NAME(const char *path, int flags, ...) {                                              \
        va_list more;                                                                         \
        va_start(more, flags);                                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;             \
        va_end(more);                                                                         \
        int inside = is_inside(path) && !(flags & O_DIRECTORY & ~O_TMPFILE);                  \
        if (inside && is_hit("open"))                                                         \
            return -1;                                                                        \
        return opened(REAL(int (*)(const char *, int, ...), #NAME)(path, flags, mode), inside); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(NAME)                                                                          \
    int NAME(int folder, const char *path, int flags, ...) {                                  \
        va_list more;                                                                         \
        va_start(more, flags);                                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;             \
        va_end(more);                                                                         \
        int inside = is_inside(path);                                                         \
        if (inside && is_hit("open"))                                                         \
            return -1;                                                                        \
        return opened(                                                                        \
            REAL(int (*)(int, const char *, int, ...), #NAME)(folder, path, flags, mode), inside); \
    }
OPENAT(openat)
OPENAT(openat64)

#define TRANSFER(CALL, NAME, BUFFER)                                                          \
    ssize_t NAME(int file, BUFFER data, size_t n_bytes) {                                     \
        if (is_open_here(file) && is_hit(CALL))                                               \
            return -1;                                                                        \
        return REAL(ssize_t (*)(int, BUFFER, size_t), #NAME)(file, data, n_bytes);            \
    }
TRANSFER("read", read, void *)
TRANSFER("write", write, const void *)

#define TRANSFER_AT(CALL, NAME, BUFFER, OFFSET)                                               \
    ssize_t NAME(int file, BUFFER data, size_t n_bytes, OFFSET offset) {                      \
        if (is_open_here(file) && is_hit(CALL))                                               \
            return -1;                                                                        \
        return REAL(ssize_t (*)(int, BUFFER, size_t, OFFSET), #NAME)(file, data, n_bytes, offset); \
    }
TRANSFER_AT("read", pread, void *, off_t)
TRANSFER_AT("read", pread64, void *, off64_t)
TRANSFER_AT("write", pwrite, const void *, off_t)
TRANSFER_AT("write", pwrite64, const void *, off64_t)

#define TRANSFER_PARTS(NAME, MORE, GIVEN)                                                     \
    ssize_t NAME(int file, const struct iovec *parts, int n_parts, off64_t offset MORE) {     \
        if (is_open_here(file) && is_hit("read"))                                             \
            return -1;                                                                        \
        return REAL(ssize_t (*)(int, const struct iovec *, int, off64_t MORE), #NAME)(        \
            file, parts, n_parts, offset GIVEN);                                              \
    }
#define WITH ,
TRANSFER_PARTS(preadv64, , )
TRANSFER_PARTS(preadv64v2, WITH int flags, WITH flags)

int fsync(int file) {
    if (is_open_here(file) && is_hit("fsync"))
        return -1;
    return REAL(int (*)(int), "fsync")(file);
}

int close(int file) {
    int here = file > 2 && is_open_here(file);
    if (here)
        is_counted[file] = 0;
    int code = REAL(int (*)(int), "close")(file);
    if (here && is_hit("close")) /* the number is free, as after a failed close on Linux */
        return -1;
    return code;
}

int rename(const char *from, const char *to) {
    if (is_inside(to) && is_hit("rename"))
        return -1;
    return REAL(int (*)(const char *, const char *), "rename")(from, to);
}

int linkat(int from_folder, const char *from, int folder, const char *to, int flags) {
    if (is_inside(to) && is_hit("link"))
        return -1;
    return REAL(int (*)(int, const char *, int, const char *, int), "linkat")(from_folder, from, folder, to, flags);
}

#define ON_PATH(TYPE, FAILED, CALL, NAME)                                                     \
    TYPE NAME(const char *path) {                                                             \
        if (is_inside(path) && is_hit(CALL))                                                  \
            return FAILED;                                                                    \
        return REAL(TYPE (*)(const char *), #NAME)(path);                                     \
    }
ON_PATH(DIR *, NULL, "opendir", opendir)

#define ON_PATH_AND(CALL, NAME, SECOND)                                                       \
    int NAME(const char *path, SECOND second) {                                               \
        if (is_inside(path) && is_hit(CALL))                                                  \
            return -1;                                                                        \
        return REAL(int (*)(const char *, SECOND), #NAME)(path, second);                      \
    }
ON_PATH_AND("chmod", chmod, mode_t)
ON_PATH_AND("mkdir", mkdir, mode_t)
ON_PATH_AND("stat", stat, struct stat *)
ON_PATH_AND("stat", stat64, struct stat64 *)
ON_PATH_AND("stat", lstat, struct stat *)
ON_PATH_AND("stat", lstat64, struct stat64 *)

#define ON_FILE_AND(CALL, NAME, SECOND)                                                       \
    int NAME(int file, SECOND second) {                                                       \
        if (is_open_here(file) && is_hit(CALL))                                               \
            return -1;                                                                        \
        return REAL(int (*)(int, SECOND), #NAME)(file, second);                               \
    }
ON_FILE_AND("ftruncate", ftruncate, off_t)
ON_FILE_AND("ftruncate", ftruncate64, off64_t)
ON_FILE_AND("chmod", fchmod, mode_t)
ON_FILE_AND("stat", fstat, struct stat *)
ON_FILE_AND("stat", fstat64, struct stat64 *)
