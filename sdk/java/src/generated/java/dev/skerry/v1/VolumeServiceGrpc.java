package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * VolumeService keeps volumes: directories that outlive sandboxes and that
 * several of them may share.
 * Every request that names a volume takes its id (`vol_…`) or its name in
 * `volume_id`. A sandbox gets its volumes at its create.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class VolumeServiceGrpc {

  private VolumeServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.VolumeService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateVolumeRequest,
      dev.skerry.v1.Volume> getCreateVolumeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateVolume",
      requestType = dev.skerry.v1.CreateVolumeRequest.class,
      responseType = dev.skerry.v1.Volume.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateVolumeRequest,
      dev.skerry.v1.Volume> getCreateVolumeMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateVolumeRequest, dev.skerry.v1.Volume> getCreateVolumeMethod;
    if ((getCreateVolumeMethod = VolumeServiceGrpc.getCreateVolumeMethod) == null) {
      synchronized (VolumeServiceGrpc.class) {
        if ((getCreateVolumeMethod = VolumeServiceGrpc.getCreateVolumeMethod) == null) {
          VolumeServiceGrpc.getCreateVolumeMethod = getCreateVolumeMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateVolumeRequest, dev.skerry.v1.Volume>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateVolume"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateVolumeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Volume.getDefaultInstance()))
              .setSchemaDescriptor(new VolumeServiceMethodDescriptorSupplier("CreateVolume"))
              .build();
        }
      }
    }
    return getCreateVolumeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetVolumeRequest,
      dev.skerry.v1.Volume> getGetVolumeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetVolume",
      requestType = dev.skerry.v1.GetVolumeRequest.class,
      responseType = dev.skerry.v1.Volume.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetVolumeRequest,
      dev.skerry.v1.Volume> getGetVolumeMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetVolumeRequest, dev.skerry.v1.Volume> getGetVolumeMethod;
    if ((getGetVolumeMethod = VolumeServiceGrpc.getGetVolumeMethod) == null) {
      synchronized (VolumeServiceGrpc.class) {
        if ((getGetVolumeMethod = VolumeServiceGrpc.getGetVolumeMethod) == null) {
          VolumeServiceGrpc.getGetVolumeMethod = getGetVolumeMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetVolumeRequest, dev.skerry.v1.Volume>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetVolume"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetVolumeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Volume.getDefaultInstance()))
              .setSchemaDescriptor(new VolumeServiceMethodDescriptorSupplier("GetVolume"))
              .build();
        }
      }
    }
    return getGetVolumeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListVolumesRequest,
      dev.skerry.v1.ListVolumesResponse> getListVolumesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListVolumes",
      requestType = dev.skerry.v1.ListVolumesRequest.class,
      responseType = dev.skerry.v1.ListVolumesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListVolumesRequest,
      dev.skerry.v1.ListVolumesResponse> getListVolumesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListVolumesRequest, dev.skerry.v1.ListVolumesResponse> getListVolumesMethod;
    if ((getListVolumesMethod = VolumeServiceGrpc.getListVolumesMethod) == null) {
      synchronized (VolumeServiceGrpc.class) {
        if ((getListVolumesMethod = VolumeServiceGrpc.getListVolumesMethod) == null) {
          VolumeServiceGrpc.getListVolumesMethod = getListVolumesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListVolumesRequest, dev.skerry.v1.ListVolumesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListVolumes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListVolumesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListVolumesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VolumeServiceMethodDescriptorSupplier("ListVolumes"))
              .build();
        }
      }
    }
    return getListVolumesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.UpdateVolumeRequest,
      dev.skerry.v1.Volume> getUpdateVolumeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateVolume",
      requestType = dev.skerry.v1.UpdateVolumeRequest.class,
      responseType = dev.skerry.v1.Volume.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.UpdateVolumeRequest,
      dev.skerry.v1.Volume> getUpdateVolumeMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.UpdateVolumeRequest, dev.skerry.v1.Volume> getUpdateVolumeMethod;
    if ((getUpdateVolumeMethod = VolumeServiceGrpc.getUpdateVolumeMethod) == null) {
      synchronized (VolumeServiceGrpc.class) {
        if ((getUpdateVolumeMethod = VolumeServiceGrpc.getUpdateVolumeMethod) == null) {
          VolumeServiceGrpc.getUpdateVolumeMethod = getUpdateVolumeMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.UpdateVolumeRequest, dev.skerry.v1.Volume>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateVolume"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.UpdateVolumeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Volume.getDefaultInstance()))
              .setSchemaDescriptor(new VolumeServiceMethodDescriptorSupplier("UpdateVolume"))
              .build();
        }
      }
    }
    return getUpdateVolumeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteVolumeRequest,
      dev.skerry.v1.DeleteVolumeResponse> getDeleteVolumeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteVolume",
      requestType = dev.skerry.v1.DeleteVolumeRequest.class,
      responseType = dev.skerry.v1.DeleteVolumeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteVolumeRequest,
      dev.skerry.v1.DeleteVolumeResponse> getDeleteVolumeMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteVolumeRequest, dev.skerry.v1.DeleteVolumeResponse> getDeleteVolumeMethod;
    if ((getDeleteVolumeMethod = VolumeServiceGrpc.getDeleteVolumeMethod) == null) {
      synchronized (VolumeServiceGrpc.class) {
        if ((getDeleteVolumeMethod = VolumeServiceGrpc.getDeleteVolumeMethod) == null) {
          VolumeServiceGrpc.getDeleteVolumeMethod = getDeleteVolumeMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteVolumeRequest, dev.skerry.v1.DeleteVolumeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteVolume"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteVolumeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteVolumeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VolumeServiceMethodDescriptorSupplier("DeleteVolume"))
              .build();
        }
      }
    }
    return getDeleteVolumeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.BatchDeleteVolumesRequest,
      dev.skerry.v1.BatchDeleteVolumesResponse> getBatchDeleteVolumesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchDeleteVolumes",
      requestType = dev.skerry.v1.BatchDeleteVolumesRequest.class,
      responseType = dev.skerry.v1.BatchDeleteVolumesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.BatchDeleteVolumesRequest,
      dev.skerry.v1.BatchDeleteVolumesResponse> getBatchDeleteVolumesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.BatchDeleteVolumesRequest, dev.skerry.v1.BatchDeleteVolumesResponse> getBatchDeleteVolumesMethod;
    if ((getBatchDeleteVolumesMethod = VolumeServiceGrpc.getBatchDeleteVolumesMethod) == null) {
      synchronized (VolumeServiceGrpc.class) {
        if ((getBatchDeleteVolumesMethod = VolumeServiceGrpc.getBatchDeleteVolumesMethod) == null) {
          VolumeServiceGrpc.getBatchDeleteVolumesMethod = getBatchDeleteVolumesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.BatchDeleteVolumesRequest, dev.skerry.v1.BatchDeleteVolumesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchDeleteVolumes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.BatchDeleteVolumesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.BatchDeleteVolumesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new VolumeServiceMethodDescriptorSupplier("BatchDeleteVolumes"))
              .build();
        }
      }
    }
    return getBatchDeleteVolumesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static VolumeServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VolumeServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VolumeServiceStub>() {
        @java.lang.Override
        public VolumeServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VolumeServiceStub(channel, callOptions);
        }
      };
    return VolumeServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static VolumeServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VolumeServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VolumeServiceBlockingV2Stub>() {
        @java.lang.Override
        public VolumeServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VolumeServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return VolumeServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static VolumeServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VolumeServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VolumeServiceBlockingStub>() {
        @java.lang.Override
        public VolumeServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VolumeServiceBlockingStub(channel, callOptions);
        }
      };
    return VolumeServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static VolumeServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<VolumeServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<VolumeServiceFutureStub>() {
        @java.lang.Override
        public VolumeServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new VolumeServiceFutureStub(channel, callOptions);
        }
      };
    return VolumeServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * VolumeService keeps volumes: directories that outlive sandboxes and that
   * several of them may share.
   * Every request that names a volume takes its id (`vol_…`) or its name in
   * `volume_id`. A sandbox gets its volumes at its create.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateVolume makes an empty volume.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION for a size where the storage holds none.
     * </pre>
     */
    default void createVolume(dev.skerry.v1.CreateVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Volume> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateVolumeMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetVolume reads one volume. Errors: NOT_FOUND.
     * </pre>
     */
    default void getVolume(dev.skerry.v1.GetVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Volume> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetVolumeMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListVolumes reads volumes by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    default void listVolumes(dev.skerry.v1.ListVolumesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListVolumesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListVolumesMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateVolume changes the fields that `update_mask` names: `labels`,
     * `size_bytes`. A size takes effect at once, also in running sandboxes; what
     * is there stays. Errors: INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION
     * as for CreateVolume.
     * </pre>
     */
    default void updateVolume(dev.skerry.v1.UpdateVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Volume> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateVolumeMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteVolume removes a volume with all in it; one that is not there is no
     * error.
     * Errors: FAILED_PRECONDITION while a sandbox has it, stopped ones included,
     * unless `force` is set: those that run keep what they have open until they
     * stop, and can't be started again.
     * </pre>
     */
    default void deleteVolume(dev.skerry.v1.DeleteVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteVolumeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteVolumeMethod(), responseObserver);
    }

    /**
     * <pre>
     * BatchDeleteVolumes removes several volumes; each has an answer of its own.
     * Errors: INVALID_ARGUMENT for none or more than 1000; those of one volume
     * are in its answer.
     * </pre>
     */
    default void batchDeleteVolumes(dev.skerry.v1.BatchDeleteVolumesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.BatchDeleteVolumesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchDeleteVolumesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service VolumeService.
   * <pre>
   * VolumeService keeps volumes: directories that outlive sandboxes and that
   * several of them may share.
   * Every request that names a volume takes its id (`vol_…`) or its name in
   * `volume_id`. A sandbox gets its volumes at its create.
   * </pre>
   */
  public static abstract class VolumeServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return VolumeServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service VolumeService.
   * <pre>
   * VolumeService keeps volumes: directories that outlive sandboxes and that
   * several of them may share.
   * Every request that names a volume takes its id (`vol_…`) or its name in
   * `volume_id`. A sandbox gets its volumes at its create.
   * </pre>
   */
  public static final class VolumeServiceStub
      extends io.grpc.stub.AbstractAsyncStub<VolumeServiceStub> {
    private VolumeServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VolumeServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VolumeServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateVolume makes an empty volume.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION for a size where the storage holds none.
     * </pre>
     */
    public void createVolume(dev.skerry.v1.CreateVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Volume> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateVolumeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetVolume reads one volume. Errors: NOT_FOUND.
     * </pre>
     */
    public void getVolume(dev.skerry.v1.GetVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Volume> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetVolumeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListVolumes reads volumes by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public void listVolumes(dev.skerry.v1.ListVolumesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListVolumesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListVolumesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateVolume changes the fields that `update_mask` names: `labels`,
     * `size_bytes`. A size takes effect at once, also in running sandboxes; what
     * is there stays. Errors: INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION
     * as for CreateVolume.
     * </pre>
     */
    public void updateVolume(dev.skerry.v1.UpdateVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Volume> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateVolumeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteVolume removes a volume with all in it; one that is not there is no
     * error.
     * Errors: FAILED_PRECONDITION while a sandbox has it, stopped ones included,
     * unless `force` is set: those that run keep what they have open until they
     * stop, and can't be started again.
     * </pre>
     */
    public void deleteVolume(dev.skerry.v1.DeleteVolumeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteVolumeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteVolumeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BatchDeleteVolumes removes several volumes; each has an answer of its own.
     * Errors: INVALID_ARGUMENT for none or more than 1000; those of one volume
     * are in its answer.
     * </pre>
     */
    public void batchDeleteVolumes(dev.skerry.v1.BatchDeleteVolumesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.BatchDeleteVolumesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchDeleteVolumesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service VolumeService.
   * <pre>
   * VolumeService keeps volumes: directories that outlive sandboxes and that
   * several of them may share.
   * Every request that names a volume takes its id (`vol_…`) or its name in
   * `volume_id`. A sandbox gets its volumes at its create.
   * </pre>
   */
  public static final class VolumeServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<VolumeServiceBlockingV2Stub> {
    private VolumeServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VolumeServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VolumeServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateVolume makes an empty volume.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION for a size where the storage holds none.
     * </pre>
     */
    public dev.skerry.v1.Volume createVolume(dev.skerry.v1.CreateVolumeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetVolume reads one volume. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Volume getVolume(dev.skerry.v1.GetVolumeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListVolumes reads volumes by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public dev.skerry.v1.ListVolumesResponse listVolumes(dev.skerry.v1.ListVolumesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListVolumesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateVolume changes the fields that `update_mask` names: `labels`,
     * `size_bytes`. A size takes effect at once, also in running sandboxes; what
     * is there stays. Errors: INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION
     * as for CreateVolume.
     * </pre>
     */
    public dev.skerry.v1.Volume updateVolume(dev.skerry.v1.UpdateVolumeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteVolume removes a volume with all in it; one that is not there is no
     * error.
     * Errors: FAILED_PRECONDITION while a sandbox has it, stopped ones included,
     * unless `force` is set: those that run keep what they have open until they
     * stop, and can't be started again.
     * </pre>
     */
    public dev.skerry.v1.DeleteVolumeResponse deleteVolume(dev.skerry.v1.DeleteVolumeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BatchDeleteVolumes removes several volumes; each has an answer of its own.
     * Errors: INVALID_ARGUMENT for none or more than 1000; those of one volume
     * are in its answer.
     * </pre>
     */
    public dev.skerry.v1.BatchDeleteVolumesResponse batchDeleteVolumes(dev.skerry.v1.BatchDeleteVolumesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchDeleteVolumesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service VolumeService.
   * <pre>
   * VolumeService keeps volumes: directories that outlive sandboxes and that
   * several of them may share.
   * Every request that names a volume takes its id (`vol_…`) or its name in
   * `volume_id`. A sandbox gets its volumes at its create.
   * </pre>
   */
  public static final class VolumeServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<VolumeServiceBlockingStub> {
    private VolumeServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VolumeServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VolumeServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateVolume makes an empty volume.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION for a size where the storage holds none.
     * </pre>
     */
    public dev.skerry.v1.Volume createVolume(dev.skerry.v1.CreateVolumeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetVolume reads one volume. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Volume getVolume(dev.skerry.v1.GetVolumeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListVolumes reads volumes by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public dev.skerry.v1.ListVolumesResponse listVolumes(dev.skerry.v1.ListVolumesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListVolumesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateVolume changes the fields that `update_mask` names: `labels`,
     * `size_bytes`. A size takes effect at once, also in running sandboxes; what
     * is there stays. Errors: INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION
     * as for CreateVolume.
     * </pre>
     */
    public dev.skerry.v1.Volume updateVolume(dev.skerry.v1.UpdateVolumeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteVolume removes a volume with all in it; one that is not there is no
     * error.
     * Errors: FAILED_PRECONDITION while a sandbox has it, stopped ones included,
     * unless `force` is set: those that run keep what they have open until they
     * stop, and can't be started again.
     * </pre>
     */
    public dev.skerry.v1.DeleteVolumeResponse deleteVolume(dev.skerry.v1.DeleteVolumeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteVolumeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BatchDeleteVolumes removes several volumes; each has an answer of its own.
     * Errors: INVALID_ARGUMENT for none or more than 1000; those of one volume
     * are in its answer.
     * </pre>
     */
    public dev.skerry.v1.BatchDeleteVolumesResponse batchDeleteVolumes(dev.skerry.v1.BatchDeleteVolumesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchDeleteVolumesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service VolumeService.
   * <pre>
   * VolumeService keeps volumes: directories that outlive sandboxes and that
   * several of them may share.
   * Every request that names a volume takes its id (`vol_…`) or its name in
   * `volume_id`. A sandbox gets its volumes at its create.
   * </pre>
   */
  public static final class VolumeServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<VolumeServiceFutureStub> {
    private VolumeServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected VolumeServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new VolumeServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateVolume makes an empty volume.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION for a size where the storage holds none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Volume> createVolume(
        dev.skerry.v1.CreateVolumeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateVolumeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetVolume reads one volume. Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Volume> getVolume(
        dev.skerry.v1.GetVolumeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetVolumeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListVolumes reads volumes by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListVolumesResponse> listVolumes(
        dev.skerry.v1.ListVolumesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListVolumesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateVolume changes the fields that `update_mask` names: `labels`,
     * `size_bytes`. A size takes effect at once, also in running sandboxes; what
     * is there stays. Errors: INVALID_ARGUMENT; NOT_FOUND; FAILED_PRECONDITION
     * as for CreateVolume.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Volume> updateVolume(
        dev.skerry.v1.UpdateVolumeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateVolumeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteVolume removes a volume with all in it; one that is not there is no
     * error.
     * Errors: FAILED_PRECONDITION while a sandbox has it, stopped ones included,
     * unless `force` is set: those that run keep what they have open until they
     * stop, and can't be started again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteVolumeResponse> deleteVolume(
        dev.skerry.v1.DeleteVolumeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteVolumeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * BatchDeleteVolumes removes several volumes; each has an answer of its own.
     * Errors: INVALID_ARGUMENT for none or more than 1000; those of one volume
     * are in its answer.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.BatchDeleteVolumesResponse> batchDeleteVolumes(
        dev.skerry.v1.BatchDeleteVolumesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchDeleteVolumesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_VOLUME = 0;
  private static final int METHODID_GET_VOLUME = 1;
  private static final int METHODID_LIST_VOLUMES = 2;
  private static final int METHODID_UPDATE_VOLUME = 3;
  private static final int METHODID_DELETE_VOLUME = 4;
  private static final int METHODID_BATCH_DELETE_VOLUMES = 5;

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
        case METHODID_CREATE_VOLUME:
          serviceImpl.createVolume((dev.skerry.v1.CreateVolumeRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Volume>) responseObserver);
          break;
        case METHODID_GET_VOLUME:
          serviceImpl.getVolume((dev.skerry.v1.GetVolumeRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Volume>) responseObserver);
          break;
        case METHODID_LIST_VOLUMES:
          serviceImpl.listVolumes((dev.skerry.v1.ListVolumesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListVolumesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_VOLUME:
          serviceImpl.updateVolume((dev.skerry.v1.UpdateVolumeRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Volume>) responseObserver);
          break;
        case METHODID_DELETE_VOLUME:
          serviceImpl.deleteVolume((dev.skerry.v1.DeleteVolumeRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteVolumeResponse>) responseObserver);
          break;
        case METHODID_BATCH_DELETE_VOLUMES:
          serviceImpl.batchDeleteVolumes((dev.skerry.v1.BatchDeleteVolumesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.BatchDeleteVolumesResponse>) responseObserver);
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
          getCreateVolumeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateVolumeRequest,
              dev.skerry.v1.Volume>(
                service, METHODID_CREATE_VOLUME)))
        .addMethod(
          getGetVolumeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetVolumeRequest,
              dev.skerry.v1.Volume>(
                service, METHODID_GET_VOLUME)))
        .addMethod(
          getListVolumesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListVolumesRequest,
              dev.skerry.v1.ListVolumesResponse>(
                service, METHODID_LIST_VOLUMES)))
        .addMethod(
          getUpdateVolumeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.UpdateVolumeRequest,
              dev.skerry.v1.Volume>(
                service, METHODID_UPDATE_VOLUME)))
        .addMethod(
          getDeleteVolumeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteVolumeRequest,
              dev.skerry.v1.DeleteVolumeResponse>(
                service, METHODID_DELETE_VOLUME)))
        .addMethod(
          getBatchDeleteVolumesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.BatchDeleteVolumesRequest,
              dev.skerry.v1.BatchDeleteVolumesResponse>(
                service, METHODID_BATCH_DELETE_VOLUMES)))
        .build();
  }

  private static abstract class VolumeServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    VolumeServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.VolumeServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("VolumeService");
    }
  }

  private static final class VolumeServiceFileDescriptorSupplier
      extends VolumeServiceBaseDescriptorSupplier {
    VolumeServiceFileDescriptorSupplier() {}
  }

  private static final class VolumeServiceMethodDescriptorSupplier
      extends VolumeServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    VolumeServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (VolumeServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new VolumeServiceFileDescriptorSupplier())
              .addMethod(getCreateVolumeMethod())
              .addMethod(getGetVolumeMethod())
              .addMethod(getListVolumesMethod())
              .addMethod(getUpdateVolumeMethod())
              .addMethod(getDeleteVolumeMethod())
              .addMethod(getBatchDeleteVolumesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
