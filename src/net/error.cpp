#include "ledgram/net/error.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace ledgram::net {

bool is_cancelled(const std::exception_ptr& error) {
  if (!error)
    return false;
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    return failure.code() == boost::asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace ledgram::net
