package dev.skerry.contract;

import dev.skerry.Sandbox;
import dev.skerry.Skerry;
import dev.skerry.v1.GetSandboxRequest;
import dev.skerry.v1.SandboxServiceGrpc;
import io.grpc.stub.ClientCalls;

/** Steps that are there to fail. */
final class Failing {
  private Failing() {}

  /** A stream whose token is revoked after the first output. */
  static void revokedMidway(Skerry skerry, Sandbox sandbox) {
    var made = skerry.tokens().create("soon revoked");
    try (var other = new Skerry(null, made.getSecret());
        var exec = other.sandboxes().get(sandbox.id()).commands().stream("echo ready; sleep 1000")) {
      exec.forEach(event -> skerry.tokens().revoke(made.getToken().getId()));
    }
  }

  /** A method that the daemon does not have, as one of a newer library would be. */
  static void unknownMethod(Skerry skerry) {
    var method =
        SandboxServiceGrpc.getGetSandboxMethod().toBuilder()
            .setFullMethodName("skerry.v1.SandboxService/Juggle")
            .build();
    var stub = skerry.client().sandboxes;
    var request = GetSandboxRequest.getDefaultInstance();
    skerry
        .client()
        .call(
            () ->
                ClientCalls.blockingV2UnaryCall(
                    stub.getChannel(), method, stub.getCallOptions(), request));
  }
}
