import dev.skerry.Skerry;

/** Runs a command in a sandbox that is gone afterwards. */
public final class Hello {
  private Hello() {}

  public static void main(String[] arguments) {
    try (var skerry = new Skerry();
        var sandbox = skerry.sandboxes().create("host")) {
      var result = sandbox.commands().run("echo $((6 * 7))");
      System.out.print(result.check().stdout());
    }
  }
}
