#ifndef STOEP_CSQLITE_SHIM_H
#define STOEP_CSQLITE_SHIM_H

#include <sqlite3.h>

// What Swift cannot say itself: variadic calls, and the two destructors that are numbers cast to
// function pointers. Static inline, so that the module stays a system library without objects.

/// sqlite3_db_config for the options that take an int and answer with an int.
static inline int stoep_sqlite3_db_config_flag(sqlite3 *database, int option, int on) {
    int inForce = -1;
    int code = sqlite3_db_config(database, option, on, &inForce);
    if (code != SQLITE_OK) return code;
    return inForce == on ? SQLITE_OK : SQLITE_ERROR;
}

static inline int stoep_sqlite3_bind_text_copied(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(
        statement, index, (const char *)bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int stoep_sqlite3_bind_blob_copied(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int stoep_sqlite3_bind_blob_borrowed(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

/// Decides what sqlite3_randomness answers from here on, in the whole process. For simulations alone: 0 gives
/// it back to the system's generator.
static inline int stoep_sqlite3_seed_randomness(int seed) {
    return sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, (sqlite3 *)0);
}

/// What FTS5 offers to those who extend it; NULL where this SQLite lacks it.
static inline fts5_api *stoep_fts5_api(sqlite3 *database) {
    fts5_api *api = 0;
    sqlite3_stmt *statement = 0;
    if (sqlite3_prepare_v2(database, "SELECT fts5(?1)", -1, &statement, 0) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", 0);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

#endif
