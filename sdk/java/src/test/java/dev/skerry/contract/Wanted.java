package dev.skerry.contract;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.skerry.Result;
import dev.skerry.SkerryException;
import dev.skerry.v1.SandboxStats;
import java.util.Map;
import java.util.TreeMap;

/** Holds what was found to what a scenario wants. */
final class Wanted {
  private Wanted() {}

  static void compare(Result result, Step step) {
    if (step.want() == null) {
      return;
    }
    Map<String, Object> all =
        Map.of(
            "stdout", result.stdout(),
            "stderr", result.stderr(),
            "exit_code", result.exitCode(),
            "signal", result.signal(),
            "timed_out", result.timedOut(),
            "truncated", result.truncated());
    same("the result", picked(all, step.want()), step.want());
  }

  static void compare(SandboxStats stats, Step step) {
    var runs = json(step.flag("runs"));
    var memory = step.fields().get("memory");
    same("the limit of memory", stats.getLimits().getMemoryBytes(), memory);
    var time = stats.getCpuTime();
    same("whether a processor was used", time.getSeconds() > 0 || time.getNanos() > 0, runs);
    same("whether memory is told", stats.hasMemoryUsedBytes(), runs);
    same("whether processes are told", stats.hasPids(), runs);
    same("the state", stats.getState().name().replace("SANDBOX_STATE_", ""), step.want());
  }

  /** What a user sees of an error. */
  static Map<String, Object> seen(RuntimeException error) {
    var found = new TreeMap<String, Object>();
    found.put("class", error.getClass().getSimpleName());
    found.put("message", error.getMessage());
    if (error instanceof SkerryException failed) {
      found.put("code", failed.code().name());
      found.put("reason", failed.reason());
      found.put("retryable", failed.retryable());
      found.put("field", failed.fields().isEmpty() ? "" : failed.fields().get(0).field());
    }
    return found;
  }

  static Map<String, Object> picked(Map<String, ?> all, JsonElement wanted) {
    var found = new TreeMap<String, Object>();
    for (var name : ((JsonObject) wanted).keySet()) {
      found.put(name, all.get(name));
    }
    return found;
  }

  static JsonElement json(Object value) {
    return new Gson().toJsonTree(value);
  }

  static void same(String what, Object found, JsonElement wanted) {
    // Through text, where 3 and 3.0 are one.
    var one = JsonParser.parseString(json(found).toString());
    if (!one.equals(JsonParser.parseString(wanted.toString()))) {
      throw new AssertionError(what + " is " + one + ", not " + wanted);
    }
  }
}
