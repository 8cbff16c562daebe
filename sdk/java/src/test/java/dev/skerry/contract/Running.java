package dev.skerry.contract;

import static dev.skerry.contract.Wanted.compare;
import static dev.skerry.contract.Wanted.json;
import static dev.skerry.contract.Wanted.picked;
import static dev.skerry.contract.Wanted.same;

import com.google.gson.JsonArray;
import dev.skerry.Command;
import dev.skerry.CommandFailed;
import dev.skerry.Event;
import dev.skerry.Exec;
import dev.skerry.ExecOptions;
import dev.skerry.Sandbox;
import dev.skerry.SandboxOptions;
import dev.skerry.Skerry;
import dev.skerry.SkerryException;
import dev.skerry.WriteOptions;
import dev.skerry.v1.ArchiveFormat;
import dev.skerry.v1.ExecInfo;
import dev.skerry.v1.FileInfo;
import dev.skerry.v1.Image;
import dev.skerry.v1.Snapshot;
import dev.skerry.v1.WatchSandboxesRequest;
import dev.skerry.v1.WatchSandboxesResponse.EventType;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Runs steps in one sandbox. */
final class Running {
  private static final byte[] MIB = new byte[1 << 20];

  static {
    for (var i = 0; i < MIB.length; i++) {
      MIB[i] = (byte) (i * 31 + (i >> 8));
    }
  }

  private final Skerry skerry;
  private final Sandbox sandbox;
  private Exec exec;

  Running(Skerry skerry, Sandbox sandbox) {
    this.skerry = skerry;
    this.sandbox = sandbox;
  }

  void steps(JsonArray steps) throws Exception {
    for (var element : steps) {
      var step = new Step(element.getAsJsonObject());
      if (step.has("error")) {
        mustFail(step);
      } else {
        step(step);
      }
    }
  }

  void throughCuts(JsonArray steps) throws Exception {
    try (var cut = new Skerry(System.getenv("SKERRY_CUT_ADDRESS"), null)) {
      new Running(cut, cut.sandboxes().get(sandbox.id())).steps(steps);
    }
  }

  private void inside(Sandbox sandbox, JsonArray steps) throws Exception {
    try (sandbox) {
      new Running(skerry, sandbox).steps(steps);
    }
  }

  private void mustFail(Step step) throws Exception {
    try {
      step(step);
    } catch (SkerryException | CommandFailed | IllegalArgumentException failed) {
      var all = Wanted.seen(failed);
      System.out.println("told\t" + json(all));
      same("the error", picked(all, step.fields().get("error")), step.fields().get("error"));
      return;
    }
    throw new AssertionError("no error of " + step.op());
  }

  private void step(Step step) throws Exception {
    if (!commandStep(step) && !fileStep(step) && !lifeStep(step) && !daemonStep(step)) {
      throw new AssertionError("there is no step " + step.op());
    }
  }

