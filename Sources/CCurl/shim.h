#ifndef VAULTKEEPER_CCURL_SHIM_H
#define VAULTKEEPER_CCURL_SHIM_H

// libcurl sets and reads options through C variadics, which Swift cannot call. One function for each kind of value,
// each checking at run time that the option is of that kind: a wrong pairing would write past a variable.

#include <curl/curl.h>

typedef size_t (*vk_curl_data_callback)(char *data, size_t size, size_t count, void *context);
typedef int (*vk_curl_prereq_callback)(void *context, char *remote, char *local, int remote_port, int local_port);

static inline int vk_curl_is(CURLoption option, int kind) {
  return (option / CURLOPTTYPE_OBJECTPOINT) * CURLOPTTYPE_OBJECTPOINT == kind;
}

static inline CURLcode vk_curl_set_long(CURL *handle, CURLoption option, long value) {
  return vk_curl_is(option, CURLOPTTYPE_LONG) ? curl_easy_setopt(handle, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return vk_curl_is(option, CURLOPTTYPE_OFF_T) ? curl_easy_setopt(handle, option, value) : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return vk_curl_is(option, CURLOPTTYPE_STRINGPOINT) ? curl_easy_setopt(handle, option, value)
                                                     : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return vk_curl_is(option, CURLOPTTYPE_OBJECTPOINT) ? curl_easy_setopt(handle, option, value)
                                                     : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return vk_curl_is(option, CURLOPTTYPE_SLISTPOINT) ? curl_easy_setopt(handle, option, value)
                                                    : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_set_data_callback(CURL *handle, CURLoption option, vk_curl_data_callback value) {
  return option == CURLOPT_WRITEFUNCTION || option == CURLOPT_HEADERFUNCTION ? curl_easy_setopt(handle, option, value)
                                                                             : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_set_prereq_callback(CURL *handle, vk_curl_prereq_callback value) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode vk_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return (info & CURLINFO_TYPEMASK) == CURLINFO_LONG ? curl_easy_getinfo(handle, info, value)
                                                     : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLcode vk_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return (info & CURLINFO_TYPEMASK) == CURLINFO_OFF_T ? curl_easy_getinfo(handle, info, value)
                                                      : CURLE_BAD_FUNCTION_ARGUMENT;
}

static inline CURLMcode vk_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return option / CURLOPTTYPE_OBJECTPOINT == 0 ? curl_multi_setopt(multi, option, value)
                                               : CURLM_BAD_FUNCTION_ARGUMENT;
}

#endif
