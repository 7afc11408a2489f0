#include "memory_faults.h"

#include <sqlite3.h>

static sqlite3_mem_methods system_memory;
static bool is_watched;

struct watch {
    bool refuses, for_good;
    int64_t left, requests, refusals;
};

static _Thread_local struct watch watch;

static bool is_refused(void) {
    watch.requests += 1;
    if (!watch.refuses) return false;
    if (watch.left > 0) {
        watch.left -= 1;
        return false;
    }
    watch.refuses = watch.for_good;
    watch.refusals += 1;
    return true;
}

static void *watched_malloc(int size) { return is_refused() ? 0 : system_memory.xMalloc(size); }

static void *watched_realloc(void *memory, int size) {
    return is_refused() ? 0 : system_memory.xRealloc(memory, size);
}

// Before anything of the program runs: SQLite refuses it once it was used.
__attribute__((constructor)) static void install(void) {
    sqlite3_mem_methods methods;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &methods) != SQLITE_OK) return;
    system_memory = methods;
    methods.xMalloc = watched_malloc;
    methods.xRealloc = watched_realloc;
    is_watched = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}

bool stoep_memory_is_watched(void) { return is_watched; }

void stoep_memory_refuse_after(int64_t requests, bool for_good) {
    watch = (struct watch){.refuses = true, .for_good = for_good, .left = requests};
}

void stoep_memory_grant(void) { watch.refuses = false; }

int64_t stoep_memory_requests(void) { return watch.requests; }

int64_t stoep_memory_refusals(void) { return watch.refusals; }
