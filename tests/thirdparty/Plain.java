import com.google.gson.Gson;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.util.TreeMap;
import skerry.v1.ExecServiceGrpc;
import skerry.v1.ExecServiceOuterClass.ExecSpec;
import skerry.v1.ExecServiceOuterClass.ExecStreamRequest;
import skerry.v1.SandboxServiceGrpc;
import skerry.v1.SandboxServiceOuterClass.CreateSandboxRequest;
import skerry.v1.SandboxServiceOuterClass.DeleteSandboxRequest;
import skerry.v1.SandboxServiceOuterClass.GetSandboxRequest;

/**
 * A stub by protoc and grpc-java, from the protos alone; prints what came as JSON.
 *
 * <p>Usage: Plain ADDRESS TOKEN
 */
final class Plain {
  private Plain() {}

  public static void main(String[] arguments) {
    var connection = ManagedChannelBuilder.forTarget(arguments[0]).usePlaintext().build();
    var headers = new Metadata();
    var name = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    headers.put(name, "Bearer " + arguments[1]);
    var token = MetadataUtils.newAttachHeadersInterceptor(headers);
    System.out.println(new Gson().toJson(visit(ClientInterceptors.intercept(connection, token))));
    connection.shutdownNow();
  }

  private static TreeMap<String, Object> visit(Channel channel) {
    var sandboxes = SandboxServiceGrpc.newBlockingStub(channel);
    var made = sandboxes.createSandbox(CreateSandboxRequest.newBuilder().setName("plain").build());
    var spec = ExecSpec.newBuilder();
    spec.addCommand("sh").addCommand("-c").addCommand("echo out; echo err >&2; exit 3");
    var request = ExecStreamRequest.newBuilder().setSandboxId(made.getId()).setSpec(spec).build();
    var said = new TreeMap<String, Object>();
    var frames = ExecServiceGrpc.newBlockingStub(channel).execStream(request);
    while (frames.hasNext()) {
      var frame = frames.next();
      switch (frame.getEventCase()) {
        case STDOUT -> said.merge("stdout", frame.getStdout().getData().toStringUtf8(), Plain::join);
        case STDERR -> said.merge("stderr", frame.getStderr().getData().toStringUtf8(), Plain::join);
        case EXITED -> said.put("exitCode", frame.getExited().getExitCode());
        default -> {}
      }
    }
    sandboxes.deleteSandbox(DeleteSandboxRequest.newBuilder().setSandboxId(made.getId()).build());
    try {
      sandboxes.getSandbox(GetSandboxRequest.newBuilder().setSandboxId(made.getId()).build());
      said.put("after", "OK");
    } catch (StatusRuntimeException gone) {
      said.put("after", gone.getStatus().getCode().name());
    }
    return said;
  }

  private static Object join(Object before, Object next) {
    return before.toString() + next;
  }
}
