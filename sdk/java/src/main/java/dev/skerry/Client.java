package dev.skerry;

import dev.skerry.v1.ExecServiceGrpc;
import dev.skerry.v1.FileServiceGrpc;
import dev.skerry.v1.ImageServiceGrpc;
import dev.skerry.v1.NetworkServiceGrpc;
import dev.skerry.v1.PreviewServiceGrpc;
import dev.skerry.v1.SandboxServiceGrpc;
import dev.skerry.v1.SnapshotServiceGrpc;
import dev.skerry.v1.SystemServiceGrpc;
import dev.skerry.v1.TokenServiceGrpc;
import dev.skerry.v1.VolumeServiceGrpc;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The generated stubs, for what has no method elsewhere. Their own errors are {@link
 * StatusException}s, of which {@link #call} makes typed ones.
 */
public final class Client {
  /** So much of an exec's output the daemon still has when the connection is cut. */
  private static final int STREAM_WINDOW = 384 << 10;

  /** An exec answers with at most 16 MiB of stdout and of stderr. */
  private static final int MAX_MESSAGE = 40 << 20;

  /** A peer that has vanished is noticed after twice this. */
  private static final int PING_SECONDS = 20;

  private final ManagedChannel channel;
  public final SandboxServiceGrpc.SandboxServiceBlockingV2Stub sandboxes;
  public final ExecServiceGrpc.ExecServiceBlockingV2Stub execs;
  public final FileServiceGrpc.FileServiceBlockingV2Stub files;
  public final ImageServiceGrpc.ImageServiceBlockingV2Stub images;
  public final NetworkServiceGrpc.NetworkServiceBlockingV2Stub network;
  public final PreviewServiceGrpc.PreviewServiceBlockingV2Stub previews;
  public final SnapshotServiceGrpc.SnapshotServiceBlockingV2Stub snapshots;
  public final SystemServiceGrpc.SystemServiceBlockingV2Stub system;
  public final TokenServiceGrpc.TokenServiceBlockingV2Stub tokens;
  public final VolumeServiceGrpc.VolumeServiceBlockingV2Stub volumes;

  Client(Config config) {
    channel =
        NettyChannelBuilder.forTarget(config.target(), credentials(config))
            .userAgent("skerry-java/0.1.0")
            .flowControlWindow(STREAM_WINDOW)
            .maxInboundMessageSize(MAX_MESSAGE)
            .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(PING_SECONDS, TimeUnit.SECONDS)
            .build();
    var authorized = authorized(config);
    sandboxes = SandboxServiceGrpc.newBlockingV2Stub(authorized);
    execs = ExecServiceGrpc.newBlockingV2Stub(authorized);
    files = FileServiceGrpc.newBlockingV2Stub(authorized);
    images = ImageServiceGrpc.newBlockingV2Stub(authorized);
    network = NetworkServiceGrpc.newBlockingV2Stub(authorized);
    previews = PreviewServiceGrpc.newBlockingV2Stub(authorized);
    snapshots = SnapshotServiceGrpc.newBlockingV2Stub(authorized);
    system = SystemServiceGrpc.newBlockingV2Stub(authorized);
    tokens = TokenServiceGrpc.newBlockingV2Stub(authorized);
    volumes = VolumeServiceGrpc.newBlockingV2Stub(authorized);
  }

  private static ChannelCredentials credentials(Config config) {
    if (!config.secure()) {
      return InsecureChannelCredentials.create();
    }
    if (config.ca() == null) {
      return TlsChannelCredentials.create();
    }
    try {
      return TlsChannelCredentials.newBuilder().trustManager(config.ca()).build();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private Channel authorized(Config config) {
    var addressed = ClientInterceptors.intercept(channel, new Addressed(config.address()));
    if (config.token().isEmpty()) {
      return addressed;
    }
    var headers = new Metadata();
    var name = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    headers.put(name, "Bearer " + config.token());
    return ClientInterceptors.intercept(
        addressed, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  ManagedChannel channel() {
    return channel;
  }

  /** One call of a stub. */
  public interface Call<T> {
    T make() throws StatusException, InterruptedException;
  }

  /** Makes a call of a stub, again where that may help. Its errors are typed. */
  public <T> T call(Call<T> call) {
    var tries = new Tries(this);
    while (true) {
      try {
        return once(call);
      } catch (SkerryException failed) {
        tries.afterCall(failed);
      }
    }
  }

  /** Makes a call once: a second one would do something else than the first. */
  static <T> T once(Call<T> call) {
    try {
      return call.make();
    } catch (StatusException failed) {
      throw SkerryException.of(failed);
    } catch (InterruptedException interrupted) {
      throw SkerryException.interrupted(interrupted);
    }
  }

  /**
   * Ends a call that its caller leaves, and takes what it had received: the memory of that is given
   * back by who reads it.
   */
  static void leave(BlockingClientCall<?, ?> call) {
    call.cancel("its caller left", null);
    try {
      while (call.read() != null) {
        // Not wanted any more.
      }
    } catch (StatusException ended) {
      // As it was told to.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stream's messages; what is cut is an error. */
  <T> Messages<T> messages(Supplier<BlockingClientCall<?, T>> open) {
    return new Messages<>(open, null);
  }

  /** A stream's messages, which begins anew where it was cut. */
  <T> Messages<T> again(Supplier<BlockingClientCall<?, T>> open) {
    return new Messages<>(open, new Tries(this));
  }

  /** All items of a list. */
  <P, T> List<T> pages(
      Function<String, Call<P>> page, Function<P, List<T>> items, Function<P, String> next) {
    var all = new ArrayList<T>();
    var token = "";
    do {
      var found = call(page.apply(token));
      all.addAll(items.apply(found));
      token = next.apply(found);
    } while (!token.isEmpty());
    return all;
  }

  void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      throw SkerryException.interrupted(interrupted);
    }
  }
}
