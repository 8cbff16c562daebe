package dev.skerry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;

/** Puts the daemon's address into the trailers of each call, so that its errors can name it. */
record Addressed(String address) implements ClientInterceptor {
  private static final Metadata.Key<String> ADDRESS =
      Metadata.Key.of("skerry-address", Metadata.ASCII_STRING_MARSHALLER);

  /** The address of the daemon that a call was for. */
  static String of(StatusException failed) {
    var trailers = failed.getTrailers();
    var address = trailers == null ? null : trailers.get(ADDRESS);
    return address == null ? "the address" : address;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        var addressed =
            new SimpleForwardingClientCallListener<A>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                trailers.discardAll(ADDRESS);
                trailers.put(ADDRESS, address);
                super.onClose(status, trailers);
              }
            };
        super.start(addressed, headers);
      }
    };
  }
}
