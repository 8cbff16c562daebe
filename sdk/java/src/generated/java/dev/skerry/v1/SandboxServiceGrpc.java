package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SandboxService makes, changes, watches and ends sandboxes.
 * Every request that names a sandbox takes its id (`sbx_…`) or its name in
 * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SandboxServiceGrpc {

  private SandboxServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.SandboxService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateSandboxRequest,
      dev.skerry.v1.Sandbox> getCreateSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSandbox",
      requestType = dev.skerry.v1.CreateSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateSandboxRequest,
      dev.skerry.v1.Sandbox> getCreateSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateSandboxRequest, dev.skerry.v1.Sandbox> getCreateSandboxMethod;
    if ((getCreateSandboxMethod = SandboxServiceGrpc.getCreateSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getCreateSandboxMethod = SandboxServiceGrpc.getCreateSandboxMethod) == null) {
          SandboxServiceGrpc.getCreateSandboxMethod = getCreateSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("CreateSandbox"))
              .build();
        }
      }
    }
    return getCreateSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetSandboxRequest,
      dev.skerry.v1.Sandbox> getGetSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSandbox",
      requestType = dev.skerry.v1.GetSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetSandboxRequest,
      dev.skerry.v1.Sandbox> getGetSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetSandboxRequest, dev.skerry.v1.Sandbox> getGetSandboxMethod;
    if ((getGetSandboxMethod = SandboxServiceGrpc.getGetSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getGetSandboxMethod = SandboxServiceGrpc.getGetSandboxMethod) == null) {
          SandboxServiceGrpc.getGetSandboxMethod = getGetSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("GetSandbox"))
              .build();
        }
      }
    }
    return getGetSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListSandboxesRequest,
      dev.skerry.v1.ListSandboxesResponse> getListSandboxesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSandboxes",
      requestType = dev.skerry.v1.ListSandboxesRequest.class,
      responseType = dev.skerry.v1.ListSandboxesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListSandboxesRequest,
      dev.skerry.v1.ListSandboxesResponse> getListSandboxesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListSandboxesRequest, dev.skerry.v1.ListSandboxesResponse> getListSandboxesMethod;
    if ((getListSandboxesMethod = SandboxServiceGrpc.getListSandboxesMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getListSandboxesMethod = SandboxServiceGrpc.getListSandboxesMethod) == null) {
          SandboxServiceGrpc.getListSandboxesMethod = getListSandboxesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListSandboxesRequest, dev.skerry.v1.ListSandboxesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSandboxes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSandboxesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListSandboxesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("ListSandboxes"))
              .build();
        }
      }
    }
    return getListSandboxesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.UpdateSandboxRequest,
      dev.skerry.v1.Sandbox> getUpdateSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateSandbox",
      requestType = dev.skerry.v1.UpdateSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.UpdateSandboxRequest,
      dev.skerry.v1.Sandbox> getUpdateSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.UpdateSandboxRequest, dev.skerry.v1.Sandbox> getUpdateSandboxMethod;
    if ((getUpdateSandboxMethod = SandboxServiceGrpc.getUpdateSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getUpdateSandboxMethod = SandboxServiceGrpc.getUpdateSandboxMethod) == null) {
          SandboxServiceGrpc.getUpdateSandboxMethod = getUpdateSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.UpdateSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.UpdateSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("UpdateSandbox"))
              .build();
        }
      }
    }
    return getUpdateSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSandboxRequest,
      dev.skerry.v1.DeleteSandboxResponse> getDeleteSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSandbox",
      requestType = dev.skerry.v1.DeleteSandboxRequest.class,
      responseType = dev.skerry.v1.DeleteSandboxResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSandboxRequest,
      dev.skerry.v1.DeleteSandboxResponse> getDeleteSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteSandboxRequest, dev.skerry.v1.DeleteSandboxResponse> getDeleteSandboxMethod;
    if ((getDeleteSandboxMethod = SandboxServiceGrpc.getDeleteSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getDeleteSandboxMethod = SandboxServiceGrpc.getDeleteSandboxMethod) == null) {
          SandboxServiceGrpc.getDeleteSandboxMethod = getDeleteSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteSandboxRequest, dev.skerry.v1.DeleteSandboxResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteSandboxResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("DeleteSandbox"))
              .build();
        }
      }
    }
    return getDeleteSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.StartSandboxRequest,
      dev.skerry.v1.Sandbox> getStartSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StartSandbox",
      requestType = dev.skerry.v1.StartSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.StartSandboxRequest,
      dev.skerry.v1.Sandbox> getStartSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.StartSandboxRequest, dev.skerry.v1.Sandbox> getStartSandboxMethod;
    if ((getStartSandboxMethod = SandboxServiceGrpc.getStartSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getStartSandboxMethod = SandboxServiceGrpc.getStartSandboxMethod) == null) {
          SandboxServiceGrpc.getStartSandboxMethod = getStartSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.StartSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StartSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.StartSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("StartSandbox"))
              .build();
        }
      }
    }
    return getStartSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.StopSandboxRequest,
      dev.skerry.v1.Sandbox> getStopSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StopSandbox",
      requestType = dev.skerry.v1.StopSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.StopSandboxRequest,
      dev.skerry.v1.Sandbox> getStopSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.StopSandboxRequest, dev.skerry.v1.Sandbox> getStopSandboxMethod;
    if ((getStopSandboxMethod = SandboxServiceGrpc.getStopSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getStopSandboxMethod = SandboxServiceGrpc.getStopSandboxMethod) == null) {
          SandboxServiceGrpc.getStopSandboxMethod = getStopSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.StopSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StopSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.StopSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("StopSandbox"))
              .build();
        }
      }
    }
    return getStopSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.PauseSandboxRequest,
      dev.skerry.v1.Sandbox> getPauseSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PauseSandbox",
      requestType = dev.skerry.v1.PauseSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.PauseSandboxRequest,
      dev.skerry.v1.Sandbox> getPauseSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.PauseSandboxRequest, dev.skerry.v1.Sandbox> getPauseSandboxMethod;
    if ((getPauseSandboxMethod = SandboxServiceGrpc.getPauseSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getPauseSandboxMethod = SandboxServiceGrpc.getPauseSandboxMethod) == null) {
          SandboxServiceGrpc.getPauseSandboxMethod = getPauseSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.PauseSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PauseSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.PauseSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("PauseSandbox"))
              .build();
        }
      }
    }
    return getPauseSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ResumeSandboxRequest,
      dev.skerry.v1.Sandbox> getResumeSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResumeSandbox",
      requestType = dev.skerry.v1.ResumeSandboxRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ResumeSandboxRequest,
      dev.skerry.v1.Sandbox> getResumeSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ResumeSandboxRequest, dev.skerry.v1.Sandbox> getResumeSandboxMethod;
    if ((getResumeSandboxMethod = SandboxServiceGrpc.getResumeSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getResumeSandboxMethod = SandboxServiceGrpc.getResumeSandboxMethod) == null) {
          SandboxServiceGrpc.getResumeSandboxMethod = getResumeSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ResumeSandboxRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResumeSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ResumeSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("ResumeSandbox"))
              .build();
        }
      }
    }
    return getResumeSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.KeepAliveRequest,
      dev.skerry.v1.Sandbox> getKeepAliveMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "KeepAlive",
      requestType = dev.skerry.v1.KeepAliveRequest.class,
      responseType = dev.skerry.v1.Sandbox.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.KeepAliveRequest,
      dev.skerry.v1.Sandbox> getKeepAliveMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.KeepAliveRequest, dev.skerry.v1.Sandbox> getKeepAliveMethod;
    if ((getKeepAliveMethod = SandboxServiceGrpc.getKeepAliveMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getKeepAliveMethod = SandboxServiceGrpc.getKeepAliveMethod) == null) {
          SandboxServiceGrpc.getKeepAliveMethod = getKeepAliveMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.KeepAliveRequest, dev.skerry.v1.Sandbox>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "KeepAlive"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.KeepAliveRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Sandbox.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("KeepAlive"))
              .build();
        }
      }
    }
    return getKeepAliveMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ForkSandboxRequest,
      dev.skerry.v1.ForkSandboxResponse> getForkSandboxMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ForkSandbox",
      requestType = dev.skerry.v1.ForkSandboxRequest.class,
      responseType = dev.skerry.v1.ForkSandboxResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ForkSandboxRequest,
      dev.skerry.v1.ForkSandboxResponse> getForkSandboxMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ForkSandboxRequest, dev.skerry.v1.ForkSandboxResponse> getForkSandboxMethod;
    if ((getForkSandboxMethod = SandboxServiceGrpc.getForkSandboxMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getForkSandboxMethod = SandboxServiceGrpc.getForkSandboxMethod) == null) {
          SandboxServiceGrpc.getForkSandboxMethod = getForkSandboxMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ForkSandboxRequest, dev.skerry.v1.ForkSandboxResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ForkSandbox"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ForkSandboxRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ForkSandboxResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("ForkSandbox"))
              .build();
        }
      }
    }
    return getForkSandboxMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CoalesceSandboxesRequest,
      dev.skerry.v1.CoalesceSandboxesResponse> getCoalesceSandboxesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CoalesceSandboxes",
      requestType = dev.skerry.v1.CoalesceSandboxesRequest.class,
      responseType = dev.skerry.v1.CoalesceSandboxesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CoalesceSandboxesRequest,
      dev.skerry.v1.CoalesceSandboxesResponse> getCoalesceSandboxesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CoalesceSandboxesRequest, dev.skerry.v1.CoalesceSandboxesResponse> getCoalesceSandboxesMethod;
    if ((getCoalesceSandboxesMethod = SandboxServiceGrpc.getCoalesceSandboxesMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getCoalesceSandboxesMethod = SandboxServiceGrpc.getCoalesceSandboxesMethod) == null) {
          SandboxServiceGrpc.getCoalesceSandboxesMethod = getCoalesceSandboxesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CoalesceSandboxesRequest, dev.skerry.v1.CoalesceSandboxesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CoalesceSandboxes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CoalesceSandboxesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CoalesceSandboxesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("CoalesceSandboxes"))
              .build();
        }
      }
    }
    return getCoalesceSandboxesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.WatchSandboxesRequest,
      dev.skerry.v1.WatchSandboxesResponse> getWatchSandboxesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchSandboxes",
      requestType = dev.skerry.v1.WatchSandboxesRequest.class,
      responseType = dev.skerry.v1.WatchSandboxesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.WatchSandboxesRequest,
      dev.skerry.v1.WatchSandboxesResponse> getWatchSandboxesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.WatchSandboxesRequest, dev.skerry.v1.WatchSandboxesResponse> getWatchSandboxesMethod;
    if ((getWatchSandboxesMethod = SandboxServiceGrpc.getWatchSandboxesMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getWatchSandboxesMethod = SandboxServiceGrpc.getWatchSandboxesMethod) == null) {
          SandboxServiceGrpc.getWatchSandboxesMethod = getWatchSandboxesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.WatchSandboxesRequest, dev.skerry.v1.WatchSandboxesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchSandboxes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchSandboxesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchSandboxesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("WatchSandboxes"))
              .build();
        }
      }
    }
    return getWatchSandboxesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetSandboxStatsRequest,
      dev.skerry.v1.SandboxStats> getGetSandboxStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSandboxStats",
      requestType = dev.skerry.v1.GetSandboxStatsRequest.class,
      responseType = dev.skerry.v1.SandboxStats.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetSandboxStatsRequest,
      dev.skerry.v1.SandboxStats> getGetSandboxStatsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetSandboxStatsRequest, dev.skerry.v1.SandboxStats> getGetSandboxStatsMethod;
    if ((getGetSandboxStatsMethod = SandboxServiceGrpc.getGetSandboxStatsMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getGetSandboxStatsMethod = SandboxServiceGrpc.getGetSandboxStatsMethod) == null) {
          SandboxServiceGrpc.getGetSandboxStatsMethod = getGetSandboxStatsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetSandboxStatsRequest, dev.skerry.v1.SandboxStats>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSandboxStats"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetSandboxStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SandboxStats.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("GetSandboxStats"))
              .build();
        }
      }
    }
    return getGetSandboxStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.WatchSandboxStatsRequest,
      dev.skerry.v1.SandboxStats> getWatchSandboxStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchSandboxStats",
      requestType = dev.skerry.v1.WatchSandboxStatsRequest.class,
      responseType = dev.skerry.v1.SandboxStats.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.WatchSandboxStatsRequest,
      dev.skerry.v1.SandboxStats> getWatchSandboxStatsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.WatchSandboxStatsRequest, dev.skerry.v1.SandboxStats> getWatchSandboxStatsMethod;
    if ((getWatchSandboxStatsMethod = SandboxServiceGrpc.getWatchSandboxStatsMethod) == null) {
      synchronized (SandboxServiceGrpc.class) {
        if ((getWatchSandboxStatsMethod = SandboxServiceGrpc.getWatchSandboxStatsMethod) == null) {
          SandboxServiceGrpc.getWatchSandboxStatsMethod = getWatchSandboxStatsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.WatchSandboxStatsRequest, dev.skerry.v1.SandboxStats>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchSandboxStats"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchSandboxStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SandboxStats.getDefaultInstance()))
              .setSchemaDescriptor(new SandboxServiceMethodDescriptorSupplier("WatchSandboxStats"))
              .build();
        }
      }
    }
    return getWatchSandboxStatsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SandboxServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SandboxServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SandboxServiceStub>() {
        @java.lang.Override
        public SandboxServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SandboxServiceStub(channel, callOptions);
        }
      };
    return SandboxServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SandboxServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SandboxServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SandboxServiceBlockingV2Stub>() {
        @java.lang.Override
        public SandboxServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SandboxServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SandboxServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SandboxServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SandboxServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SandboxServiceBlockingStub>() {
        @java.lang.Override
        public SandboxServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SandboxServiceBlockingStub(channel, callOptions);
        }
      };
    return SandboxServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SandboxServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SandboxServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SandboxServiceFutureStub>() {
        @java.lang.Override
        public SandboxServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SandboxServiceFutureStub(channel, callOptions);
        }
      };
    return SandboxServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SandboxService makes, changes, watches and ends sandboxes.
   * Every request that names a sandbox takes its id (`sbx_…`) or its name in
   * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateSandbox makes a sandbox and starts it; it answers when the sandbox
     * is RUNNING and its record is durable.
     * Errors: INVALID_ARGUMENT with the field named; NOT_FOUND for an unknown
     * image, unless `pull_policy` has it pulled, then those of
     * ImageService.PullImage; ALREADY_EXISTS for a name in use, or a
     * `request_id` that was used
     * with another request; RESOURCE_EXHAUSTED at the host's bound;
     * FAILED_PRECONDITION for a policy, a group or a credential where sandboxes
     * have no network (capability `network`); those of ExecService.Exec for a
     * main process that can't be started.
     * </pre>
     */
    default void createSandbox(dev.skerry.v1.CreateSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetSandbox reads one sandbox. Errors: NOT_FOUND.
     * </pre>
     */
    default void getSandbox(dev.skerry.v1.GetSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListSandboxes reads sandboxes in order of creation, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    default void listSandboxes(dev.skerry.v1.ListSandboxesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSandboxesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSandboxesMethod(), responseObserver);
    }

    /**
     * <pre>
     * UpdateSandbox changes the fields that `update_mask` names. Limits of a
     * running sandbox change at once, and so does its network policy: when this
     * answers, no packet passes that the new one does not let through, also of
     * connections that were there. A credential that is gone is added to no
     * request any more, and connections that had it are cut.
     * Errors: INVALID_ARGUMENT for a path that can't change; NOT_FOUND;
     * ALREADY_EXISTS for a name in use; FAILED_PRECONDITION for a policy, a
     * group or a credential where the sandbox has no network.
     * </pre>
     */
    default void updateSandbox(dev.skerry.v1.UpdateSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteSandbox ends the sandbox's processes and removes its disk. It may be
     * called in every state, also while a create is under way, and again after
     * it: deleting what is not there succeeds.
     * Errors: none but those of every call.
     * </pre>
     */
    default void deleteSandbox(dev.skerry.v1.DeleteSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSandboxResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * StartSandbox starts a STOPPED or FAILED sandbox on its own disk, with its
     * main process; a RUNNING one is left as it is. Where the main process can't
     * be started the sandbox runs without, and `state_reason` says why. Errors: NOT_FOUND; FAILED_PRECONDITION for
     * a PAUSED one (resume it instead).
     * </pre>
     */
    default void startSandbox(dev.skerry.v1.StartSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStartSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * StopSandbox ends the sandbox's processes and keeps its disk: SIGTERM to
     * all of them, then SIGKILL after `grace_period`. A STOPPED one is left as
     * it is. Errors: NOT_FOUND; FAILED_PRECONDITION for a FAILED one.
     * </pre>
     */
    default void stopSandbox(dev.skerry.v1.StopSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStopSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * PauseSandbox freezes the sandbox's processes in memory. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is RUNNING or PAUSED.
     * </pre>
     */
    default void pauseSandbox(dev.skerry.v1.PauseSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPauseSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * ResumeSandbox lets a PAUSED sandbox's processes go on. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is PAUSED or RUNNING.
     * </pre>
     */
    default void resumeSandbox(dev.skerry.v1.ResumeSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResumeSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * KeepAlive counts as work on a sandbox: its `idle_timeout` starts anew, at
     * once or, with `period`, when that is over. A later call moves it; it never
     * comes earlier. It survives the daemon. `max_lifetime` still holds.
     * Errors: INVALID_ARGUMENT; NOT_FOUND.
     * </pre>
     */
    default void keepAlive(dev.skerry.v1.KeepAliveRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getKeepAliveMethod(), responseObserver);
    }

    /**
     * <pre>
     * ForkSandbox makes new sandboxes whose disks are what the sandbox's disk is
     * at one instant: deletions, modes, owners, links and all. A running one is
     * frozen for that instant. A volume that was made for it (`storage`) is
     * copied as well, others are shared. Processes are not copied: each fork
     * starts anew. All are made, or none.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * RESOURCE_EXHAUSTED at the host's bound; FAILED_PRECONDITION for `memory`.
     * </pre>
     */
    default void forkSandbox(dev.skerry.v1.ForkSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ForkSandboxResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getForkSandboxMethod(), responseObserver);
    }

    /**
     * <pre>
     * CoalesceSandboxes deletes a sandbox and all that was forked from it, at
     * any depth, but the one that is kept, which has no parent any more.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where the one to keep is neither
     * the sandbox nor forked from it.
     * </pre>
     */
    default void coalesceSandboxes(dev.skerry.v1.CoalesceSandboxesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.CoalesceSandboxesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCoalesceSandboxesMethod(), responseObserver);
    }

    /**
     * <pre>
     * WatchSandboxes streams changes: first an EXISTING event for each sandbox
     * that matches, then one CURRENT event, then each change as it happens. A
     * watcher that falls more than 1,024 events behind gets RESOURCE_EXHAUSTED
     * and watches anew. A KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED for a watcher that fell
     * behind.
     * </pre>
     */
    default void watchSandboxes(dev.skerry.v1.WatchSandboxesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.WatchSandboxesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchSandboxesMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetSandboxStats reads what a sandbox uses at this moment. It may be called
     * in every state: of a sandbox that does not run only the disk is told. It
     * does not count as work on it.
     * Errors: NOT_FOUND.
     * </pre>
     */
    default void getSandboxStats(dev.skerry.v1.GetSandboxStatsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SandboxStats> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSandboxStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * WatchSandboxStats reads the same at once and then again and again, whatever
     * becomes of the sandbox meanwhile, until it is deleted. A caller who reads
     * slowly gets fewer of them, and never old ones. It does not count as work on
     * it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND, also when it is deleted.
     * </pre>
     */
    default void watchSandboxStats(dev.skerry.v1.WatchSandboxStatsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SandboxStats> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchSandboxStatsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SandboxService.
   * <pre>
   * SandboxService makes, changes, watches and ends sandboxes.
   * Every request that names a sandbox takes its id (`sbx_…`) or its name in
   * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
   * </pre>
   */
  public static abstract class SandboxServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SandboxServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SandboxService.
   * <pre>
   * SandboxService makes, changes, watches and ends sandboxes.
   * Every request that names a sandbox takes its id (`sbx_…`) or its name in
   * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
   * </pre>
   */
  public static final class SandboxServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SandboxServiceStub> {
    private SandboxServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SandboxServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SandboxServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSandbox makes a sandbox and starts it; it answers when the sandbox
     * is RUNNING and its record is durable.
     * Errors: INVALID_ARGUMENT with the field named; NOT_FOUND for an unknown
     * image, unless `pull_policy` has it pulled, then those of
     * ImageService.PullImage; ALREADY_EXISTS for a name in use, or a
     * `request_id` that was used
     * with another request; RESOURCE_EXHAUSTED at the host's bound;
     * FAILED_PRECONDITION for a policy, a group or a credential where sandboxes
     * have no network (capability `network`); those of ExecService.Exec for a
     * main process that can't be started.
     * </pre>
     */
    public void createSandbox(dev.skerry.v1.CreateSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetSandbox reads one sandbox. Errors: NOT_FOUND.
     * </pre>
     */
    public void getSandbox(dev.skerry.v1.GetSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListSandboxes reads sandboxes in order of creation, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public void listSandboxes(dev.skerry.v1.ListSandboxesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListSandboxesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSandboxesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UpdateSandbox changes the fields that `update_mask` names. Limits of a
     * running sandbox change at once, and so does its network policy: when this
     * answers, no packet passes that the new one does not let through, also of
     * connections that were there. A credential that is gone is added to no
     * request any more, and connections that had it are cut.
     * Errors: INVALID_ARGUMENT for a path that can't change; NOT_FOUND;
     * ALREADY_EXISTS for a name in use; FAILED_PRECONDITION for a policy, a
     * group or a credential where the sandbox has no network.
     * </pre>
     */
    public void updateSandbox(dev.skerry.v1.UpdateSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteSandbox ends the sandbox's processes and removes its disk. It may be
     * called in every state, also while a create is under way, and again after
     * it: deleting what is not there succeeds.
     * Errors: none but those of every call.
     * </pre>
     */
    public void deleteSandbox(dev.skerry.v1.DeleteSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSandboxResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * StartSandbox starts a STOPPED or FAILED sandbox on its own disk, with its
     * main process; a RUNNING one is left as it is. Where the main process can't
     * be started the sandbox runs without, and `state_reason` says why. Errors: NOT_FOUND; FAILED_PRECONDITION for
     * a PAUSED one (resume it instead).
     * </pre>
     */
    public void startSandbox(dev.skerry.v1.StartSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStartSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * StopSandbox ends the sandbox's processes and keeps its disk: SIGTERM to
     * all of them, then SIGKILL after `grace_period`. A STOPPED one is left as
     * it is. Errors: NOT_FOUND; FAILED_PRECONDITION for a FAILED one.
     * </pre>
     */
    public void stopSandbox(dev.skerry.v1.StopSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStopSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * PauseSandbox freezes the sandbox's processes in memory. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is RUNNING or PAUSED.
     * </pre>
     */
    public void pauseSandbox(dev.skerry.v1.PauseSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPauseSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ResumeSandbox lets a PAUSED sandbox's processes go on. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is PAUSED or RUNNING.
     * </pre>
     */
    public void resumeSandbox(dev.skerry.v1.ResumeSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResumeSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * KeepAlive counts as work on a sandbox: its `idle_timeout` starts anew, at
     * once or, with `period`, when that is over. A later call moves it; it never
     * comes earlier. It survives the daemon. `max_lifetime` still holds.
     * Errors: INVALID_ARGUMENT; NOT_FOUND.
     * </pre>
     */
    public void keepAlive(dev.skerry.v1.KeepAliveRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getKeepAliveMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ForkSandbox makes new sandboxes whose disks are what the sandbox's disk is
     * at one instant: deletions, modes, owners, links and all. A running one is
     * frozen for that instant. A volume that was made for it (`storage`) is
     * copied as well, others are shared. Processes are not copied: each fork
     * starts anew. All are made, or none.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * RESOURCE_EXHAUSTED at the host's bound; FAILED_PRECONDITION for `memory`.
     * </pre>
     */
    public void forkSandbox(dev.skerry.v1.ForkSandboxRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ForkSandboxResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getForkSandboxMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CoalesceSandboxes deletes a sandbox and all that was forked from it, at
     * any depth, but the one that is kept, which has no parent any more.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where the one to keep is neither
     * the sandbox nor forked from it.
     * </pre>
     */
    public void coalesceSandboxes(dev.skerry.v1.CoalesceSandboxesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.CoalesceSandboxesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCoalesceSandboxesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * WatchSandboxes streams changes: first an EXISTING event for each sandbox
     * that matches, then one CURRENT event, then each change as it happens. A
     * watcher that falls more than 1,024 events behind gets RESOURCE_EXHAUSTED
     * and watches anew. A KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED for a watcher that fell
     * behind.
     * </pre>
     */
    public void watchSandboxes(dev.skerry.v1.WatchSandboxesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.WatchSandboxesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchSandboxesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetSandboxStats reads what a sandbox uses at this moment. It may be called
     * in every state: of a sandbox that does not run only the disk is told. It
     * does not count as work on it.
     * Errors: NOT_FOUND.
     * </pre>
     */
    public void getSandboxStats(dev.skerry.v1.GetSandboxStatsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SandboxStats> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSandboxStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * WatchSandboxStats reads the same at once and then again and again, whatever
     * becomes of the sandbox meanwhile, until it is deleted. A caller who reads
     * slowly gets fewer of them, and never old ones. It does not count as work on
     * it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND, also when it is deleted.
     * </pre>
     */
    public void watchSandboxStats(dev.skerry.v1.WatchSandboxStatsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SandboxStats> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchSandboxStatsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SandboxService.
   * <pre>
   * SandboxService makes, changes, watches and ends sandboxes.
   * Every request that names a sandbox takes its id (`sbx_…`) or its name in
   * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
   * </pre>
   */
  public static final class SandboxServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SandboxServiceBlockingV2Stub> {
    private SandboxServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SandboxServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SandboxServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSandbox makes a sandbox and starts it; it answers when the sandbox
     * is RUNNING and its record is durable.
     * Errors: INVALID_ARGUMENT with the field named; NOT_FOUND for an unknown
     * image, unless `pull_policy` has it pulled, then those of
     * ImageService.PullImage; ALREADY_EXISTS for a name in use, or a
     * `request_id` that was used
     * with another request; RESOURCE_EXHAUSTED at the host's bound;
     * FAILED_PRECONDITION for a policy, a group or a credential where sandboxes
     * have no network (capability `network`); those of ExecService.Exec for a
     * main process that can't be started.
     * </pre>
     */
    public dev.skerry.v1.Sandbox createSandbox(dev.skerry.v1.CreateSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSandbox reads one sandbox. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Sandbox getSandbox(dev.skerry.v1.GetSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSandboxes reads sandboxes in order of creation, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public dev.skerry.v1.ListSandboxesResponse listSandboxes(dev.skerry.v1.ListSandboxesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSandboxesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateSandbox changes the fields that `update_mask` names. Limits of a
     * running sandbox change at once, and so does its network policy: when this
     * answers, no packet passes that the new one does not let through, also of
     * connections that were there. A credential that is gone is added to no
     * request any more, and connections that had it are cut.
     * Errors: INVALID_ARGUMENT for a path that can't change; NOT_FOUND;
     * ALREADY_EXISTS for a name in use; FAILED_PRECONDITION for a policy, a
     * group or a credential where the sandbox has no network.
     * </pre>
     */
    public dev.skerry.v1.Sandbox updateSandbox(dev.skerry.v1.UpdateSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSandbox ends the sandbox's processes and removes its disk. It may be
     * called in every state, also while a create is under way, and again after
     * it: deleting what is not there succeeds.
     * Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSandboxResponse deleteSandbox(dev.skerry.v1.DeleteSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StartSandbox starts a STOPPED or FAILED sandbox on its own disk, with its
     * main process; a RUNNING one is left as it is. Where the main process can't
     * be started the sandbox runs without, and `state_reason` says why. Errors: NOT_FOUND; FAILED_PRECONDITION for
     * a PAUSED one (resume it instead).
     * </pre>
     */
    public dev.skerry.v1.Sandbox startSandbox(dev.skerry.v1.StartSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStartSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StopSandbox ends the sandbox's processes and keeps its disk: SIGTERM to
     * all of them, then SIGKILL after `grace_period`. A STOPPED one is left as
     * it is. Errors: NOT_FOUND; FAILED_PRECONDITION for a FAILED one.
     * </pre>
     */
    public dev.skerry.v1.Sandbox stopSandbox(dev.skerry.v1.StopSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStopSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PauseSandbox freezes the sandbox's processes in memory. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is RUNNING or PAUSED.
     * </pre>
     */
    public dev.skerry.v1.Sandbox pauseSandbox(dev.skerry.v1.PauseSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPauseSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ResumeSandbox lets a PAUSED sandbox's processes go on. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is PAUSED or RUNNING.
     * </pre>
     */
    public dev.skerry.v1.Sandbox resumeSandbox(dev.skerry.v1.ResumeSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResumeSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * KeepAlive counts as work on a sandbox: its `idle_timeout` starts anew, at
     * once or, with `period`, when that is over. A later call moves it; it never
     * comes earlier. It survives the daemon. `max_lifetime` still holds.
     * Errors: INVALID_ARGUMENT; NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Sandbox keepAlive(dev.skerry.v1.KeepAliveRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getKeepAliveMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ForkSandbox makes new sandboxes whose disks are what the sandbox's disk is
     * at one instant: deletions, modes, owners, links and all. A running one is
     * frozen for that instant. A volume that was made for it (`storage`) is
     * copied as well, others are shared. Processes are not copied: each fork
     * starts anew. All are made, or none.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * RESOURCE_EXHAUSTED at the host's bound; FAILED_PRECONDITION for `memory`.
     * </pre>
     */
    public dev.skerry.v1.ForkSandboxResponse forkSandbox(dev.skerry.v1.ForkSandboxRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getForkSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CoalesceSandboxes deletes a sandbox and all that was forked from it, at
     * any depth, but the one that is kept, which has no parent any more.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where the one to keep is neither
     * the sandbox nor forked from it.
     * </pre>
     */
    public dev.skerry.v1.CoalesceSandboxesResponse coalesceSandboxes(dev.skerry.v1.CoalesceSandboxesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCoalesceSandboxesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchSandboxes streams changes: first an EXISTING event for each sandbox
     * that matches, then one CURRENT event, then each change as it happens. A
     * watcher that falls more than 1,024 events behind gets RESOURCE_EXHAUSTED
     * and watches anew. A KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED for a watcher that fell
     * behind.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.WatchSandboxesResponse>
        watchSandboxes(dev.skerry.v1.WatchSandboxesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchSandboxesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSandboxStats reads what a sandbox uses at this moment. It may be called
     * in every state: of a sandbox that does not run only the disk is told. It
     * does not count as work on it.
     * Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.SandboxStats getSandboxStats(dev.skerry.v1.GetSandboxStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSandboxStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchSandboxStats reads the same at once and then again and again, whatever
     * becomes of the sandbox meanwhile, until it is deleted. A caller who reads
     * slowly gets fewer of them, and never old ones. It does not count as work on
     * it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND, also when it is deleted.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.SandboxStats>
        watchSandboxStats(dev.skerry.v1.WatchSandboxStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchSandboxStatsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SandboxService.
   * <pre>
   * SandboxService makes, changes, watches and ends sandboxes.
   * Every request that names a sandbox takes its id (`sbx_…`) or its name in
   * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
   * </pre>
   */
  public static final class SandboxServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SandboxServiceBlockingStub> {
    private SandboxServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SandboxServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SandboxServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSandbox makes a sandbox and starts it; it answers when the sandbox
     * is RUNNING and its record is durable.
     * Errors: INVALID_ARGUMENT with the field named; NOT_FOUND for an unknown
     * image, unless `pull_policy` has it pulled, then those of
     * ImageService.PullImage; ALREADY_EXISTS for a name in use, or a
     * `request_id` that was used
     * with another request; RESOURCE_EXHAUSTED at the host's bound;
     * FAILED_PRECONDITION for a policy, a group or a credential where sandboxes
     * have no network (capability `network`); those of ExecService.Exec for a
     * main process that can't be started.
     * </pre>
     */
    public dev.skerry.v1.Sandbox createSandbox(dev.skerry.v1.CreateSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSandbox reads one sandbox. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Sandbox getSandbox(dev.skerry.v1.GetSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListSandboxes reads sandboxes in order of creation, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public dev.skerry.v1.ListSandboxesResponse listSandboxes(dev.skerry.v1.ListSandboxesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSandboxesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UpdateSandbox changes the fields that `update_mask` names. Limits of a
     * running sandbox change at once, and so does its network policy: when this
     * answers, no packet passes that the new one does not let through, also of
     * connections that were there. A credential that is gone is added to no
     * request any more, and connections that had it are cut.
     * Errors: INVALID_ARGUMENT for a path that can't change; NOT_FOUND;
     * ALREADY_EXISTS for a name in use; FAILED_PRECONDITION for a policy, a
     * group or a credential where the sandbox has no network.
     * </pre>
     */
    public dev.skerry.v1.Sandbox updateSandbox(dev.skerry.v1.UpdateSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteSandbox ends the sandbox's processes and removes its disk. It may be
     * called in every state, also while a create is under way, and again after
     * it: deleting what is not there succeeds.
     * Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.DeleteSandboxResponse deleteSandbox(dev.skerry.v1.DeleteSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StartSandbox starts a STOPPED or FAILED sandbox on its own disk, with its
     * main process; a RUNNING one is left as it is. Where the main process can't
     * be started the sandbox runs without, and `state_reason` says why. Errors: NOT_FOUND; FAILED_PRECONDITION for
     * a PAUSED one (resume it instead).
     * </pre>
     */
    public dev.skerry.v1.Sandbox startSandbox(dev.skerry.v1.StartSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStartSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StopSandbox ends the sandbox's processes and keeps its disk: SIGTERM to
     * all of them, then SIGKILL after `grace_period`. A STOPPED one is left as
     * it is. Errors: NOT_FOUND; FAILED_PRECONDITION for a FAILED one.
     * </pre>
     */
    public dev.skerry.v1.Sandbox stopSandbox(dev.skerry.v1.StopSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStopSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PauseSandbox freezes the sandbox's processes in memory. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is RUNNING or PAUSED.
     * </pre>
     */
    public dev.skerry.v1.Sandbox pauseSandbox(dev.skerry.v1.PauseSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPauseSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ResumeSandbox lets a PAUSED sandbox's processes go on. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is PAUSED or RUNNING.
     * </pre>
     */
    public dev.skerry.v1.Sandbox resumeSandbox(dev.skerry.v1.ResumeSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResumeSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * KeepAlive counts as work on a sandbox: its `idle_timeout` starts anew, at
     * once or, with `period`, when that is over. A later call moves it; it never
     * comes earlier. It survives the daemon. `max_lifetime` still holds.
     * Errors: INVALID_ARGUMENT; NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Sandbox keepAlive(dev.skerry.v1.KeepAliveRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getKeepAliveMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ForkSandbox makes new sandboxes whose disks are what the sandbox's disk is
     * at one instant: deletions, modes, owners, links and all. A running one is
     * frozen for that instant. A volume that was made for it (`storage`) is
     * copied as well, others are shared. Processes are not copied: each fork
     * starts anew. All are made, or none.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * RESOURCE_EXHAUSTED at the host's bound; FAILED_PRECONDITION for `memory`.
     * </pre>
     */
    public dev.skerry.v1.ForkSandboxResponse forkSandbox(dev.skerry.v1.ForkSandboxRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getForkSandboxMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CoalesceSandboxes deletes a sandbox and all that was forked from it, at
     * any depth, but the one that is kept, which has no parent any more.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where the one to keep is neither
     * the sandbox nor forked from it.
     * </pre>
     */
    public dev.skerry.v1.CoalesceSandboxesResponse coalesceSandboxes(dev.skerry.v1.CoalesceSandboxesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCoalesceSandboxesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchSandboxes streams changes: first an EXISTING event for each sandbox
     * that matches, then one CURRENT event, then each change as it happens. A
     * watcher that falls more than 1,024 events behind gets RESOURCE_EXHAUSTED
     * and watches anew. A KEEP_ALIVE event comes at least every 15 seconds.
     * Errors: INVALID_ARGUMENT; RESOURCE_EXHAUSTED for a watcher that fell
     * behind.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.WatchSandboxesResponse> watchSandboxes(
        dev.skerry.v1.WatchSandboxesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchSandboxesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSandboxStats reads what a sandbox uses at this moment. It may be called
     * in every state: of a sandbox that does not run only the disk is told. It
     * does not count as work on it.
     * Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.SandboxStats getSandboxStats(dev.skerry.v1.GetSandboxStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSandboxStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchSandboxStats reads the same at once and then again and again, whatever
     * becomes of the sandbox meanwhile, until it is deleted. A caller who reads
     * slowly gets fewer of them, and never old ones. It does not count as work on
     * it.
     * Errors: INVALID_ARGUMENT; NOT_FOUND, also when it is deleted.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.SandboxStats> watchSandboxStats(
        dev.skerry.v1.WatchSandboxStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchSandboxStatsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SandboxService.
   * <pre>
   * SandboxService makes, changes, watches and ends sandboxes.
   * Every request that names a sandbox takes its id (`sbx_…`) or its name in
   * `sandbox_id`. Errors carry a `google.rpc.ErrorInfo` with a stable reason.
   * </pre>
   */
  public static final class SandboxServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SandboxServiceFutureStub> {
    private SandboxServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SandboxServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SandboxServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateSandbox makes a sandbox and starts it; it answers when the sandbox
     * is RUNNING and its record is durable.
     * Errors: INVALID_ARGUMENT with the field named; NOT_FOUND for an unknown
     * image, unless `pull_policy` has it pulled, then those of
     * ImageService.PullImage; ALREADY_EXISTS for a name in use, or a
     * `request_id` that was used
     * with another request; RESOURCE_EXHAUSTED at the host's bound;
     * FAILED_PRECONDITION for a policy, a group or a credential where sandboxes
     * have no network (capability `network`); those of ExecService.Exec for a
     * main process that can't be started.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> createSandbox(
        dev.skerry.v1.CreateSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetSandbox reads one sandbox. Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> getSandbox(
        dev.skerry.v1.GetSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListSandboxes reads sandboxes in order of creation, a page at a time.
     * Errors: INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListSandboxesResponse> listSandboxes(
        dev.skerry.v1.ListSandboxesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSandboxesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * UpdateSandbox changes the fields that `update_mask` names. Limits of a
     * running sandbox change at once, and so does its network policy: when this
     * answers, no packet passes that the new one does not let through, also of
     * connections that were there. A credential that is gone is added to no
     * request any more, and connections that had it are cut.
     * Errors: INVALID_ARGUMENT for a path that can't change; NOT_FOUND;
     * ALREADY_EXISTS for a name in use; FAILED_PRECONDITION for a policy, a
     * group or a credential where the sandbox has no network.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> updateSandbox(
        dev.skerry.v1.UpdateSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteSandbox ends the sandbox's processes and removes its disk. It may be
     * called in every state, also while a create is under way, and again after
     * it: deleting what is not there succeeds.
     * Errors: none but those of every call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteSandboxResponse> deleteSandbox(
        dev.skerry.v1.DeleteSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * StartSandbox starts a STOPPED or FAILED sandbox on its own disk, with its
     * main process; a RUNNING one is left as it is. Where the main process can't
     * be started the sandbox runs without, and `state_reason` says why. Errors: NOT_FOUND; FAILED_PRECONDITION for
     * a PAUSED one (resume it instead).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> startSandbox(
        dev.skerry.v1.StartSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStartSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * StopSandbox ends the sandbox's processes and keeps its disk: SIGTERM to
     * all of them, then SIGKILL after `grace_period`. A STOPPED one is left as
     * it is. Errors: NOT_FOUND; FAILED_PRECONDITION for a FAILED one.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> stopSandbox(
        dev.skerry.v1.StopSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStopSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * PauseSandbox freezes the sandbox's processes in memory. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is RUNNING or PAUSED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> pauseSandbox(
        dev.skerry.v1.PauseSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPauseSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ResumeSandbox lets a PAUSED sandbox's processes go on. Errors:
     * NOT_FOUND; FAILED_PRECONDITION unless it is PAUSED or RUNNING.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> resumeSandbox(
        dev.skerry.v1.ResumeSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResumeSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * KeepAlive counts as work on a sandbox: its `idle_timeout` starts anew, at
     * once or, with `period`, when that is over. A later call moves it; it never
     * comes earlier. It survives the daemon. `max_lifetime` still holds.
     * Errors: INVALID_ARGUMENT; NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Sandbox> keepAlive(
        dev.skerry.v1.KeepAliveRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getKeepAliveMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ForkSandbox makes new sandboxes whose disks are what the sandbox's disk is
     * at one instant: deletions, modes, owners, links and all. A running one is
     * frozen for that instant. A volume that was made for it (`storage`) is
     * copied as well, others are shared. Processes are not copied: each fork
     * starts anew. All are made, or none.
     * Errors: INVALID_ARGUMENT; NOT_FOUND; ALREADY_EXISTS for a name in use;
     * RESOURCE_EXHAUSTED at the host's bound; FAILED_PRECONDITION for `memory`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ForkSandboxResponse> forkSandbox(
        dev.skerry.v1.ForkSandboxRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getForkSandboxMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CoalesceSandboxes deletes a sandbox and all that was forked from it, at
     * any depth, but the one that is kept, which has no parent any more.
     * Errors: NOT_FOUND; FAILED_PRECONDITION where the one to keep is neither
     * the sandbox nor forked from it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.CoalesceSandboxesResponse> coalesceSandboxes(
        dev.skerry.v1.CoalesceSandboxesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCoalesceSandboxesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetSandboxStats reads what a sandbox uses at this moment. It may be called
     * in every state: of a sandbox that does not run only the disk is told. It
     * does not count as work on it.
     * Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.SandboxStats> getSandboxStats(
        dev.skerry.v1.GetSandboxStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSandboxStatsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SANDBOX = 0;
  private static final int METHODID_GET_SANDBOX = 1;
  private static final int METHODID_LIST_SANDBOXES = 2;
  private static final int METHODID_UPDATE_SANDBOX = 3;
  private static final int METHODID_DELETE_SANDBOX = 4;
  private static final int METHODID_START_SANDBOX = 5;
  private static final int METHODID_STOP_SANDBOX = 6;
  private static final int METHODID_PAUSE_SANDBOX = 7;
  private static final int METHODID_RESUME_SANDBOX = 8;
  private static final int METHODID_KEEP_ALIVE = 9;
  private static final int METHODID_FORK_SANDBOX = 10;
  private static final int METHODID_COALESCE_SANDBOXES = 11;
  private static final int METHODID_WATCH_SANDBOXES = 12;
  private static final int METHODID_GET_SANDBOX_STATS = 13;
  private static final int METHODID_WATCH_SANDBOX_STATS = 14;

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
        case METHODID_CREATE_SANDBOX:
          serviceImpl.createSandbox((dev.skerry.v1.CreateSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_GET_SANDBOX:
          serviceImpl.getSandbox((dev.skerry.v1.GetSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_LIST_SANDBOXES:
          serviceImpl.listSandboxes((dev.skerry.v1.ListSandboxesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListSandboxesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_SANDBOX:
          serviceImpl.updateSandbox((dev.skerry.v1.UpdateSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_DELETE_SANDBOX:
          serviceImpl.deleteSandbox((dev.skerry.v1.DeleteSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteSandboxResponse>) responseObserver);
          break;
        case METHODID_START_SANDBOX:
          serviceImpl.startSandbox((dev.skerry.v1.StartSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_STOP_SANDBOX:
          serviceImpl.stopSandbox((dev.skerry.v1.StopSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_PAUSE_SANDBOX:
          serviceImpl.pauseSandbox((dev.skerry.v1.PauseSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_RESUME_SANDBOX:
          serviceImpl.resumeSandbox((dev.skerry.v1.ResumeSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_KEEP_ALIVE:
          serviceImpl.keepAlive((dev.skerry.v1.KeepAliveRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Sandbox>) responseObserver);
          break;
        case METHODID_FORK_SANDBOX:
          serviceImpl.forkSandbox((dev.skerry.v1.ForkSandboxRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ForkSandboxResponse>) responseObserver);
          break;
        case METHODID_COALESCE_SANDBOXES:
          serviceImpl.coalesceSandboxes((dev.skerry.v1.CoalesceSandboxesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.CoalesceSandboxesResponse>) responseObserver);
          break;
        case METHODID_WATCH_SANDBOXES:
          serviceImpl.watchSandboxes((dev.skerry.v1.WatchSandboxesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.WatchSandboxesResponse>) responseObserver);
          break;
        case METHODID_GET_SANDBOX_STATS:
          serviceImpl.getSandboxStats((dev.skerry.v1.GetSandboxStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.SandboxStats>) responseObserver);
          break;
        case METHODID_WATCH_SANDBOX_STATS:
          serviceImpl.watchSandboxStats((dev.skerry.v1.WatchSandboxStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.SandboxStats>) responseObserver);
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
          getCreateSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_CREATE_SANDBOX)))
        .addMethod(
          getGetSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_GET_SANDBOX)))
        .addMethod(
          getListSandboxesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListSandboxesRequest,
              dev.skerry.v1.ListSandboxesResponse>(
                service, METHODID_LIST_SANDBOXES)))
        .addMethod(
          getUpdateSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.UpdateSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_UPDATE_SANDBOX)))
        .addMethod(
          getDeleteSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteSandboxRequest,
              dev.skerry.v1.DeleteSandboxResponse>(
                service, METHODID_DELETE_SANDBOX)))
        .addMethod(
          getStartSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.StartSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_START_SANDBOX)))
        .addMethod(
          getStopSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.StopSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_STOP_SANDBOX)))
        .addMethod(
          getPauseSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.PauseSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_PAUSE_SANDBOX)))
        .addMethod(
          getResumeSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ResumeSandboxRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_RESUME_SANDBOX)))
        .addMethod(
          getKeepAliveMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.KeepAliveRequest,
              dev.skerry.v1.Sandbox>(
                service, METHODID_KEEP_ALIVE)))
        .addMethod(
          getForkSandboxMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ForkSandboxRequest,
              dev.skerry.v1.ForkSandboxResponse>(
                service, METHODID_FORK_SANDBOX)))
        .addMethod(
          getCoalesceSandboxesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CoalesceSandboxesRequest,
              dev.skerry.v1.CoalesceSandboxesResponse>(
                service, METHODID_COALESCE_SANDBOXES)))
        .addMethod(
          getWatchSandboxesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.WatchSandboxesRequest,
              dev.skerry.v1.WatchSandboxesResponse>(
                service, METHODID_WATCH_SANDBOXES)))
        .addMethod(
          getGetSandboxStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetSandboxStatsRequest,
              dev.skerry.v1.SandboxStats>(
                service, METHODID_GET_SANDBOX_STATS)))
        .addMethod(
          getWatchSandboxStatsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.WatchSandboxStatsRequest,
              dev.skerry.v1.SandboxStats>(
                service, METHODID_WATCH_SANDBOX_STATS)))
        .build();
  }

  private static abstract class SandboxServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SandboxServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.SandboxServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SandboxService");
    }
  }

  private static final class SandboxServiceFileDescriptorSupplier
      extends SandboxServiceBaseDescriptorSupplier {
    SandboxServiceFileDescriptorSupplier() {}
  }

  private static final class SandboxServiceMethodDescriptorSupplier
      extends SandboxServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SandboxServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (SandboxServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SandboxServiceFileDescriptorSupplier())
              .addMethod(getCreateSandboxMethod())
              .addMethod(getGetSandboxMethod())
              .addMethod(getListSandboxesMethod())
              .addMethod(getUpdateSandboxMethod())
              .addMethod(getDeleteSandboxMethod())
              .addMethod(getStartSandboxMethod())
              .addMethod(getStopSandboxMethod())
              .addMethod(getPauseSandboxMethod())
              .addMethod(getResumeSandboxMethod())
              .addMethod(getKeepAliveMethod())
              .addMethod(getForkSandboxMethod())
              .addMethod(getCoalesceSandboxesMethod())
              .addMethod(getWatchSandboxesMethod())
              .addMethod(getGetSandboxStatsMethod())
              .addMethod(getWatchSandboxStatsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
