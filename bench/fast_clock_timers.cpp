/// Loaded before libfaketime into processes that live by a FastClock, for one call that it gets wrong.
///
/// Boost.Asio asks for a timer that fires at once as an absolute time of one nanosecond. Scaled by the speed that is
/// zero, which means "no timer", and the process sleeps until something else happens. Here it becomes a short wait.

#include <dlfcn.h>
#include <sys/timerfd.h>

namespace {

using SetTime = int (*)(int, int, const itimerspec*, itimerspec*);

/// Of the fast clock: long enough that something is left of it when it was scaled.
constexpr long kAtOnce = 1'000'000;  // ns

}  // namespace

extern "C" __attribute__((visibility("default"))) int timerfd_settime(int file, int flags, const itimerspec* wanted,
                                                                      itimerspec* before) noexcept {
  static const auto next = reinterpret_cast<SetTime>(dlsym(RTLD_NEXT, "timerfd_settime"));
  const bool at_once =
      wanted->it_value.tv_sec == 0 && wanted->it_value.tv_nsec != 0 && wanted->it_value.tv_nsec < kAtOnce;
  if (!at_once)
    return next(file, flags, wanted, before);
  itimerspec later = *wanted;
  later.it_value.tv_nsec = kAtOnce;
  return next(file, flags & ~TFD_TIMER_ABSTIME, &later, before);
}
