package dev.skerry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is wrong with a connection or a call, and what to do next.
 *
 * @param said what gRPC or the machine says of it
 * @param reason empty where it may pass
 * @param what what it is
 * @param then what to do next
 */
record Fault(Pattern said, String reason, String what, String then) {
  private static final String START =
      "start skerryd there, or give another address (SKERRY_ADDRESS)";
  private static final String TOKEN = "give another token, by SKERRY_TOKEN or to the client";

  /** The first that matches counts. */
  private static final List<Fault> CONNECTIONS =
      List.of(
          fault(
              "not an SSL/TLS record|Unsupported or unrecognized SSL message|wrong version number",
              "TLS_NOT_SPOKEN",
              "what answers at {} does not speak TLS",
              "use http:// in the address, or give skerryd --tls-cert and --tls-key"),
          fault(
              "No subject alternative|No name matching|doesn't match",
              "CERTIFICATE_OTHER_NAME",
              "the certificate at {} is for another name",
              "use that name in the address, or give skerryd a certificate for this one"),
          fault(
              "unable to find valid certification path|CERTIFICATE_VERIFY_FAILED|PKIX",
              "CERTIFICATE_NOT_TRUSTED",
              "the certificate at {} is signed by nobody who is trusted",
              "give the authority's, by SKERRY_TLS_CA or to the client"),
          fault(
              "First received frame was not SETTINGS|Unexpected HTTP/1|http2 exception",
              "HTTP2_NOT_SPOKEN",
              "what answers at {} is no skerryd: it does not speak HTTP/2",
              "give another address (SKERRY_ADDRESS)"),
          fault("Connection refused", "", "no daemon answers at {}: connection refused", START),
          fault(
              "Unable to resolve host|UnknownHostException",
              "",
              "no daemon answers at {}: the host is not known",
              START));

  /** What the daemon's own message does not say for a caller of this library. */
  private static final Map<String, String> NEXT =
      Map.of(
          "TOKEN_MISSING", TOKEN,
          "TOKEN_MALFORMED", TOKEN,
          "TOKEN_UNKNOWN", TOKEN,
          "TOKEN_ENDED", TOKEN,
          "SCOPE_TOO_SMALL", "use a token that may",
          "BOUND_REACHED", "remove what is not needed, and try again",
          "TLS_WANTED", "use https:// in the address",
          "UNKNOWN_METHOD", "daemon and client differ in their version: update the older one");

  /** The most causes of a failure that are looked at. */
  private static final int DEPTH = 8;

  private static Fault fault(String said, String reason, String what, String then) {
    return new Fault(Pattern.compile(said), reason, what, then);
  }

  /** What is wrong with a connection that was not made. */
  static Optional<Fault> ofConnection(Throwable failed) {
    var said = new StringBuilder();
    var at = failed;
    for (var depth = 0; at != null && depth < DEPTH; depth++, at = at.getCause()) {
      said.append(at).append('\n');
    }
    return CONNECTIONS.stream().filter(fault -> fault.said.matcher(said).find()).findFirst();
  }

  /** Whether the same call fails again for a reason of this side. */
  static boolean lasts(String reason) {
    return !reason.isEmpty() && CONNECTIONS.stream().anyMatch(fault -> fault.reason.equals(reason));
  }

  String message(String address) {
    return what.replace("{}", address) + "; " + then;
  }

  /** The message of a connection that was lost. */
  static String ofCut(String said, String address) {
    return "the connection to " + address + " was lost: " + said
        + "; see whether skerryd runs there, and try again";
  }

  /** The message of an answer that no daemon gave. */
  static String ofStranger(String said, String address) {
    return "what answers at " + address + " is no skerryd: " + said
        + "; give another address (SKERRY_ADDRESS)";
  }

  /** A daemon's message, and what to do next. */
  static String withNextStep(String reason, String said) {
    var what = said.isEmpty() ? "the daemon does not know this call" : said;
    return NEXT.containsKey(reason) ? what + "; " + NEXT.get(reason) : what;
  }
}
