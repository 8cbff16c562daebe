package dev.skerry;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which daemon to talk to, and what opens it. */
record Config(String address, String target, boolean secure, String token, File ca) {
  /** What is given, else what the environment says, else this machine's daemon. */
  static Config resolve(String address, String token, File ca) {
    var text = first(address, System.getenv("SKERRY_ADDRESS"), "127.0.0.1:4000");
    var uri = parse(text);
    var secure = uri.getScheme().equals("https");
    var port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 4000;
    var local = isLoopback(uri.getHost()) ? localToken() : "";
    var file = first(ca == null ? "" : ca.getPath(), System.getenv("SKERRY_TLS_CA"));
    return new Config(
        text,
        "dns:///" + uri.getHost() + ":" + port,
        secure,
        first(token, System.getenv("SKERRY_TOKEN"), local),
        secure && !file.isEmpty() ? new File(file) : null);
  }

  private static URI parse(String text) {
    try {
      var uri = new URI(text.contains("://") ? text : "http://" + text);
      var path = uri.getPath();
      var plain = (path.isEmpty() || path.equals("/")) && uri.getQuery() == null;
      var known = uri.getScheme().equals("http") || uri.getScheme().equals("https");
      if (plain && known && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException malformed) {
      throw new IllegalArgumentException("not an address: " + text, malformed);
    }
    throw new IllegalArgumentException(
        "not an address: " + text + "; want host:port or https://host:port");
  }

  private static boolean isLoopback(String host) {
    var bare = host.replaceAll("[\\[\\]]", "");
    var number = bare.matches("[0-9.]+") || bare.contains(":");
    try {
      return bare.equalsIgnoreCase("localhost")
          || number && InetAddress.getByName(bare).isLoopbackAddress();
    } catch (UnknownHostException none) {
      return false;
    }
  }

  /** What a daemon on this machine wrote for its clients. */
  private static String localToken() {
    var folder = first(System.getenv("SKERRY_DATA_DIR"), "/var/lib/skerry");
    try {
      return Files.readString(Path.of(folder, "admin.token")).strip();
    } catch (IOException none) {
      return "";
    }
  }

  private static String first(String... texts) {
    for (var text : texts) {
      if (text != null && !text.isEmpty()) {
        return text;
      }
    }
    return "";
  }
}
