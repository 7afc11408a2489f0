// The kernel's keys as Swift sees them: system calls for which glibc has no functions (keyctl(2), add_key(2)).
#pragma once

#include <stddef.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc declares it for others than strict C only.
extern long syscall(long number, ...);

/// Puts bytes into the user's keyring, in place of what was there under this name. The kernel forgets them after so many
/// seconds, and with the last process of the user. A negative answer is a failure, and errno says which.
static inline long stoep_keyring_put(const char *name, const void *bytes, size_t count, unsigned seconds) {
    long key = syscall(SYS_add_key, "user", name, bytes, count, KEY_SPEC_USER_KEYRING);
    if (key < 0) return key;
    long code = syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, seconds);
    if (code < 0) syscall(SYS_keyctl, KEYCTL_INVALIDATE, key);
    return code;
}

/// Reads what stands under a name; the answer is its length, or negative.
static inline long stoep_keyring_get(const char *name, void *bytes, size_t count) {
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", name, 0);
    return key < 0 ? key : syscall(SYS_keyctl, KEYCTL_READ, key, bytes, count);
}

/// Forgets what stands under a name; negative where there is nothing.
static inline long stoep_keyring_remove(const char *name) {
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", name, 0);
    return key < 0 ? key : syscall(SYS_keyctl, KEYCTL_INVALIDATE, key);
}
