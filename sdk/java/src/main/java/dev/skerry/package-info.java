/**
 * Isolated Linux machines in milliseconds: a client for Skerry.
 *
 * <pre>{@code
 * try (var skerry = new Skerry(); var sandbox = skerry.sandboxes().create("host")) {
 *   System.out.print(sandbox.commands().run("echo $((6 * 7))").check().stdout());
 * }
 * }</pre>
 *
 * <p>A failed call is a {@link dev.skerry.SkerryException}. The messages of the API are in {@code
 * dev.skerry.v1}.
 */
package dev.skerry;
