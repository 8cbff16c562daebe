package dev.skerry.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.skerry.Command;
import dev.skerry.ExecOptions;
import dev.skerry.RawPath;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.StreamSupport;

/** A step, as sdk/contract has it. */
record Step(JsonObject fields) {
  String op() {
    return text("op");
  }

  boolean has(String name) {
    return fields.has(name);
  }

  String text(String name) {
    return fields.get(name).getAsString();
  }

  /** Null where it is not there. */
  String maybe(String name) {
    return has(name) ? text(name) : null;
  }

  int number(String name) {
    return fields.get(name).getAsInt();
  }

  boolean flag(String name) {
    return has(name) && fields.get(name).getAsBoolean();
  }

  JsonElement want() {
    return fields.get("want");
  }

  JsonArray steps() {
    return fields.getAsJsonArray("steps");
  }

  String path() {
    return has("raw_path") ? RawPath.of(HexFormat.of().parseHex(text("raw_path"))) : text("path");
  }

  Command command() {
    var command = fields.get("command");
    if (!command.isJsonArray()) {
      return Command.shell(command.getAsString());
    }
    var words = StreamSupport.stream(command.getAsJsonArray().spliterator(), false);
    return Command.of(words.map(JsonElement::getAsString).toArray(String[]::new));
  }

  ExecOptions options() {
    var options = new ExecOptions();
    for (var field : fields.entrySet()) {
      var value = field.getValue();
      switch (field.getKey()) {
        case "env" ->
            value
                .getAsJsonObject()
                .entrySet()
                .forEach(one -> options.env(Map.of(one.getKey(), one.getValue().getAsString())));
        case "cwd" -> options.cwd(value.getAsString());
        case "user" -> options.user(value.getAsString());
        case "timeout_ms" -> options.timeout(Duration.ofMillis(value.getAsLong()));
        case "max_output" -> options.maxOutput(value.getAsInt());
        case "input" -> options.input(value.getAsString());
        case "stdin" -> options.stdin();
        default -> {}
      }
    }
    return options;
  }
}
