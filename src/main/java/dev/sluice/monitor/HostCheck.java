package dev.sluice.monitor;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a request is for this server. A page of the web can have its own name lead to 127.0.0.1
 * (DNS rebinding) and so have a browser read for it what only this machine should; the browser then
 * still says that name as the host. Where others than this machine may ask, any name is good.
 */
final class HostCheck {
  private static final Pattern LOOPBACK =
      Pattern.compile("(?:localhost|.*\\.localhost|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d+)?");

  private final boolean onLoopback;

  /**
   * @param onLoopback whether only this machine can ask
   */
  HostCheck(boolean onLoopback) {
    this.onLoopback = onLoopback;
  }

  /**
   * @param host the header; null if there is none, as no browser does it
   */
  boolean isOurs(String host) {
    return !onLoopback || host == null || LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
