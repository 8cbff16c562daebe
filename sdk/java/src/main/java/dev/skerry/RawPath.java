package dev.skerry;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Paths that are not UTF-8, as text: each byte that is none of a character stands as U+DC00 and the
 * byte, which no other text has.
 */
public final class RawPath {
  private static final int ESCAPE = 0xDC00;

  private RawPath() {}

  /** The text for a path's bytes, for the methods of {@link Files}. */
  public static String of(byte[] path) {
    var text = new StringBuilder();
    for (var b : path) {
      text.append(b >= 0 ? (char) b : (char) (ESCAPE | b & 0xFF));
    }
    return text.toString();
  }

  /** Puts a path where it belongs: among text, or among bytes. */
  static void put(String path, Consumer<String> text, Consumer<ByteString> raw) {
    if (path.chars().noneMatch(letter -> letter > ESCAPE && letter <= (ESCAPE | 0xFF))
        || StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      text.accept(path);
      return;
    }
    var bytes = new ByteArrayOutputStream();
    path.codePoints()
        .forEach(
            letter -> {
              if (letter > ESCAPE && letter <= (ESCAPE | 0xFF)) {
                bytes.write(letter & 0xFF);
              } else {
                bytes.writeBytes(Character.toString(letter).getBytes(StandardCharsets.UTF_8));
              }
            });
    raw.accept(ByteString.copyFrom(bytes.toByteArray()));
  }
}