  private boolean commandStep(Step step) throws Exception {
    var commands = sandbox.commands();
    switch (step.op()) {
      case "run" -> compare(commands.run(step.command(), step.options()), step);
      case "check" -> same("the exit code", checked(step), step.want());
      case "must_exit" -> commands.run(step.command(), step.options()).check();
      case "callbacks" -> callbacks(step);
      case "stream" -> stream(step);
      case "both_ways" -> bothWays(step);
      case "start" -> exec = commands.start(step.command(), step.options());
      case "pty" ->
          exec =
              sandbox
                  .pty()
                  .start(
                      step.command(),
                      step.number("rows"),
                      step.number("columns"),
                      new ExecOptions());
      case "attach" -> exec = commands.attach(exec.id(), step.number("offset"), false);
      case "until" -> until(step.text("text"));
      case "write" -> exec.write(step.text("text"));
      case "end_input" -> exec.endInput();
      case "resize" -> exec.resize(step.number("rows"), step.number("columns"));
      case "kill" -> exec.kill();
      case "signal" -> exec.signal(Map.of("USR1", 10).get(step.text("signal")));
      case "wait" -> compare(exec.await(), step);
      case "execs" -> {
        List<ExecInfo> found = commands.list();
        same("the number of execs", found.size(), step.want());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private int checked(Step step) {
    try {
      return sandbox.commands().run(step.command(), new ExecOptions()).check().exitCode();
    } catch (CommandFailed failed) {
      return failed.result().exitCode();
    }
  }

  private void callbacks(Step step) {
    var stdout = new StringBuilder();
    var stderr = new StringBuilder();
    var options =
        new ExecOptions()
            .onStdout(data -> stdout.append(new String(data)))
            .onStderr(data -> stderr.append(new String(data)));
    sandbox.commands().run(step.command(), options);
    var told = Map.of("stdout", stdout.toString(), "stderr", stderr.toString());
    same("what was told", told, step.want());
  }

  private void stream(Step step) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    var bytes = 0;
    try (var exec = sandbox.commands().stream(step.command(), new ExecOptions())) {
      for (var event : exec) {
        if (event.kind() == Event.Kind.TRUNCATED) {
          throw new AssertionError("truncated before " + event.offset());
        }
        digest.update(event.data());
        bytes += event.data().length;
      }
      var sum = HexFormat.of().formatHex(digest.digest());
      var code = exec.exitCode().getAsInt();
      same("the output", Map.of("bytes", bytes, "sha256", sum, "exit_code", code), step.want());
    }
  }

  private void bothWays(Step step) throws Exception {
    var sent = MessageDigest.getInstance("SHA-256");
    var received = MessageDigest.getInstance("SHA-256");
    var pieces = new ArrayList<InputStream>();
    for (var at = 0; at < step.number("bytes"); at += MIB.length) {
      pieces.add(new ByteArrayInputStream(MIB));
    }
    var input = new SequenceInputStream(Collections.enumeration(pieces));
    var options = new ExecOptions().input(new DigestInputStream(input, sent));
    sandbox.commands().run(Command.of("cat"), options.onStdout(received::update));
    var hex = HexFormat.of();
    same("what came back", hex.formatHex(received.digest()), json(hex.formatHex(sent.digest())));
  }

  private void until(String text) {
    var seen = new StringBuilder();
    for (var event : exec) {
      seen.append(event.text());
      if (seen.indexOf(text) >= 0) {
        return;
      }
    }
    throw new AssertionError(text + " not in " + seen);
  }

  private boolean fileStep(Step step) throws Exception {
    var files = sandbox.files();
    switch (step.op()) {
      case "write_file" -> {
        var options = new WriteOptions();
        if (step.flag("append")) {
          options.append();
        }
        if (step.flag("create_new")) {
          options.createNew();
        }
        if (step.flag("make_parents")) {
          options.makeParents();
        }
        files.write(step.path(), step.text("text").getBytes("UTF-8"), options);
      }
      case "read_file" -> same("the file", files.readText(step.path()), step.want());
      case "digest" -> {
        var digest = MessageDigest.getInstance("SHA-256");
        try (var content = new DigestInputStream(files.readStream(step.path(), 0), digest)) {
          content.transferTo(OutputStream.nullOutputStream());
        }
        same("the digest", HexFormat.of().formatHex(digest.digest()), step.want());
      }
      case "list_files" -> {
        List<FileInfo> found = files.list(step.path(), step.flag("recursive"));
        var paths = found.stream().map(FileInfo::getPath).sorted().toList();
        var wanted = new ArrayList<String>();
        step.want().getAsJsonArray().forEach(path -> wanted.add(path.getAsString()));
        Collections.sort(wanted);
        same("the files", paths, json(wanted));
      }
      case "exists" -> exists(step.path());
      case "move" -> files.move(step.path(), step.text("to"), false);
      case "remove" -> files.remove(step.path(), step.flag("recursive"));
      case "watch" -> watch(step);
      case "copy_archive" -> {
        var tar = ArchiveFormat.ARCHIVE_FORMAT_TAR;
        try (var archive = files.download(step.path(), tar)) {
          files.upload(step.text("to"), archive, tar);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void exists(String path) throws InterruptedException {
    for (var tries = 0; tries < 600; tries++) {
      try {
        sandbox.files().stat(path);
        return;
      } catch (SkerryException notYet) {
        Thread.sleep(100);
      }
    }
    throw new AssertionError(path + " is not there");
  }

  private void watch(Step step) {
    try (var events = sandbox.files().watch(step.path(), false)) {
      for (var event : events) {
        if (event.hasWatching()) {
          sandbox.commands().run(step.text("then")).check();
        } else if (event.hasChange()) {
          same("what was changed", event.getChange().getPath(), step.want());
          return;
        }
      }
    }
  }

  private boolean lifeStep(Step step) throws Exception {
    switch (step.op()) {
      case "pause" -> same("the state", sandbox.pause().state(), step.want());
      case "resume" -> same("the state", sandbox.resume().state(), step.want());
      case "stop" -> same("the state", sandbox.stop(Duration.ZERO).state(), step.want());
      case "start_sandbox" -> same("the state", sandbox.start().state(), step.want());
      case "refresh" -> same("the state", sandbox.refresh().state(), step.want());
      case "keep_alive" -> {
        var kept = sandbox.keepAlive(Duration.ofMillis(step.number("period_ms")));
        same("whether it is kept", kept.info().hasKeepAliveTime(), json(true));
      }
      case "stats" -> Wanted.compare(sandbox.stats(), step);
      case "fork" -> {
        var forks = sandbox.fork(step.number("count"));
        same("the number of forks", forks.size(), step.fields().get("count"));
        for (var fork : forks) {
          inside(fork, step.steps());
        }
      }
      case "snapshot" -> {
        sandbox.snapshots().create(step.text("name"));
        var names = sandbox.snapshots().list().stream().map(Snapshot::getName).toList();
        same("the snapshots", names, json(List.of(step.text("name"))));
      }
      case "from_snapshot" -> {
        var options = new SandboxOptions().snapshot(step.text("name"));
        inside(skerry.sandboxes().create("", "", options), step.steps());
      }
      case "with_volume" -> {
        var options = new SandboxOptions().volume(step.text("path"), step.text("name"));
        inside(skerry.sandboxes().create("", "", options), step.steps());
      }
      case "url" -> {
        var url = sandbox.ports().url(step.number("port"));
        same(step.want() + " in " + url, url.contains(step.want().getAsString()), json(true));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean daemonStep(Step step) throws Exception {
    switch (step.op()) {
      case "delete_snapshot" -> skerry.snapshots().delete(step.text("name"));
      case "volume" -> {
        skerry.volumes().create(step.text("name"));
        steps(step.steps());
        skerry.volumes().delete(step.text("name"), false);
      }
      case "create" -> {
        var image = step.has("image") ? step.text("image") : "host";
        skerry.sandboxes().create(image, step.text("name"), new SandboxOptions()).delete();
      }
      case "get" -> skerry.sandboxes().get(step.text("name"));
      case "get_or_create" -> {
        var options = new SandboxOptions();
        try (var first = skerry.sandboxes().getOrCreate("host", step.text("name"), options)) {
          var second = skerry.sandboxes().getOrCreate("host", step.text("name"), options);
          same("the second's id", second.id(), json(first.id()));
        }
      }
      case "token" -> token(step);
      case "events" -> events();
      case "images" -> {
        var names = skerry.images().list().stream().map(Image::getName).toList();
        same("it is there", names.contains(step.want().getAsString()), json(true));
      }
      case "info" -> same("the API", skerry.info().getApiVersion(), step.want());
      case "delete_volume" -> skerry.volumes().delete(step.text("name"), false);
      case "revoked_midway" -> Failing.revokedMidway(skerry, sandbox);
      case "unknown_method" -> Failing.unknownMethod(skerry);
      case "other" -> other(step);
      case "through_cuts" -> throughCuts(step.steps());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void other(Step step) throws Exception {
    var ca = step.has("ca") ? new File(step.text("ca")) : null;
    try (var other = new Skerry(step.maybe("address"), step.maybe("token"), ca)) {
      if (!step.has("steps")) {
        other.info();
        return;
      }
      var here = step.flag("elsewhere") ? sandbox : other.sandboxes().get(sandbox.id());
      new Running(other, here).steps(step.steps());
    }
  }

  private void token(Step step) {
    var made = skerry.tokens().create(step.text("name"));
    try (var other = new Skerry(null, made.getSecret())) {
      var id = other.tokens().identity().getToken().getId();
      same("who calls", id, json(made.getToken().getId()));
      skerry.tokens().revoke(made.getToken().getId());
      other.info();
    } catch (SkerryException refused) {
      same("the code", refused.code().name(), json("UNAUTHENTICATED"));
      return;
    }
    throw new AssertionError("no error");
  }

  private void events() {
    var kinds = new ArrayList<EventType>();
    var request = WatchSandboxesRequest.newBuilder().setSandboxId(sandbox.id()).build();
    try (var events = skerry.events(request)) {
      for (var event : events) {
        kinds.add(event.getType());
        if (event.getType() == EventType.EVENT_TYPE_CURRENT) {
          sandbox.delete();
        }
        if (event.getType() == EventType.EVENT_TYPE_DELETED) {
          break;
        }
      }
    }
    var wanted = List.of(EventType.EVENT_TYPE_EXISTING, EventType.EVENT_TYPE_CURRENT);
    same("the first events", kinds.subList(0, 2), json(wanted));
  }
}
