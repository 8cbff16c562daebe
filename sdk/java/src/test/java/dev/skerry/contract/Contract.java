package dev.skerry.contract;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.skerry.SandboxOptions;
import dev.skerry.Skerry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * Runs the scenarios of sdk/contract, whose file it is given, against a daemon.
 *
 * <p>SKERRY_ADDRESS and SKERRY_TOKEN name the daemon; SKERRY_CUT_ADDRESS leads to it by connections
 * that are cut. Prints a line for each scenario.
 */
public final class Contract {
  private Contract() {}

  public static void main(String[] arguments) throws IOException {
    var unique = "java-" + UUID.randomUUID().toString().substring(0, 8);
    var text = Files.readString(Path.of(arguments[0])).replace("$UNIQUE", unique);
    var failures = 0;
    try (var skerry = new Skerry()) {
      for (var element : JsonParser.parseString(text).getAsJsonArray()) {
        var scenario = element.getAsJsonObject();
        var name = scenario.get("name").getAsString();
        try {
          perform(skerry, scenario);
          System.out.println("ok\t" + name);
        } catch (AssertionError | Exception failure) {
          failures++;
          System.out.println("FAILED\t" + name + "\t" + failure);
        }
      }
    }
    System.exit(failures == 0 ? 0 : 1);
  }

  private static void perform(Skerry skerry, JsonObject scenario) throws Exception {
    try (var sandbox = skerry.sandboxes().create("host", "", options(scenario))) {
      var running = new Running(skerry, sandbox);
      if (scenario.has("through")) {
        running.throughCuts(scenario.getAsJsonArray("steps"));
      } else {
        running.steps(scenario.getAsJsonArray("steps"));
      }
    }
  }

  private static SandboxOptions options(JsonObject scenario) {
    var options = new SandboxOptions();
    if (!scenario.has("options")) {
      return options;
    }
    for (var option : scenario.getAsJsonObject("options").entrySet()) {
      var value = option.getValue();
      switch (option.getKey()) {
        case "wake" -> options.wake();
        case "memory" -> options.memory(value.getAsLong());
        case "cpus" -> options.cpus(value.getAsDouble());
        case "idle_timeout_ms" -> options.idleTimeout(Duration.ofMillis(value.getAsLong()));
        case "max_lifetime_ms" -> options.maxLifetime(Duration.ofMillis(value.getAsLong()));
        case "ports" -> value.getAsJsonArray().forEach(port -> options.port(port.getAsInt()));
        default -> throw new AssertionError("there is no option " + option.getKey());
      }
    }
    return options;
  }
}
