#ifndef STOEP_MEMORY_FAULTS_H
#define STOEP_MEMORY_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

// Has SQLite ask for its memory by way of us, from before it is first used: requests of a thread can be counted and be
// refused, while those of others go on. For tests alone.

/// Whether SQLite took our methods: it does unless it was used before the program began.
bool stoep_memory_is_watched(void);

/// Counts the requests of this thread from here on, and refuses the one after so many; and all that follow, where
/// it is for good.
void stoep_memory_refuse_after(int64_t requests, bool for_good);

/// Refuses nothing more, and goes on counting.
void stoep_memory_grant(void);

/// What this thread asked for since `stoep_memory_refuse_after`, and how much of that it was refused.
int64_t stoep_memory_requests(void);
int64_t stoep_memory_refusals(void);

#endif
