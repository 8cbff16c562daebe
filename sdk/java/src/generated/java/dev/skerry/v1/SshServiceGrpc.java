package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SshService says who may come to sandboxes over SSH, at the address that the
 * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
 * name; a key opens it, never a password. Agent and forwarding are off.
 * Every call answers FAILED_PRECONDITION where SSH is off.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SshServiceGrpc {

  private SshServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.SshService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateSshKeyRequest,
      dev.skerry.v1.SshKey> getCreateSshKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSshKey",
      requestType = dev.skerry.v1.CreateSshKeyRequest.class,
      responseType = dev.skerry.v1.SshKey.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateSshKeyRequest,
      dev.skerry.v1.SshKey> getCreateSshKeyMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateSshKeyRequest, dev.skerry.v1.SshKey> getCreateSshKeyMethod;
    if ((getCreateSshKeyMethod = SshServiceGrpc.getCreateSshKeyMethod) == null) {
      synchronized (SshServiceGrpc.class) {
        if ((getCreateSshKeyMethod = SshServiceGrpc.getCreateSshKeyMethod) == null) {
          SshServiceGrpc.getCreateSshKeyMethod = getCreateSshKeyMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateSshKeyRequest, dev.skerry.v1.SshKey>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSshKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateSshKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SshKey.getDefaultInstance()))
              .setSchemaDescriptor(new SshServiceMethodDescriptorSupplier("CreateSshKey"))
              .build();
        }
      }
    }
    return getCreateSshKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListSshKeysRequest,
      dev.skerry.v1.ListSshKeysResponse> getListSshKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSshKeys",
      requestType = dev.skerry.v1.ListSshKeysRequest.class,
      responseType = dev.skerry.v1.ListSshKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListSshKeysRequest,
      dev.skerry.v1.ListSshKeysResponse> getListSshKeysMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListSshKeysRequest, dev.skerry.v1.ListSshKeysResponse> getListSshKeysMethod;
    if ((getListSshKeysMethod = SshServiceGrpc.getListSshKeysMethod) == null) {
      synchronized (SshServiceGrpc.class) {
        if ((getListSshKeysMethod = SshServiceGrpc.getListSshKeysMethod) == null) {
          SshServiceGrpc.getListSshKeysMethod = getListSshKeysMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListSshKeysRequest, dev.skerry.v1.ListSshKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSshKeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSshKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSshKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SshServiceMethodDescriptorSupplier("ListSshKeys"))
              .build();
        }
      }
    }
    return getListSshKeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSshKeyRequest,
      dev.skerry.v1.DeleteSshKeyResponse> getDeleteSshKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSshKey",
      requestType = dev.skerry.v1.DeleteSshKeyRequest.class,
      responseType = dev.skerry.v1.DeleteSshKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSshKeyRequest,
      dev.skerry.v1.DeleteSshKeyResponse> getDeleteSshKeyMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSshKeyRequest, dev.skerry.v1.DeleteSshKeyResponse> getDeleteSshKeyMethod;
    if ((getDeleteSshKeyMethod = SshServiceGrpc.getDeleteSshKeyMethod) == null) {
      synchronized (SshServiceGrpc.class) {
        if ((getDeleteSshKeyMethod = SshServiceGrpc.getDeleteSshKeyMethod) == null) {
          SshServiceGrpc.getDeleteSshKeyMethod = getDeleteSshKeyMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteSshKeyRequest, dev.skerry.v1.DeleteSshKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSshKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSshKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSshKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SshServiceMethodDescriptorSupplier("DeleteSshKey"))
              .build();
        }
      }
    }
    return getDeleteSshKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateSshAccessRequest,
      dev.skerry.v1.CreateSshAccessResponse> getCreateSshAccessMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSshAccess",
      requestType = dev.skerry.v1.CreateSshAccessRequest.class,
      responseType = dev.skerry.v1.CreateSshAccessResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateSshAccessRequest,
      dev.skerry.v1.CreateSshAccessResponse> getCreateSshAccessMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateSshAccessRequest, dev.skerry.v1.CreateSshAccessResponse> getCreateSshAccessMethod;
    if ((getCreateSshAccessMethod = SshServiceGrpc.getCreateSshAccessMethod) == null) {
      synchronized (SshServiceGrpc.class) {
        if ((getCreateSshAccessMethod = SshServiceGrpc.getCreateSshAccessMethod) == null) {
          SshServiceGrpc.getCreateSshAccessMethod = getCreateSshAccessMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateSshAccessRequest, dev.skerry.v1.CreateSshAccessResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSshAccess"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateSshAccessRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateSshAccessResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SshServiceMethodDescriptorSupplier("CreateSshAccess"))
              .build();
        }
      }
    }
    return getCreateSshAccessMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListSshAccessesRequest,
      dev.skerry.v1.ListSshAccessesResponse> getListSshAccessesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSshAccesses",
      requestType = dev.skerry.v1.ListSshAccessesRequest.class,
      responseType = dev.skerry.v1.ListSshAccessesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListSshAccessesRequest,
      dev.skerry.v1.ListSshAccessesResponse> getListSshAccessesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListSshAccessesRequest, dev.skerry.v1.ListSshAccessesResponse> getListSshAccessesMethod;
    if ((getListSshAccessesMethod = SshServiceGrpc.getListSshAccessesMethod) == null) {
      synchronized (SshServiceGrpc.class) {
        if ((getListSshAccessesMethod = SshServiceGrpc.getListSshAccessesMethod) == null) {
          SshServiceGrpc.getListSshAccessesMethod = getListSshAccessesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListSshAccessesRequest, dev.skerry.v1.ListSshAccessesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSshAccesses"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSshAccessesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSshAccessesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SshServiceMethodDescriptorSupplier("ListSshAccesses"))
              .build();
        }
      }
    }
    return getListSshAccessesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSshAccessRequest,
      dev.skerry.v1.DeleteSshAccessResponse> getDeleteSshAccessMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSshAccess",
      requestType = dev.skerry.v1.DeleteSshAccessRequest.class,
      responseType = dev.skerry.v1.DeleteSshAccessResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSshAccessRequest,
      dev.skerry.v1.DeleteSshAccessResponse> getDeleteSshAccessMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSshAccessRequest, dev.skerry.v1.DeleteSshAccessResponse> getDeleteSshAccessMethod;
    if ((getDeleteSshAccessMethod = SshServiceGrpc.getDeleteSshAccessMethod) == null) {
      synchronized (SshServiceGrpc.class) {
        if ((getDeleteSshAccessMethod = SshServiceGrpc.getDeleteSshAccessMethod) == null) {
          SshServiceGrpc.getDeleteSshAccessMethod = getDeleteSshAccessMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteSshAccessRequest, dev.skerry.v1.DeleteSshAccessResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSshAccess"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSshAccessRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSshAccessResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SshServiceMethodDescriptorSupplier("DeleteSshAccess"))
              .build();
        }
      }
    }
    return getDeleteSshAccessMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SshServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SshServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SshServiceStub>() {
        @java.lang.Override
        public SshServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SshServiceStub(channel, callOptions);
        }
      };
    return SshServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SshServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SshServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SshServiceBlockingV2Stub>() {
        @java.lang.Override
        public SshServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SshServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SshServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SshServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SshServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SshServiceBlockingStub>() {
        @java.lang.Override
        public SshServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SshServiceBlockingStub(channel, callOptions);
        }
      };
    return SshServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SshServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SshServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SshServiceFutureStub>() {
        @java.lang.Override
        public SshServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SshServiceFutureStub(channel, callOptions);
        }
      };
    return SshServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SshService says who may come to sandboxes over SSH, at the address that the
   * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
   * name; a key opens it, never a password. Agent and forwarding are off.
   * Every call answers FAILED_PRECONDITION where SSH is off.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateSshKey lets a key in for as long as the token of this call is known
     * to the daemon: to each sandbox that the token may reach. Errors:
     * INVALID_ARGUMENT; ALREADY_EXISTS for a key that is let in already;
     * RESOURCE_EXHAUSTED at 1000 keys.
     * </pre>
     */
    default void createSshKey(dev.skerry.v1.CreateSshKeyRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SshKey> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSshKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSshKeys reads the keys of all tokens, oldest first, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    default void listSshKeys(dev.skerry.v1.ListSshKeysRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSshKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSshKeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteSshKey takes a key away and ends the sessions that it opened; one
     * that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    default void deleteSshKey(dev.skerry.v1.DeleteSshKeyRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSshKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSshKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * CreateSshAccess lets one key in to one sandbox for a while. When that has
     * passed, sessions that are open end. Errors: INVALID_ARGUMENT; NOT_FOUND;
     * RESOURCE_EXHAUSTED at 10,000 accesses.
     * </pre>
     */
    default void createSshAccess(dev.skerry.v1.CreateSshAccessRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.CreateSshAccessResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSshAccessMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSshAccesses reads the accesses that have not run out, oldest first, a
     * page at a time. Errors: NOT_FOUND for a sandbox that is asked for.
     * </pre>
     */
    default void listSshAccesses(dev.skerry.v1.ListSshAccessesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSshAccessesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSshAccessesMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteSshAccess takes an access away and ends the sessions that it opened;
     * one that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    default void deleteSshAccess(dev.skerry.v1.DeleteSshAccessRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSshAccessResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSshAccessMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SshService.
   * <pre>
   * SshService says who may come to sandboxes over SSH, at the address that the
   * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
   * name; a key opens it, never a password. Agent and forwarding are off.
   * Every call answers FAILED_PRECONDITION where SSH is off.
   * </pre>
   */
  public static abstract class SshServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SshServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SshService.
   * <pre>
   * SshService says who may come to sandboxes over SSH, at the address that the
   * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
   * name; a key opens it, never a password. Agent and forwarding are off.
   * Every call answers FAILED_PRECONDITION where SSH is off.
   * </pre>
   */
  public static final class SshServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SshServiceStub> {
    private SshServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SshServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SshServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSshKey lets a key in for as long as the token of this call is known
     * to the daemon: to each sandbox that the token may reach. Errors:
     * INVALID_ARGUMENT; ALREADY_EXISTS for a key that is let in already;
     * RESOURCE_EXHAUSTED at 1000 keys.
     * </pre>
     */
    public void createSshKey(dev.skerry.v1.CreateSshKeyRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SshKey> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSshKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSshKeys reads the keys of all tokens, oldest first, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public void listSshKeys(dev.skerry.v1.ListSshKeysRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSshKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSshKeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteSshKey takes a key away and ends the sessions that it opened; one
     * that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public void deleteSshKey(dev.skerry.v1.DeleteSshKeyRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSshKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSshKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CreateSshAccess lets one key in to one sandbox for a while. When that has
     * passed, sessions that are open end. Errors: INVALID_ARGUMENT; NOT_FOUND;
     * RESOURCE_EXHAUSTED at 10,000 accesses.
     * </pre>
     */
    public void createSshAccess(dev.skerry.v1.CreateSshAccessRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.CreateSshAccessResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSshAccessMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSshAccesses reads the accesses that have not run out, oldest first, a
     * page at a time. Errors: NOT_FOUND for a sandbox that is asked for.
     * </pre>
     */
    public void listSshAccesses(dev.skerry.v1.ListSshAccessesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSshAccessesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSshAccessesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteSshAccess takes an access away and ends the sessions that it opened;
     * one that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public void deleteSshAccess(dev.skerry.v1.DeleteSshAccessRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSshAccessResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSshAccessMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SshService.
   * <pre>
   * SshService says who may come to sandboxes over SSH, at the address that the
   * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
   * name; a key opens it, never a password. Agent and forwarding are off.
   * Every call answers FAILED_PRECONDITION where SSH is off.
   * </pre>
   */
  public static final class SshServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SshServiceBlockingV2Stub> {
    private SshServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SshServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SshServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSshKey lets a key in for as long as the token of this call is known
     * to the daemon: to each sandbox that the token may reach. Errors:
     * INVALID_ARGUMENT; ALREADY_EXISTS for a key that is let in already;
     * RESOURCE_EXHAUSTED at 1000 keys.
     * </pre>
     */
    public dev.skerry.v1.SshKey createSshKey(dev.skerry.v1.CreateSshKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSshKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSshKeys reads the keys of all tokens, oldest first, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public dev.skerry.v1.ListSshKeysResponse listSshKeys(dev.skerry.v1.ListSshKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSshKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSshKey takes a key away and ends the sessions that it opened; one
     * that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSshKeyResponse deleteSshKey(dev.skerry.v1.DeleteSshKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSshKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateSshAccess lets one key in to one sandbox for a while. When that has
     * passed, sessions that are open end. Errors: INVALID_ARGUMENT; NOT_FOUND;
     * RESOURCE_EXHAUSTED at 10,000 accesses.
     * </pre>
     */
    public dev.skerry.v1.CreateSshAccessResponse createSshAccess(dev.skerry.v1.CreateSshAccessRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSshAccessMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSshAccesses reads the accesses that have not run out, oldest first, a
     * page at a time. Errors: NOT_FOUND for a sandbox that is asked for.
     * </pre>
     */
    public dev.skerry.v1.ListSshAccessesResponse listSshAccesses(dev.skerry.v1.ListSshAccessesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSshAccessesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSshAccess takes an access away and ends the sessions that it opened;
     * one that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSshAccessResponse deleteSshAccess(dev.skerry.v1.DeleteSshAccessRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSshAccessMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SshService.
   * <pre>
   * SshService says who may come to sandboxes over SSH, at the address that the
   * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
   * name; a key opens it, never a password. Agent and forwarding are off.
   * Every call answers FAILED_PRECONDITION where SSH is off.
   * </pre>
   */
  public static final class SshServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SshServiceBlockingStub> {
    private SshServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SshServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SshServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSshKey lets a key in for as long as the token of this call is known
     * to the daemon: to each sandbox that the token may reach. Errors:
     * INVALID_ARGUMENT; ALREADY_EXISTS for a key that is let in already;
     * RESOURCE_EXHAUSTED at 1000 keys.
     * </pre>
     */
    public dev.skerry.v1.SshKey createSshKey(dev.skerry.v1.CreateSshKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSshKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSshKeys reads the keys of all tokens, oldest first, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public dev.skerry.v1.ListSshKeysResponse listSshKeys(dev.skerry.v1.ListSshKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSshKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSshKey takes a key away and ends the sessions that it opened; one
     * that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSshKeyResponse deleteSshKey(dev.skerry.v1.DeleteSshKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSshKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateSshAccess lets one key in to one sandbox for a while. When that has
     * passed, sessions that are open end. Errors: INVALID_ARGUMENT; NOT_FOUND;
     * RESOURCE_EXHAUSTED at 10,000 accesses.
     * </pre>
     */
    public dev.skerry.v1.CreateSshAccessResponse createSshAccess(dev.skerry.v1.CreateSshAccessRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSshAccessMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSshAccesses reads the accesses that have not run out, oldest first, a
     * page at a time. Errors: NOT_FOUND for a sandbox that is asked for.
     * </pre>
     */
    public dev.skerry.v1.ListSshAccessesResponse listSshAccesses(dev.skerry.v1.ListSshAccessesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSshAccessesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSshAccess takes an access away and ends the sessions that it opened;
     * one that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSshAccessResponse deleteSshAccess(dev.skerry.v1.DeleteSshAccessRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSshAccessMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SshService.
   * <pre>
   * SshService says who may come to sandboxes over SSH, at the address that the
   * daemon was given with `--ssh-listen`. The user's name is the sandbox's id or
   * name; a key opens it, never a password. Agent and forwarding are off.
   * Every call answers FAILED_PRECONDITION where SSH is off.
   * </pre>
   */
  public static final class SshServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SshServiceFutureStub> {
    private SshServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SshServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SshServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSshKey lets a key in for as long as the token of this call is known
     * to the daemon: to each sandbox that the token may reach. Errors:
     * INVALID_ARGUMENT; ALREADY_EXISTS for a key that is let in already;
     * RESOURCE_EXHAUSTED at 1000 keys.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.SshKey> createSshKey(
        dev.skerry.v1.CreateSshKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSshKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListSshKeys reads the keys of all tokens, oldest first, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListSshKeysResponse> listSshKeys(
        dev.skerry.v1.ListSshKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSshKeysMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteSshKey takes a key away and ends the sessions that it opened; one
     * that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteSshKeyResponse> deleteSshKey(
        dev.skerry.v1.DeleteSshKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSshKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CreateSshAccess lets one key in to one sandbox for a while. When that has
     * passed, sessions that are open end. Errors: INVALID_ARGUMENT; NOT_FOUND;
     * RESOURCE_EXHAUSTED at 10,000 accesses.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.CreateSshAccessResponse> createSshAccess(
        dev.skerry.v1.CreateSshAccessRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSshAccessMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListSshAccesses reads the accesses that have not run out, oldest first, a
     * page at a time. Errors: NOT_FOUND for a sandbox that is asked for.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListSshAccessesResponse> listSshAccesses(
        dev.skerry.v1.ListSshAccessesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSshAccessesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteSshAccess takes an access away and ends the sessions that it opened;
     * one that is not there is no error. Errors: none but those of every call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteSshAccessResponse> deleteSshAccess(
        dev.skerry.v1.DeleteSshAccessRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSshAccessMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SSH_KEY = 0;
  private static final int METHODID_LIST_SSH_KEYS = 1;
  private static final int METHODID_DELETE_SSH_KEY = 2;
  private static final int METHODID_CREATE_SSH_ACCESS = 3;
  private static final int METHODID_LIST_SSH_ACCESSES = 4;
  private static final int METHODID_DELETE_SSH_ACCESS = 5;

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
        case METHODID_CREATE_SSH_KEY:
          serviceImpl.createSshKey((dev.skerry.v1.CreateSshKeyRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.SshKey>) responseObserver);
          break;
        case METHODID_LIST_SSH_KEYS:
          serviceImpl.listSshKeys((dev.skerry.v1.ListSshKeysRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListSshKeysResponse>) responseObserver);
          break;
        case METHODID_DELETE_SSH_KEY:
          serviceImpl.deleteSshKey((dev.skerry.v1.DeleteSshKeyRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSshKeyResponse>) responseObserver);
          break;
        case METHODID_CREATE_SSH_ACCESS:
          serviceImpl.createSshAccess((dev.skerry.v1.CreateSshAccessRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.CreateSshAccessResponse>) responseObserver);
          break;
        case METHODID_LIST_SSH_ACCESSES:
          serviceImpl.listSshAccesses((dev.skerry.v1.ListSshAccessesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListSshAccessesResponse>) responseObserver);
          break;
        case METHODID_DELETE_SSH_ACCESS:
          serviceImpl.deleteSshAccess((dev.skerry.v1.DeleteSshAccessRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSshAccessResponse>) responseObserver);
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
          getCreateSshKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateSshKeyRequest,
              dev.skerry.v1.SshKey>(
                service, METHODID_CREATE_SSH_KEY)))
        .addMethod(
          getListSshKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListSshKeysRequest,
              dev.skerry.v1.ListSshKeysResponse>(
                service, METHODID_LIST_SSH_KEYS)))
        .addMethod(
          getDeleteSshKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteSshKeyRequest,
              dev.skerry.v1.DeleteSshKeyResponse>(
                service, METHODID_DELETE_SSH_KEY)))
        .addMethod(
          getCreateSshAccessMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateSshAccessRequest,
              dev.skerry.v1.CreateSshAccessResponse>(
                service, METHODID_CREATE_SSH_ACCESS)))
        .addMethod(
          getListSshAccessesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListSshAccessesRequest,
              dev.skerry.v1.ListSshAccessesResponse>(
                service, METHODID_LIST_SSH_ACCESSES)))
        .addMethod(
          getDeleteSshAccessMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteSshAccessRequest,
              dev.skerry.v1.DeleteSshAccessResponse>(
                service, METHODID_DELETE_SSH_ACCESS)))
        .build();
  }

  private static abstract class SshServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SshServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.SshServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SshService");
    }
  }

  private static final class SshServiceFileDescriptorSupplier
      extends SshServiceBaseDescriptorSupplier {
    SshServiceFileDescriptorSupplier() {}
  }

  private static final class SshServiceMethodDescriptorSupplier
      extends SshServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SshServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SshServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SshServiceFileDescriptorSupplier())
              .addMethod(getCreateSshKeyMethod())
              .addMethod(getListSshKeysMethod())
              .addMethod(getDeleteSshKeyMethod())
              .addMethod(getCreateSshAccessMethod())
              .addMethod(getListSshAccessesMethod())
              .addMethod(getDeleteSshAccessMethod())
              .build();
        }
      }
    }
    return result;
  }
}
