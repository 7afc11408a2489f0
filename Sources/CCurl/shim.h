// libcurl as Swift sees it: loaded when a command first talks to a daemon, and with a name of its own for each kind of
// argument, because Swift cannot call variadic functions.
//
// Linked, libcurl and the thirty libraries that it needs would cost every command 3.4 ms of its start: as much as all
// else together. Most commands never use a network.
#pragma once

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdbool.h>

typedef size_t (*stoep_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

/// A function of libcurl, looked up once; null where libcurl is not on this machine. Threads that look it up at once
/// find the same.
static inline void *stoep_curl_function(void **cache, const char *name) {
    void *found = __atomic_load_n(cache, __ATOMIC_ACQUIRE);
    if (found == NULL) {
        // The system counts how often a library is opened; this one stays until the process ends.
        void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
        found = library == NULL ? NULL : dlsym(library, name);
        __atomic_store_n(cache, found, __ATOMIC_RELEASE);
    }
    return found;
}

#define STOEP_CURL(name) \
    static void *cache_##name; \
    __typeof__(&name) call_##name = (__typeof__(&name))stoep_curl_function(&cache_##name, #name)

/// Fails where libcurl is not there. To be called, and to succeed, before anything below.
static inline CURLcode stoep_curl_global_init(void) {
    STOEP_CURL(curl_global_init);
    return call_curl_global_init == NULL ? CURLE_FAILED_INIT : call_curl_global_init(CURL_GLOBAL_DEFAULT);
}

static inline CURL *stoep_curl_init(void) {
    STOEP_CURL(curl_easy_init);
    return call_curl_easy_init();
}

static inline void stoep_curl_cleanup(CURL *curl) {
    STOEP_CURL(curl_easy_cleanup);
    call_curl_easy_cleanup(curl);
}

static inline CURLM *stoep_curl_multi_init(void) {
    STOEP_CURL(curl_multi_init);
    return call_curl_multi_init();
}

static inline void stoep_curl_multi_cleanup(CURLM *multi) {
    STOEP_CURL(curl_multi_cleanup);
    call_curl_multi_cleanup(multi);
}

static inline CURLMcode stoep_curl_multi_add(CURLM *multi, CURL *curl) {
    STOEP_CURL(curl_multi_add_handle);
    return call_curl_multi_add_handle(multi, curl);
}

static inline CURLMcode stoep_curl_multi_remove(CURLM *multi, CURL *curl) {
    STOEP_CURL(curl_multi_remove_handle);
    return call_curl_multi_remove_handle(multi, curl);
}

/// Does what can be done without waiting; `running` is how many transfers are left.
static inline CURLMcode stoep_curl_multi_perform(CURLM *multi, int *running) {
    STOEP_CURL(curl_multi_perform);
    return call_curl_multi_perform(multi, running);
}

/// Waits until there is something to do.
static inline CURLMcode stoep_curl_multi_poll(CURLM *multi, int milliseconds) {
    STOEP_CURL(curl_multi_poll);
    return call_curl_multi_poll(multi, NULL, 0, milliseconds, NULL);
}

/// What came of the one transfer that ended; false where none has.
static inline bool stoep_curl_multi_result(CURLM *multi, CURLcode *result) {
    STOEP_CURL(curl_multi_info_read);
    int left = 0;
    CURLMsg *message = call_curl_multi_info_read(multi, &left);
    if (message == NULL || message->msg != CURLMSG_DONE) return false;
    *result = message->data.result;
    return true;
}

static inline const char *stoep_curl_error(CURLcode code) {
    STOEP_CURL(curl_easy_strerror);
    return call_curl_easy_strerror(code);
}

static inline struct curl_slist *stoep_curl_list_append(struct curl_slist *list, const char *line) {
    STOEP_CURL(curl_slist_append);
    return call_curl_slist_append(list, line);
}

static inline void stoep_curl_list_free(struct curl_slist *list) {
    STOEP_CURL(curl_slist_free_all);
    call_curl_slist_free_all(list);
}

static inline CURLcode stoep_curl_set_long(CURL *curl, CURLoption option, long value) {
    STOEP_CURL(curl_easy_setopt);
    return call_curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_size(CURL *curl, CURLoption option, curl_off_t value) {
    STOEP_CURL(curl_easy_setopt);
    return call_curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_string(CURL *curl, CURLoption option, const char *value) {
    STOEP_CURL(curl_easy_setopt);
    return call_curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    STOEP_CURL(curl_easy_setopt);
    return call_curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_receiver(CURL *curl, CURLoption option, stoep_curl_receiver value) {
    STOEP_CURL(curl_easy_setopt);
    return call_curl_easy_setopt(curl, option, value);
}

/// libcurl keeps a copy of the bytes.
static inline CURLcode stoep_curl_set_blob(CURL *curl, CURLoption option, const void *bytes, size_t count) {
    STOEP_CURL(curl_easy_setopt);
    struct curl_blob blob = { (void *)bytes, count, CURL_BLOB_COPY };
    return call_curl_easy_setopt(curl, option, &blob);
}

/// Bytes of the body that were sent.
static inline curl_off_t stoep_curl_uploaded(CURL *curl) {
    STOEP_CURL(curl_easy_getinfo);
    curl_off_t count = 0;
    call_curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &count);
    return count;
}

static inline long stoep_curl_status(CURL *curl) {
    STOEP_CURL(curl_easy_getinfo);
    long status = 0;
    call_curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline long stoep_curl_new_connections(CURL *curl) {
    STOEP_CURL(curl_easy_getinfo);
    long count = 0;
    call_curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &count);
    return count;
}
