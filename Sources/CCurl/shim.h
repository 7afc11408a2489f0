// libcurl as Swift sees it. Swift cannot call variadic functions: the inline functions give each kind of
// argument a name of its own.
#pragma once

#include <curl/curl.h>

typedef size_t (*stoep_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode stoep_curl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_size(CURL *curl, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_string(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode stoep_curl_set_receiver(CURL *curl, CURLoption option, stoep_curl_receiver value) {
    return curl_easy_setopt(curl, option, value);
}

/// libcurl keeps a copy of the bytes.
static inline CURLcode stoep_curl_set_blob(CURL *curl, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = { (void *)bytes, count, CURL_BLOB_COPY };
    return curl_easy_setopt(curl, option, &blob);
}

static inline long stoep_curl_status(CURL *curl) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline long stoep_curl_new_connections(CURL *curl) {
    long count = 0;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &count);
    return count;
}

static inline CURLcode stoep_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}
