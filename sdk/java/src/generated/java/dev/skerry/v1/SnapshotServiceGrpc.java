package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
 * instant, to make sandboxes from. A snapshot is whole or it is not there.
 * Every request that names a snapshot takes its id (`snap_…`) or its name in
 * `snapshot_id`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SnapshotServiceGrpc {

  private SnapshotServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.SnapshotService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateSnapshotRequest,
      dev.skerry.v1.Snapshot> getCreateSnapshotMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSnapshot",
      requestType = dev.skerry.v1.CreateSnapshotRequest.class,
      responseType = dev.skerry.v1.Snapshot.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateSnapshotRequest,
      dev.skerry.v1.Snapshot> getCreateSnapshotMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateSnapshotRequest, dev.skerry.v1.Snapshot> getCreateSnapshotMethod;
    if ((getCreateSnapshotMethod = SnapshotServiceGrpc.getCreateSnapshotMethod) == null) {
      synchronized (SnapshotServiceGrpc.class) {
        if ((getCreateSnapshotMethod = SnapshotServiceGrpc.getCreateSnapshotMethod) == null) {
          SnapshotServiceGrpc.getCreateSnapshotMethod = getCreateSnapshotMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateSnapshotRequest, dev.skerry.v1.Snapshot>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSnapshot"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateSnapshotRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Snapshot.getDefaultInstance()))
              .setSchemaDescriptor(new SnapshotServiceMethodDescriptorSupplier("CreateSnapshot"))
              .build();
        }
      }
    }
    return getCreateSnapshotMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetSnapshotRequest,
      dev.skerry.v1.Snapshot> getGetSnapshotMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSnapshot",
      requestType = dev.skerry.v1.GetSnapshotRequest.class,
      responseType = dev.skerry.v1.Snapshot.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetSnapshotRequest,
      dev.skerry.v1.Snapshot> getGetSnapshotMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetSnapshotRequest, dev.skerry.v1.Snapshot> getGetSnapshotMethod;
    if ((getGetSnapshotMethod = SnapshotServiceGrpc.getGetSnapshotMethod) == null) {
      synchronized (SnapshotServiceGrpc.class) {
        if ((getGetSnapshotMethod = SnapshotServiceGrpc.getGetSnapshotMethod) == null) {
          SnapshotServiceGrpc.getGetSnapshotMethod = getGetSnapshotMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetSnapshotRequest, dev.skerry.v1.Snapshot>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSnapshot"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetSnapshotRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Snapshot.getDefaultInstance()))
              .setSchemaDescriptor(new SnapshotServiceMethodDescriptorSupplier("GetSnapshot"))
              .build();
        }
      }
    }
    return getGetSnapshotMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListSnapshotsRequest,
      dev.skerry.v1.ListSnapshotsResponse> getListSnapshotsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSnapshots",
      requestType = dev.skerry.v1.ListSnapshotsRequest.class,
      responseType = dev.skerry.v1.ListSnapshotsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListSnapshotsRequest,
      dev.skerry.v1.ListSnapshotsResponse> getListSnapshotsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListSnapshotsRequest, dev.skerry.v1.ListSnapshotsResponse> getListSnapshotsMethod;
    if ((getListSnapshotsMethod = SnapshotServiceGrpc.getListSnapshotsMethod) == null) {
      synchronized (SnapshotServiceGrpc.class) {
        if ((getListSnapshotsMethod = SnapshotServiceGrpc.getListSnapshotsMethod) == null) {
          SnapshotServiceGrpc.getListSnapshotsMethod = getListSnapshotsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListSnapshotsRequest, dev.skerry.v1.ListSnapshotsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSnapshots"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSnapshotsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSnapshotsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SnapshotServiceMethodDescriptorSupplier("ListSnapshots"))
              .build();
        }
      }
    }
    return getListSnapshotsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ExportSnapshotRequest,
      dev.skerry.v1.ExportSnapshotResponse> getExportSnapshotMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportSnapshot",
      requestType = dev.skerry.v1.ExportSnapshotRequest.class,
      responseType = dev.skerry.v1.ExportSnapshotResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ExportSnapshotRequest,
      dev.skerry.v1.ExportSnapshotResponse> getExportSnapshotMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ExportSnapshotRequest, dev.skerry.v1.ExportSnapshotResponse> getExportSnapshotMethod;
    if ((getExportSnapshotMethod = SnapshotServiceGrpc.getExportSnapshotMethod) == null) {
      synchronized (SnapshotServiceGrpc.class) {
        if ((getExportSnapshotMethod = SnapshotServiceGrpc.getExportSnapshotMethod) == null) {
          SnapshotServiceGrpc.getExportSnapshotMethod = getExportSnapshotMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ExportSnapshotRequest, dev.skerry.v1.ExportSnapshotResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportSnapshot"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExportSnapshotRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExportSnapshotResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SnapshotServiceMethodDescriptorSupplier("ExportSnapshot"))
              .build();
        }
      }
    }
    return getExportSnapshotMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ImportSnapshotRequest,
      dev.skerry.v1.Snapshot> getImportSnapshotMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportSnapshot",
      requestType = dev.skerry.v1.ImportSnapshotRequest.class,
      responseType = dev.skerry.v1.Snapshot.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ImportSnapshotRequest,
      dev.skerry.v1.Snapshot> getImportSnapshotMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ImportSnapshotRequest, dev.skerry.v1.Snapshot> getImportSnapshotMethod;
    if ((getImportSnapshotMethod = SnapshotServiceGrpc.getImportSnapshotMethod) == null) {
      synchronized (SnapshotServiceGrpc.class) {
        if ((getImportSnapshotMethod = SnapshotServiceGrpc.getImportSnapshotMethod) == null) {
          SnapshotServiceGrpc.getImportSnapshotMethod = getImportSnapshotMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ImportSnapshotRequest, dev.skerry.v1.Snapshot>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportSnapshot"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ImportSnapshotRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Snapshot.getDefaultInstance()))
              .setSchemaDescriptor(new SnapshotServiceMethodDescriptorSupplier("ImportSnapshot"))
              .build();
        }
      }
    }
    return getImportSnapshotMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSnapshotRequest,
      dev.skerry.v1.DeleteSnapshotResponse> getDeleteSnapshotMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSnapshot",
      requestType = dev.skerry.v1.DeleteSnapshotRequest.class,
      responseType = dev.skerry.v1.DeleteSnapshotResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSnapshotRequest,
      dev.skerry.v1.DeleteSnapshotResponse> getDeleteSnapshotMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSnapshotRequest, dev.skerry.v1.DeleteSnapshotResponse> getDeleteSnapshotMethod;
    if ((getDeleteSnapshotMethod = SnapshotServiceGrpc.getDeleteSnapshotMethod) == null) {
      synchronized (SnapshotServiceGrpc.class) {
        if ((getDeleteSnapshotMethod = SnapshotServiceGrpc.getDeleteSnapshotMethod) == null) {
          SnapshotServiceGrpc.getDeleteSnapshotMethod = getDeleteSnapshotMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteSnapshotRequest, dev.skerry.v1.DeleteSnapshotResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSnapshot"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSnapshotRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSnapshotResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SnapshotServiceMethodDescriptorSupplier("DeleteSnapshot"))
              .build();
        }
      }
    }
    return getDeleteSnapshotMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SnapshotServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceStub>() {
        @java.lang.Override
        public SnapshotServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SnapshotServiceStub(channel, callOptions);
        }
      };
    return SnapshotServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SnapshotServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceBlockingV2Stub>() {
        @java.lang.Override
        public SnapshotServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SnapshotServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SnapshotServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SnapshotServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceBlockingStub>() {
        @java.lang.Override
        public SnapshotServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SnapshotServiceBlockingStub(channel, callOptions);
        }
      };
    return SnapshotServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SnapshotServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SnapshotServiceFutureStub>() {
        @java.lang.Override
        public SnapshotServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SnapshotServiceFutureStub(channel, callOptions);
        }
      };
    return SnapshotServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
   * instant, to make sandboxes from. A snapshot is whole or it is not there.
   * Every request that names a snapshot takes its id (`snap_…`) or its name in
   * `snapshot_id`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateSnapshot takes a snapshot of a sandbox's disk, and of the volume
     * that was made for it, or of its /workspace alone. A running sandbox is
     * frozen for the instant, so that what its programs have written is in it as
     * a crash would leave it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION where /workspace is to be taken and is no directory;
     * RESOURCE_EXHAUSTED on a full disk.
     * </pre>
     */
    default void createSnapshot(dev.skerry.v1.CreateSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSnapshotMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetSnapshot reads one snapshot. Errors: NOT_FOUND.
     * </pre>
     */
    default void getSnapshot(dev.skerry.v1.GetSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSnapshotMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSnapshots reads snapshots by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    default void listSnapshots(dev.skerry.v1.ListSnapshotsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSnapshotsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSnapshotsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ExportSnapshot sends a snapshot as an archive: a tar with zstd over it,
     * with all that the snapshot has and a digest at its end. It needs the
     * snapshot's image where it is imported, and does not have it. docs/storage.md
     * tells its format.
     * Errors: NOT_FOUND; RESOURCE_EXHAUSTED while four other exports and imports
     * run.
     * </pre>
     */
    default void exportSnapshot(dev.skerry.v1.ExportSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExportSnapshotResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportSnapshotMethod(), responseObserver);
    }

    /**
     * <pre>
     * ImportSnapshot makes a snapshot of such an archive: the first message is
     * `start`, then the archive in pieces. The snapshot is whole or it is not
     * there. Limits that are more than this host's are this host's, and a storage
     * that holds no sizes takes none.
     * Errors: INVALID_ARGUMENT for a bad name, or an archive that is damaged, cut
     * short, leads out of its trees, holds a device or a foreign owner, or is no
     * snapshot's; ALREADY_EXISTS for a name in use; FAILED_PRECONDITION where the
     * image that a disk is of is not here or is another one, or the format is not
     * known; RESOURCE_EXHAUSTED while four other exports and imports run, where
     * the archive has more than its sandbox's limits, or on a full disk.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.skerry.v1.ImportSnapshotRequest> importSnapshot(
        io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getImportSnapshotMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteSnapshot removes a snapshot; one that is not there is no error.
     * Sandboxes that were made from it stay as they are.
     * Errors: none but those of every call.
     * </pre>
     */
    default void deleteSnapshot(dev.skerry.v1.DeleteSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSnapshotResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSnapshotMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SnapshotService.
   * <pre>
   * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
   * instant, to make sandboxes from. A snapshot is whole or it is not there.
   * Every request that names a snapshot takes its id (`snap_…`) or its name in
   * `snapshot_id`.
   * </pre>
   */
  public static abstract class SnapshotServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SnapshotServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SnapshotService.
   * <pre>
   * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
   * instant, to make sandboxes from. A snapshot is whole or it is not there.
   * Every request that names a snapshot takes its id (`snap_…`) or its name in
   * `snapshot_id`.
   * </pre>
   */
  public static final class SnapshotServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SnapshotServiceStub> {
    private SnapshotServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SnapshotServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SnapshotServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSnapshot takes a snapshot of a sandbox's disk, and of the volume
     * that was made for it, or of its /workspace alone. A running sandbox is
     * frozen for the instant, so that what its programs have written is in it as
     * a crash would leave it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION where /workspace is to be taken and is no directory;
     * RESOURCE_EXHAUSTED on a full disk.
     * </pre>
     */
    public void createSnapshot(dev.skerry.v1.CreateSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSnapshotMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetSnapshot reads one snapshot. Errors: NOT_FOUND.
     * </pre>
     */
    public void getSnapshot(dev.skerry.v1.GetSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSnapshotMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSnapshots reads snapshots by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public void listSnapshots(dev.skerry.v1.ListSnapshotsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSnapshotsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSnapshotsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ExportSnapshot sends a snapshot as an archive: a tar with zstd over it,
     * with all that the snapshot has and a digest at its end. It needs the
     * snapshot's image where it is imported, and does not have it. docs/storage.md
     * tells its format.
     * Errors: NOT_FOUND; RESOURCE_EXHAUSTED while four other exports and imports
     * run.
     * </pre>
     */
    public void exportSnapshot(dev.skerry.v1.ExportSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExportSnapshotResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getExportSnapshotMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ImportSnapshot makes a snapshot of such an archive: the first message is
     * `start`, then the archive in pieces. The snapshot is whole or it is not
     * there. Limits that are more than this host's are this host's, and a storage
     * that holds no sizes takes none.
     * Errors: INVALID_ARGUMENT for a bad name, or an archive that is damaged, cut
     * short, leads out of its trees, holds a device or a foreign owner, or is no
     * snapshot's; ALREADY_EXISTS for a name in use; FAILED_PRECONDITION where the
     * image that a disk is of is not here or is another one, or the format is not
     * known; RESOURCE_EXHAUSTED while four other exports and imports run, where
     * the archive has more than its sandbox's limits, or on a full disk.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.skerry.v1.ImportSnapshotRequest> importSnapshot(
        io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getImportSnapshotMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * DeleteSnapshot removes a snapshot; one that is not there is no error.
     * Sandboxes that were made from it stay as they are.
     * Errors: none but those of every call.
     * </pre>
     */
    public void deleteSnapshot(dev.skerry.v1.DeleteSnapshotRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSnapshotResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSnapshotMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SnapshotService.
   * <pre>
   * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
   * instant, to make sandboxes from. A snapshot is whole or it is not there.
   * Every request that names a snapshot takes its id (`snap_…`) or its name in
   * `snapshot_id`.
   * </pre>
   */
  public static final class SnapshotServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SnapshotServiceBlockingV2Stub> {
    private SnapshotServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SnapshotServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SnapshotServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSnapshot takes a snapshot of a sandbox's disk, and of the volume
     * that was made for it, or of its /workspace alone. A running sandbox is
     * frozen for the instant, so that what its programs have written is in it as
     * a crash would leave it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION where /workspace is to be taken and is no directory;
     * RESOURCE_EXHAUSTED on a full disk.
     * </pre>
     */
    public dev.skerry.v1.Snapshot createSnapshot(dev.skerry.v1.CreateSnapshotRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSnapshotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSnapshot reads one snapshot. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Snapshot getSnapshot(dev.skerry.v1.GetSnapshotRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSnapshotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSnapshots reads snapshots by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public dev.skerry.v1.ListSnapshotsResponse listSnapshots(dev.skerry.v1.ListSnapshotsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSnapshotsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExportSnapshot sends a snapshot as an archive: a tar with zstd over it,
     * with all that the snapshot has and a digest at its end. It needs the
     * snapshot's image where it is imported, and does not have it. docs/storage.md
     * tells its format.
     * Errors: NOT_FOUND; RESOURCE_EXHAUSTED while four other exports and imports
     * run.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.ExportSnapshotResponse>
        exportSnapshot(dev.skerry.v1.ExportSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getExportSnapshotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ImportSnapshot makes a snapshot of such an archive: the first message is
     * `start`, then the archive in pieces. The snapshot is whole or it is not
     * there. Limits that are more than this host's are this host's, and a storage
     * that holds no sizes takes none.
     * Errors: INVALID_ARGUMENT for a bad name, or an archive that is damaged, cut
     * short, leads out of its trees, holds a device or a foreign owner, or is no
     * snapshot's; ALREADY_EXISTS for a name in use; FAILED_PRECONDITION where the
     * image that a disk is of is not here or is another one, or the format is not
     * known; RESOURCE_EXHAUSTED while four other exports and imports run, where
     * the archive has more than its sandbox's limits, or on a full disk.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.skerry.v1.ImportSnapshotRequest, dev.skerry.v1.Snapshot>
        importSnapshot() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getImportSnapshotMethod(), getCallOptions());
    }

    /**
     * <pre>
     * DeleteSnapshot removes a snapshot; one that is not there is no error.
     * Sandboxes that were made from it stay as they are.
     * Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSnapshotResponse deleteSnapshot(dev.skerry.v1.DeleteSnapshotRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSnapshotMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SnapshotService.
   * <pre>
   * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
   * instant, to make sandboxes from. A snapshot is whole or it is not there.
   * Every request that names a snapshot takes its id (`snap_…`) or its name in
   * `snapshot_id`.
   * </pre>
   */
  public static final class SnapshotServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SnapshotServiceBlockingStub> {
    private SnapshotServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SnapshotServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SnapshotServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSnapshot takes a snapshot of a sandbox's disk, and of the volume
     * that was made for it, or of its /workspace alone. A running sandbox is
     * frozen for the instant, so that what its programs have written is in it as
     * a crash would leave it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION where /workspace is to be taken and is no directory;
     * RESOURCE_EXHAUSTED on a full disk.
     * </pre>
     */
    public dev.skerry.v1.Snapshot createSnapshot(dev.skerry.v1.CreateSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSnapshotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSnapshot reads one snapshot. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Snapshot getSnapshot(dev.skerry.v1.GetSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSnapshotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSnapshots reads snapshots by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public dev.skerry.v1.ListSnapshotsResponse listSnapshots(dev.skerry.v1.ListSnapshotsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSnapshotsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExportSnapshot sends a snapshot as an archive: a tar with zstd over it,
     * with all that the snapshot has and a digest at its end. It needs the
     * snapshot's image where it is imported, and does not have it. docs/storage.md
     * tells its format.
     * Errors: NOT_FOUND; RESOURCE_EXHAUSTED while four other exports and imports
     * run.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.ExportSnapshotResponse> exportSnapshot(
        dev.skerry.v1.ExportSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getExportSnapshotMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSnapshot removes a snapshot; one that is not there is no error.
     * Sandboxes that were made from it stay as they are.
     * Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSnapshotResponse deleteSnapshot(dev.skerry.v1.DeleteSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSnapshotMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SnapshotService.
   * <pre>
   * SnapshotService keeps snapshots: the disks of sandboxes as they were at one
   * instant, to make sandboxes from. A snapshot is whole or it is not there.
   * Every request that names a snapshot takes its id (`snap_…`) or its name in
   * `snapshot_id`.
   * </pre>
   */
  public static final class SnapshotServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SnapshotServiceFutureStub> {
    private SnapshotServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SnapshotServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SnapshotServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSnapshot takes a snapshot of a sandbox's disk, and of the volume
     * that was made for it, or of its /workspace alone. A running sandbox is
     * frozen for the instant, so that what its programs have written is in it as
     * a crash would leave it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * FAILED_PRECONDITION where /workspace is to be taken and is no directory;
     * RESOURCE_EXHAUSTED on a full disk.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Snapshot> createSnapshot(
        dev.skerry.v1.CreateSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSnapshotMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetSnapshot reads one snapshot. Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Snapshot> getSnapshot(
        dev.skerry.v1.GetSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSnapshotMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListSnapshots reads snapshots by name, a page at a time. Errors:
     * INVALID_ARGUMENT for a bad page size or a page token of another list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListSnapshotsResponse> listSnapshots(
        dev.skerry.v1.ListSnapshotsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSnapshotsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteSnapshot removes a snapshot; one that is not there is no error.
     * Sandboxes that were made from it stay as they are.
     * Errors: none but those of every call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteSnapshotResponse> deleteSnapshot(
        dev.skerry.v1.DeleteSnapshotRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSnapshotMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SNAPSHOT = 0;
  private static final int METHODID_GET_SNAPSHOT = 1;
  private static final int METHODID_LIST_SNAPSHOTS = 2;
  private static final int METHODID_EXPORT_SNAPSHOT = 3;
  private static final int METHODID_DELETE_SNAPSHOT = 4;
  private static final int METHODID_IMPORT_SNAPSHOT = 5;

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
        case METHODID_CREATE_SNAPSHOT:
          serviceImpl.createSnapshot((dev.skerry.v1.CreateSnapshotRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot>) responseObserver);
          break;
        case METHODID_GET_SNAPSHOT:
          serviceImpl.getSnapshot((dev.skerry.v1.GetSnapshotRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot>) responseObserver);
          break;
        case METHODID_LIST_SNAPSHOTS:
          serviceImpl.listSnapshots((dev.skerry.v1.ListSnapshotsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListSnapshotsResponse>) responseObserver);
          break;
        case METHODID_EXPORT_SNAPSHOT:
          serviceImpl.exportSnapshot((dev.skerry.v1.ExportSnapshotRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExportSnapshotResponse>) responseObserver);
          break;
        case METHODID_DELETE_SNAPSHOT:
          serviceImpl.deleteSnapshot((dev.skerry.v1.DeleteSnapshotRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSnapshotResponse>) responseObserver);
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
        case METHODID_IMPORT_SNAPSHOT:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.importSnapshot(
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Snapshot>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateSnapshotMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateSnapshotRequest,
              dev.skerry.v1.Snapshot>(
                service, METHODID_CREATE_SNAPSHOT)))
        .addMethod(
          getGetSnapshotMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetSnapshotRequest,
              dev.skerry.v1.Snapshot>(
                service, METHODID_GET_SNAPSHOT)))
        .addMethod(
          getListSnapshotsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListSnapshotsRequest,
              dev.skerry.v1.ListSnapshotsResponse>(
                service, METHODID_LIST_SNAPSHOTS)))
        .addMethod(
          getExportSnapshotMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ExportSnapshotRequest,
              dev.skerry.v1.ExportSnapshotResponse>(
                service, METHODID_EXPORT_SNAPSHOT)))
        .addMethod(
          getImportSnapshotMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ImportSnapshotRequest,
              dev.skerry.v1.Snapshot>(
                service, METHODID_IMPORT_SNAPSHOT)))
        .addMethod(
          getDeleteSnapshotMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteSnapshotRequest,
              dev.skerry.v1.DeleteSnapshotResponse>(
                service, METHODID_DELETE_SNAPSHOT)))
        .build();
  }

  private static abstract class SnapshotServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SnapshotServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.SnapshotServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SnapshotService");
    }
  }

  private static final class SnapshotServiceFileDescriptorSupplier
      extends SnapshotServiceBaseDescriptorSupplier {
    SnapshotServiceFileDescriptorSupplier() {}
  }

  private static final class SnapshotServiceMethodDescriptorSupplier
      extends SnapshotServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SnapshotServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SnapshotServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SnapshotServiceFileDescriptorSupplier())
              .addMethod(getCreateSnapshotMethod())
              .addMethod(getGetSnapshotMethod())
              .addMethod(getListSnapshotsMethod())
              .addMethod(getExportSnapshotMethod())
              .addMethod(getImportSnapshotMethod())
              .addMethod(getDeleteSnapshotMethod())
              .build();
        }
      }
    }
    return result;
  }
}
