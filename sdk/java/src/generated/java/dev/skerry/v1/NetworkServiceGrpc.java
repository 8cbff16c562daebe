package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * NetworkService tells what sandboxes tried to reach and could not. What they
 * may reach is part of a sandbox: see `NetworkPolicy`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class NetworkServiceGrpc {

  private NetworkServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.NetworkService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.WatchEgressRequest,
      dev.skerry.v1.WatchEgressResponse> getWatchEgressMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchEgress",
      requestType = dev.skerry.v1.WatchEgressRequest.class,
      responseType = dev.skerry.v1.WatchEgressResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.WatchEgressRequest,
      dev.skerry.v1.WatchEgressResponse> getWatchEgressMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.WatchEgressRequest, dev.skerry.v1.WatchEgressResponse> getWatchEgressMethod;
    if ((getWatchEgressMethod = NetworkServiceGrpc.getWatchEgressMethod) == null) {
      synchronized (NetworkServiceGrpc.class) {
        if ((getWatchEgressMethod = NetworkServiceGrpc.getWatchEgressMethod) == null) {
          NetworkServiceGrpc.getWatchEgressMethod = getWatchEgressMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.WatchEgressRequest, dev.skerry.v1.WatchEgressResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchEgress"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchEgressRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchEgressResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NetworkServiceMethodDescriptorSupplier("WatchEgress"))
              .build();
        }
      }
    }
    return getWatchEgressMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetEgressCountsRequest,
      dev.skerry.v1.EgressCounts> getGetEgressCountsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetEgressCounts",
      requestType = dev.skerry.v1.GetEgressCountsRequest.class,
      responseType = dev.skerry.v1.EgressCounts.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetEgressCountsRequest,
      dev.skerry.v1.EgressCounts> getGetEgressCountsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetEgressCountsRequest, dev.skerry.v1.EgressCounts> getGetEgressCountsMethod;
    if ((getGetEgressCountsMethod = NetworkServiceGrpc.getGetEgressCountsMethod) == null) {
      synchronized (NetworkServiceGrpc.class) {
        if ((getGetEgressCountsMethod = NetworkServiceGrpc.getGetEgressCountsMethod) == null) {
          NetworkServiceGrpc.getGetEgressCountsMethod = getGetEgressCountsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetEgressCountsRequest, dev.skerry.v1.EgressCounts>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetEgressCounts"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetEgressCountsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.EgressCounts.getDefaultInstance()))
              .setSchemaDescriptor(new NetworkServiceMethodDescriptorSupplier("GetEgressCounts"))
              .build();
        }
      }
    }
    return getGetEgressCountsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static NetworkServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NetworkServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NetworkServiceStub>() {
        @java.lang.Override
        public NetworkServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NetworkServiceStub(channel, callOptions);
        }
      };
    return NetworkServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static NetworkServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NetworkServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NetworkServiceBlockingV2Stub>() {
        @java.lang.Override
        public NetworkServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NetworkServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return NetworkServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static NetworkServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NetworkServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NetworkServiceBlockingStub>() {
        @java.lang.Override
        public NetworkServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NetworkServiceBlockingStub(channel, callOptions);
        }
      };
    return NetworkServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static NetworkServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NetworkServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NetworkServiceFutureStub>() {
        @java.lang.Override
        public NetworkServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NetworkServiceFutureStub(channel, callOptions);
        }
      };
    return NetworkServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * NetworkService tells what sandboxes tried to reach and could not. What they
   * may reach is part of a sandbox: see `NetworkPolicy`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * WatchEgress streams what is refused to sandboxes, as it happens: packets,
     * and names that do not resolve. Of packets at most some hundreds a second
     * are told; GetEgressCounts has them all. A watcher that falls more than
     * 1,024 events behind gets RESOURCE_EXHAUSTED and watches anew. A
     * KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where sandboxes have no network.
     * </pre>
     */
    default void watchEgress(dev.skerry.v1.WatchEgressRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.WatchEgressResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchEgressMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetEgressCounts tells how much was refused to a sandbox.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where it has no network.
     * </pre>
     */
    default void getEgressCounts(dev.skerry.v1.GetEgressCountsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.EgressCounts> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetEgressCountsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service NetworkService.
   * <pre>
   * NetworkService tells what sandboxes tried to reach and could not. What they
   * may reach is part of a sandbox: see `NetworkPolicy`.
   * </pre>
   */
  public static abstract class NetworkServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return NetworkServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service NetworkService.
   * <pre>
   * NetworkService tells what sandboxes tried to reach and could not. What they
   * may reach is part of a sandbox: see `NetworkPolicy`.
   * </pre>
   */
  public static final class NetworkServiceStub
      extends io.grpc.stub.AbstractAsyncStub<NetworkServiceStub> {
    private NetworkServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NetworkServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NetworkServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * WatchEgress streams what is refused to sandboxes, as it happens: packets,
     * and names that do not resolve. Of packets at most some hundreds a second
     * are told; GetEgressCounts has them all. A watcher that falls more than
     * 1,024 events behind gets RESOURCE_EXHAUSTED and watches anew. A
     * KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where sandboxes have no network.
     * </pre>
     */
    public void watchEgress(dev.skerry.v1.WatchEgressRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.WatchEgressResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchEgressMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetEgressCounts tells how much was refused to a sandbox.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where it has no network.
     * </pre>
     */
    public void getEgressCounts(dev.skerry.v1.GetEgressCountsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.EgressCounts> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetEgressCountsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service NetworkService.
   * <pre>
   * NetworkService tells what sandboxes tried to reach and could not. What they
   * may reach is part of a sandbox: see `NetworkPolicy`.
   * </pre>
   */
  public static final class NetworkServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<NetworkServiceBlockingV2Stub> {
    private NetworkServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NetworkServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NetworkServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * WatchEgress streams what is refused to sandboxes, as it happens: packets,
     * and names that do not resolve. Of packets at most some hundreds a second
     * are told; GetEgressCounts has them all. A watcher that falls more than
     * 1,024 events behind gets RESOURCE_EXHAUSTED and watches anew. A
     * KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where sandboxes have no network.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.WatchEgressResponse>
        watchEgress(dev.skerry.v1.WatchEgressRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchEgressMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetEgressCounts tells how much was refused to a sandbox.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where it has no network.
     * </pre>
     */
    public dev.skerry.v1.EgressCounts getEgressCounts(dev.skerry.v1.GetEgressCountsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetEgressCountsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service NetworkService.
   * <pre>
   * NetworkService tells what sandboxes tried to reach and could not. What they
   * may reach is part of a sandbox: see `NetworkPolicy`.
   * </pre>
   */
  public static final class NetworkServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<NetworkServiceBlockingStub> {
    private NetworkServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NetworkServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NetworkServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * WatchEgress streams what is refused to sandboxes, as it happens: packets,
     * and names that do not resolve. Of packets at most some hundreds a second
     * are told; GetEgressCounts has them all. A watcher that falls more than
     * 1,024 events behind gets RESOURCE_EXHAUSTED and watches anew. A
     * KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where sandboxes have no network.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.WatchEgressResponse> watchEgress(
        dev.skerry.v1.WatchEgressRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchEgressMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetEgressCounts tells how much was refused to a sandbox.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where it has no network.
     * </pre>
     */
    public dev.skerry.v1.EgressCounts getEgressCounts(dev.skerry.v1.GetEgressCountsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetEgressCountsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service NetworkService.
   * <pre>
   * NetworkService tells what sandboxes tried to reach and could not. What they
   * may reach is part of a sandbox: see `NetworkPolicy`.
   * </pre>
   */
  public static final class NetworkServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<NetworkServiceFutureStub> {
    private NetworkServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NetworkServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NetworkServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetEgressCounts tells how much was refused to a sandbox.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where it has no network.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.EgressCounts> getEgressCounts(
        dev.skerry.v1.GetEgressCountsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetEgressCountsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_WATCH_EGRESS = 0;
  private static final int METHODID_GET_EGRESS_COUNTS = 1;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_WATCH_EGRESS:
          serviceImpl.watchEgress((dev.skerry.v1.WatchEgressRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.WatchEgressResponse>) responseObserver);
          break;
        case METHODID_GET_EGRESS_COUNTS:
          serviceImpl.getEgressCounts((dev.skerry.v1.GetEgressCountsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.EgressCounts>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getWatchEgressMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.WatchEgressRequest,
              dev.skerry.v1.WatchEgressResponse>(
                service, METHODID_WATCH_EGRESS)))
        .addMethod(
          getGetEgressCountsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetEgressCountsRequest,
              dev.skerry.v1.EgressCounts>(
                service, METHODID_GET_EGRESS_COUNTS)))
        .build();
  }

  private static abstract class NetworkServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    NetworkServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.NetworkServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("NetworkService");
    }
  }

  private static final class NetworkServiceFileDescriptorSupplier
      extends NetworkServiceBaseDescriptorSupplier {
    NetworkServiceFileDescriptorSupplier() {}
  }

  private static final class NetworkServiceMethodDescriptorSupplier
      extends NetworkServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    NetworkServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (NetworkServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new NetworkServiceFileDescriptorSupplier())
              .addMethod(getWatchEgressMethod())
              .addMethod(getGetEgressCountsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
