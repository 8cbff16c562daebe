package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * PairingService gives a device its token by a short code that a person reads
 * off one screen and enters, or scans, on another.
 * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
 * and for one device, and is dead after 5 wrong tries: each wrong try counts
 * against every code that is open.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PairingServiceGrpc {

  private PairingServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.PairingService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreatePairingRequest,
      dev.skerry.v1.Pairing> getCreatePairingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreatePairing",
      requestType = dev.skerry.v1.CreatePairingRequest.class,
      responseType = dev.skerry.v1.Pairing.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreatePairingRequest,
      dev.skerry.v1.Pairing> getCreatePairingMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreatePairingRequest, dev.skerry.v1.Pairing> getCreatePairingMethod;
    if ((getCreatePairingMethod = PairingServiceGrpc.getCreatePairingMethod) == null) {
      synchronized (PairingServiceGrpc.class) {
        if ((getCreatePairingMethod = PairingServiceGrpc.getCreatePairingMethod) == null) {
          PairingServiceGrpc.getCreatePairingMethod = getCreatePairingMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreatePairingRequest, dev.skerry.v1.Pairing>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreatePairing"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreatePairingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Pairing.getDefaultInstance()))
              .setSchemaDescriptor(new PairingServiceMethodDescriptorSupplier("CreatePairing"))
              .build();
        }
      }
    }
    return getCreatePairingMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ConfirmPairingRequest,
      dev.skerry.v1.ConfirmPairingResponse> getConfirmPairingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ConfirmPairing",
      requestType = dev.skerry.v1.ConfirmPairingRequest.class,
      responseType = dev.skerry.v1.ConfirmPairingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ConfirmPairingRequest,
      dev.skerry.v1.ConfirmPairingResponse> getConfirmPairingMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ConfirmPairingRequest, dev.skerry.v1.ConfirmPairingResponse> getConfirmPairingMethod;
    if ((getConfirmPairingMethod = PairingServiceGrpc.getConfirmPairingMethod) == null) {
      synchronized (PairingServiceGrpc.class) {
        if ((getConfirmPairingMethod = PairingServiceGrpc.getConfirmPairingMethod) == null) {
          PairingServiceGrpc.getConfirmPairingMethod = getConfirmPairingMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ConfirmPairingRequest, dev.skerry.v1.ConfirmPairingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ConfirmPairing"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ConfirmPairingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ConfirmPairingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PairingServiceMethodDescriptorSupplier("ConfirmPairing"))
              .build();
        }
      }
    }
    return getConfirmPairingMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PairingServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PairingServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PairingServiceStub>() {
        @java.lang.Override
        public PairingServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PairingServiceStub(channel, callOptions);
        }
      };
    return PairingServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PairingServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PairingServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PairingServiceBlockingV2Stub>() {
        @java.lang.Override
        public PairingServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PairingServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PairingServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PairingServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PairingServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PairingServiceBlockingStub>() {
        @java.lang.Override
        public PairingServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PairingServiceBlockingStub(channel, callOptions);
        }
      };
    return PairingServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PairingServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PairingServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PairingServiceFutureStub>() {
        @java.lang.Override
        public PairingServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PairingServiceFutureStub(channel, callOptions);
        }
      };
    return PairingServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * PairingService gives a device its token by a short code that a person reads
   * off one screen and enters, or scans, on another.
   * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
   * and for one device, and is dead after 5 wrong tries: each wrong try counts
   * against every code that is open.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreatePairing makes a code.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED while 16 codes are open.
     * </pre>
     */
    default void createPairing(dev.skerry.v1.CreatePairingRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Pairing> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreatePairingMethod(), responseObserver);
    }

    /**
     * <pre>
     * ConfirmPairing answers with a token for a code, and needs no token itself.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for a code that is wrong, used, dead or
     * older than 5 minutes, which are one answer; RESOURCE_EXHAUSTED with the
     * time to wait after 10 tries in a minute from one address (IPv6: one /64),
     * and after 60 from all together.
     * </pre>
     */
    default void confirmPairing(dev.skerry.v1.ConfirmPairingRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ConfirmPairingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getConfirmPairingMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PairingService.
   * <pre>
   * PairingService gives a device its token by a short code that a person reads
   * off one screen and enters, or scans, on another.
   * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
   * and for one device, and is dead after 5 wrong tries: each wrong try counts
   * against every code that is open.
   * </pre>
   */
  public static abstract class PairingServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PairingServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PairingService.
   * <pre>
   * PairingService gives a device its token by a short code that a person reads
   * off one screen and enters, or scans, on another.
   * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
   * and for one device, and is dead after 5 wrong tries: each wrong try counts
   * against every code that is open.
   * </pre>
   */
  public static final class PairingServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PairingServiceStub> {
    private PairingServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PairingServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PairingServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePairing makes a code.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED while 16 codes are open.
     * </pre>
     */
    public void createPairing(dev.skerry.v1.CreatePairingRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Pairing> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreatePairingMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ConfirmPairing answers with a token for a code, and needs no token itself.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for a code that is wrong, used, dead or
     * older than 5 minutes, which are one answer; RESOURCE_EXHAUSTED with the
     * time to wait after 10 tries in a minute from one address (IPv6: one /64),
     * and after 60 from all together.
     * </pre>
     */
    public void confirmPairing(dev.skerry.v1.ConfirmPairingRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ConfirmPairingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getConfirmPairingMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PairingService.
   * <pre>
   * PairingService gives a device its token by a short code that a person reads
   * off one screen and enters, or scans, on another.
   * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
   * and for one device, and is dead after 5 wrong tries: each wrong try counts
   * against every code that is open.
   * </pre>
   */
  public static final class PairingServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PairingServiceBlockingV2Stub> {
    private PairingServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PairingServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PairingServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePairing makes a code.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED while 16 codes are open.
     * </pre>
     */
    public dev.skerry.v1.Pairing createPairing(dev.skerry.v1.CreatePairingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreatePairingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ConfirmPairing answers with a token for a code, and needs no token itself.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for a code that is wrong, used, dead or
     * older than 5 minutes, which are one answer; RESOURCE_EXHAUSTED with the
     * time to wait after 10 tries in a minute from one address (IPv6: one /64),
     * and after 60 from all together.
     * </pre>
     */
    public dev.skerry.v1.ConfirmPairingResponse confirmPairing(dev.skerry.v1.ConfirmPairingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getConfirmPairingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PairingService.
   * <pre>
   * PairingService gives a device its token by a short code that a person reads
   * off one screen and enters, or scans, on another.
   * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
   * and for one device, and is dead after 5 wrong tries: each wrong try counts
   * against every code that is open.
   * </pre>
   */
  public static final class PairingServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PairingServiceBlockingStub> {
    private PairingServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PairingServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PairingServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePairing makes a code.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED while 16 codes are open.
     * </pre>
     */
    public dev.skerry.v1.Pairing createPairing(dev.skerry.v1.CreatePairingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreatePairingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ConfirmPairing answers with a token for a code, and needs no token itself.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for a code that is wrong, used, dead or
     * older than 5 minutes, which are one answer; RESOURCE_EXHAUSTED with the
     * time to wait after 10 tries in a minute from one address (IPv6: one /64),
     * and after 60 from all together.
     * </pre>
     */
    public dev.skerry.v1.ConfirmPairingResponse confirmPairing(dev.skerry.v1.ConfirmPairingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getConfirmPairingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PairingService.
   * <pre>
   * PairingService gives a device its token by a short code that a person reads
   * off one screen and enters, or scans, on another.
   * A code has 6 characters of 2-9 and A-Z without I and O, is good for 5 minutes
   * and for one device, and is dead after 5 wrong tries: each wrong try counts
   * against every code that is open.
   * </pre>
   */
  public static final class PairingServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PairingServiceFutureStub> {
    private PairingServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PairingServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PairingServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreatePairing makes a code.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED while 16 codes are open.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Pairing> createPairing(
        dev.skerry.v1.CreatePairingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreatePairingMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ConfirmPairing answers with a token for a code, and needs no token itself.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for a code that is wrong, used, dead or
     * older than 5 minutes, which are one answer; RESOURCE_EXHAUSTED with the
     * time to wait after 10 tries in a minute from one address (IPv6: one /64),
     * and after 60 from all together.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ConfirmPairingResponse> confirmPairing(
        dev.skerry.v1.ConfirmPairingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getConfirmPairingMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_PAIRING = 0;
  private static final int METHODID_CONFIRM_PAIRING = 1;

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
        case METHODID_CREATE_PAIRING:
          serviceImpl.createPairing((dev.skerry.v1.CreatePairingRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Pairing>) responseObserver);
          break;
        case METHODID_CONFIRM_PAIRING:
          serviceImpl.confirmPairing((dev.skerry.v1.ConfirmPairingRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ConfirmPairingResponse>) responseObserver);
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
          getCreatePairingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreatePairingRequest,
              dev.skerry.v1.Pairing>(
                service, METHODID_CREATE_PAIRING)))
        .addMethod(
          getConfirmPairingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ConfirmPairingRequest,
              dev.skerry.v1.ConfirmPairingResponse>(
                service, METHODID_CONFIRM_PAIRING)))
        .build();
  }

  private static abstract class PairingServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PairingServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.PairingServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PairingService");
    }
  }

  private static final class PairingServiceFileDescriptorSupplier
      extends PairingServiceBaseDescriptorSupplier {
    PairingServiceFileDescriptorSupplier() {}
  }

  private static final class PairingServiceMethodDescriptorSupplier
      extends PairingServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PairingServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PairingServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PairingServiceFileDescriptorSupplier())
              .addMethod(getCreatePairingMethod())
              .addMethod(getConfirmPairingMethod())
              .build();
        }
      }
    }
    return result;
  }
}
