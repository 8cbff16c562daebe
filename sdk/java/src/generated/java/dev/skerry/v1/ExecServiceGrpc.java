package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * ExecService runs commands in sandboxes.
 * An exec is a command that someone asked for. Its output is kept in a log of
 * bounded size inside the sandbox, so that it outlives the caller and the
 * daemon; every byte of it, stdout and stderr together in order of arrival,
 * has an offset. An exec that has ended is kept until 128 newer ones of the
 * same sandbox have ended, or the sandbox stops.
 * A command that can't be started is an RPC error with a typed reason; one
 * that ends, however it ends, is a result.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ExecServiceGrpc {

  private ExecServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.ExecService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ExecRequest,
      dev.skerry.v1.ExecResponse> getExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Exec",
      requestType = dev.skerry.v1.ExecRequest.class,
      responseType = dev.skerry.v1.ExecResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ExecRequest,
      dev.skerry.v1.ExecResponse> getExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ExecRequest, dev.skerry.v1.ExecResponse> getExecMethod;
    if ((getExecMethod = ExecServiceGrpc.getExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getExecMethod = ExecServiceGrpc.getExecMethod) == null) {
          ExecServiceGrpc.getExecMethod = getExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ExecRequest, dev.skerry.v1.ExecResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Exec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("Exec"))
              .build();
        }
      }
    }
    return getExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ExecStreamRequest,
      dev.skerry.v1.ExecStreamResponse> getExecStreamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExecStream",
      requestType = dev.skerry.v1.ExecStreamRequest.class,
      responseType = dev.skerry.v1.ExecStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ExecStreamRequest,
      dev.skerry.v1.ExecStreamResponse> getExecStreamMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ExecStreamRequest, dev.skerry.v1.ExecStreamResponse> getExecStreamMethod;
    if ((getExecStreamMethod = ExecServiceGrpc.getExecStreamMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getExecStreamMethod = ExecServiceGrpc.getExecStreamMethod) == null) {
          ExecServiceGrpc.getExecStreamMethod = getExecStreamMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ExecStreamRequest, dev.skerry.v1.ExecStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExecStream"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecStreamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("ExecStream"))
              .build();
        }
      }
    }
    return getExecStreamMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.StartExecRequest,
      dev.skerry.v1.ExecInfo> getStartExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StartExec",
      requestType = dev.skerry.v1.StartExecRequest.class,
      responseType = dev.skerry.v1.ExecInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.StartExecRequest,
      dev.skerry.v1.ExecInfo> getStartExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.StartExecRequest, dev.skerry.v1.ExecInfo> getStartExecMethod;
    if ((getStartExecMethod = ExecServiceGrpc.getStartExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getStartExecMethod = ExecServiceGrpc.getStartExecMethod) == null) {
          ExecServiceGrpc.getStartExecMethod = getStartExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.StartExecRequest, dev.skerry.v1.ExecInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StartExec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.StartExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecInfo.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("StartExec"))
              .build();
        }
      }
    }
    return getStartExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.AttachExecRequest,
      dev.skerry.v1.ExecStreamResponse> getAttachExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AttachExec",
      requestType = dev.skerry.v1.AttachExecRequest.class,
      responseType = dev.skerry.v1.ExecStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.AttachExecRequest,
      dev.skerry.v1.ExecStreamResponse> getAttachExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.AttachExecRequest, dev.skerry.v1.ExecStreamResponse> getAttachExecMethod;
    if ((getAttachExecMethod = ExecServiceGrpc.getAttachExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getAttachExecMethod = ExecServiceGrpc.getAttachExecMethod) == null) {
          ExecServiceGrpc.getAttachExecMethod = getAttachExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.AttachExecRequest, dev.skerry.v1.ExecStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AttachExec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.AttachExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("AttachExec"))
              .build();
        }
      }
    }
    return getAttachExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.InteractExecRequest,
      dev.skerry.v1.ExecStreamResponse> getInteractExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "InteractExec",
      requestType = dev.skerry.v1.InteractExecRequest.class,
      responseType = dev.skerry.v1.ExecStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.InteractExecRequest,
      dev.skerry.v1.ExecStreamResponse> getInteractExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.InteractExecRequest, dev.skerry.v1.ExecStreamResponse> getInteractExecMethod;
    if ((getInteractExecMethod = ExecServiceGrpc.getInteractExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getInteractExecMethod = ExecServiceGrpc.getInteractExecMethod) == null) {
          ExecServiceGrpc.getInteractExecMethod = getInteractExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.InteractExecRequest, dev.skerry.v1.ExecStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "InteractExec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.InteractExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("InteractExec"))
              .build();
        }
      }
    }
    return getInteractExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.WaitExecRequest,
      dev.skerry.v1.ExecInfo> getWaitExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WaitExec",
      requestType = dev.skerry.v1.WaitExecRequest.class,
      responseType = dev.skerry.v1.ExecInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.WaitExecRequest,
      dev.skerry.v1.ExecInfo> getWaitExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.WaitExecRequest, dev.skerry.v1.ExecInfo> getWaitExecMethod;
    if ((getWaitExecMethod = ExecServiceGrpc.getWaitExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getWaitExecMethod = ExecServiceGrpc.getWaitExecMethod) == null) {
          ExecServiceGrpc.getWaitExecMethod = getWaitExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.WaitExecRequest, dev.skerry.v1.ExecInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WaitExec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WaitExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecInfo.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("WaitExec"))
              .build();
        }
      }
    }
    return getWaitExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.SignalExecRequest,
      dev.skerry.v1.SignalExecResponse> getSignalExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SignalExec",
      requestType = dev.skerry.v1.SignalExecRequest.class,
      responseType = dev.skerry.v1.SignalExecResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.SignalExecRequest,
      dev.skerry.v1.SignalExecResponse> getSignalExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.SignalExecRequest, dev.skerry.v1.SignalExecResponse> getSignalExecMethod;
    if ((getSignalExecMethod = ExecServiceGrpc.getSignalExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getSignalExecMethod = ExecServiceGrpc.getSignalExecMethod) == null) {
          ExecServiceGrpc.getSignalExecMethod = getSignalExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.SignalExecRequest, dev.skerry.v1.SignalExecResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SignalExec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SignalExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SignalExecResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("SignalExec"))
              .build();
        }
      }
    }
    return getSignalExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetExecRequest,
      dev.skerry.v1.ExecInfo> getGetExecMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetExec",
      requestType = dev.skerry.v1.GetExecRequest.class,
      responseType = dev.skerry.v1.ExecInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetExecRequest,
      dev.skerry.v1.ExecInfo> getGetExecMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetExecRequest, dev.skerry.v1.ExecInfo> getGetExecMethod;
    if ((getGetExecMethod = ExecServiceGrpc.getGetExecMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getGetExecMethod = ExecServiceGrpc.getGetExecMethod) == null) {
          ExecServiceGrpc.getGetExecMethod = getGetExecMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetExecRequest, dev.skerry.v1.ExecInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetExec"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetExecRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExecInfo.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("GetExec"))
              .build();
        }
      }
    }
    return getGetExecMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListExecsRequest,
      dev.skerry.v1.ListExecsResponse> getListExecsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListExecs",
      requestType = dev.skerry.v1.ListExecsRequest.class,
      responseType = dev.skerry.v1.ListExecsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListExecsRequest,
      dev.skerry.v1.ListExecsResponse> getListExecsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListExecsRequest, dev.skerry.v1.ListExecsResponse> getListExecsMethod;
    if ((getListExecsMethod = ExecServiceGrpc.getListExecsMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getListExecsMethod = ExecServiceGrpc.getListExecsMethod) == null) {
          ExecServiceGrpc.getListExecsMethod = getListExecsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListExecsRequest, dev.skerry.v1.ListExecsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListExecs"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListExecsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListExecsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("ListExecs"))
              .build();
        }
      }
    }
    return getListExecsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.StreamLogsRequest,
      dev.skerry.v1.StreamLogsResponse> getStreamLogsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamLogs",
      requestType = dev.skerry.v1.StreamLogsRequest.class,
      responseType = dev.skerry.v1.StreamLogsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.StreamLogsRequest,
      dev.skerry.v1.StreamLogsResponse> getStreamLogsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.StreamLogsRequest, dev.skerry.v1.StreamLogsResponse> getStreamLogsMethod;
    if ((getStreamLogsMethod = ExecServiceGrpc.getStreamLogsMethod) == null) {
      synchronized (ExecServiceGrpc.class) {
        if ((getStreamLogsMethod = ExecServiceGrpc.getStreamLogsMethod) == null) {
          ExecServiceGrpc.getStreamLogsMethod = getStreamLogsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.StreamLogsRequest, dev.skerry.v1.StreamLogsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamLogs"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.StreamLogsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.StreamLogsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ExecServiceMethodDescriptorSupplier("StreamLogs"))
              .build();
        }
      }
    }
    return getStreamLogsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ExecServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ExecServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ExecServiceStub>() {
        @java.lang.Override
        public ExecServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ExecServiceStub(channel, callOptions);
        }
      };
    return ExecServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ExecServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ExecServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ExecServiceBlockingV2Stub>() {
        @java.lang.Override
        public ExecServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ExecServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ExecServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ExecServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ExecServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ExecServiceBlockingStub>() {
        @java.lang.Override
        public ExecServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ExecServiceBlockingStub(channel, callOptions);
        }
      };
    return ExecServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ExecServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ExecServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ExecServiceFutureStub>() {
        @java.lang.Override
        public ExecServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ExecServiceFutureStub(channel, callOptions);
        }
      };
    return ExecServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * ExecService runs commands in sandboxes.
   * An exec is a command that someone asked for. Its output is kept in a log of
   * bounded size inside the sandbox, so that it outlives the caller and the
   * daemon; every byte of it, stdout and stderr together in order of arrival,
   * has an offset. An exec that has ended is kept until 128 newer ones of the
   * same sandbox have ended, or the sandbox stops.
   * A command that can't be started is an RPC error with a typed reason; one
   * that ends, however it ends, is a result.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Exec runs a command to its end and answers with its collected output, at
     * most 1 MiB of stdout and of stderr each (`max_output_bytes`).
     * Errors of starting: NOT_FOUND (COMMAND_NOT_FOUND, CWD_NOT_FOUND,
     * USER_NOT_FOUND, SANDBOX_NOT_FOUND), PERMISSION_DENIED (NOT_EXECUTABLE,
     * CWD_NOT_ACCESSIBLE), FAILED_PRECONDITION (BAD_INTERPRETER, a sandbox that
     * is not RUNNING), RESOURCE_EXHAUSTED (OUT_OF_MEMORY, OUT_OF_PIDS,
     * TOO_MANY_EXECS).
     * </pre>
     */
    default void exec(dev.skerry.v1.ExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * ExecStream runs a command and streams its output as it comes: first
     * `started`, then `stdout` and `stderr` frames, `exited` last. The command
     * goes on when the caller leaves; what it writes is not lost while the
     * caller reads, however slowly. Errors: as Exec.
     * </pre>
     */
    default void execStream(dev.skerry.v1.ExecStreamRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExecStreamMethod(), responseObserver);
    }

    /**
     * <pre>
     * StartExec starts a command in the background and answers once its program
     * runs. Errors: as Exec.
     * </pre>
     */
    default void startExec(dev.skerry.v1.StartExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStartExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * AttachExec streams an exec's output from an offset on: what its log still
     * keeps, then what comes, `exited` last. Where the log has moved on, a
     * `truncated` frame says from where it goes on. Any number may read. The
     * slowest holds the command back, except one that has taken nothing for ten
     * seconds while others are further. Of a caller whose connection is cut the
     * command waits ten seconds for the attach that goes on from the caller's
     * last offset; nothing is missing then as long as the caller's HTTP/2 stream
     * window is at most 384 KiB. Errors: NOT_FOUND.
     * </pre>
     */
    default void attachExec(dev.skerry.v1.AttachExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAttachExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * InteractExec runs a command, or attaches to one, with input: the first
     * message is `start` or `attach`, then come input, sizes and signals; the
     * answers are those of ExecStream. Input waits for the command to read it.
     * The end of the requests leaves the command's standard input as it is.
     * Errors: as Exec; FAILED_PRECONDITION (STDIN_TAKEN) for input where
     * another caller has it, (STDIN_CLOSED) where the command has none.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.skerry.v1.InteractExecRequest> interactExec(
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getInteractExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * WaitExec answers when the exec has ended. Errors: NOT_FOUND;
     * FAILED_PRECONDITION when the sandbox stops first.
     * </pre>
     */
    default void waitExec(dev.skerry.v1.WaitExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWaitExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * SignalExec sends a signal to the exec's process group, or to its first
     * process alone. Errors: NOT_FOUND; FAILED_PRECONDITION (EXEC_ENDED).
     * </pre>
     */
    default void signalExec(dev.skerry.v1.SignalExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SignalExecResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSignalExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetExec reads one exec. Errors: NOT_FOUND.
     * </pre>
     */
    default void getExec(dev.skerry.v1.GetExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetExecMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListExecs reads a sandbox's execs, oldest first, a page at a time. Errors:
     * NOT_FOUND; INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    default void listExecs(dev.skerry.v1.ListExecsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListExecsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListExecsMethod(), responseObserver);
    }

    /**
     * <pre>
     * StreamLogs reads what a sandbox's main process has written, in all of its
     * runs, the oldest first: the last 8 MiB at least, 16 MiB at most. With
     * `follow` it goes on with what comes, until the main process has ended.
     * Errors: NOT_FOUND; FAILED_PRECONDITION (NO_MAIN_PROCESS).
     * </pre>
     */
    default void streamLogs(dev.skerry.v1.StreamLogsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.StreamLogsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStreamLogsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ExecService.
   * <pre>
   * ExecService runs commands in sandboxes.
   * An exec is a command that someone asked for. Its output is kept in a log of
   * bounded size inside the sandbox, so that it outlives the caller and the
   * daemon; every byte of it, stdout and stderr together in order of arrival,
   * has an offset. An exec that has ended is kept until 128 newer ones of the
   * same sandbox have ended, or the sandbox stops.
   * A command that can't be started is an RPC error with a typed reason; one
   * that ends, however it ends, is a result.
   * </pre>
   */
  public static abstract class ExecServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ExecServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ExecService.
   * <pre>
   * ExecService runs commands in sandboxes.
   * An exec is a command that someone asked for. Its output is kept in a log of
   * bounded size inside the sandbox, so that it outlives the caller and the
   * daemon; every byte of it, stdout and stderr together in order of arrival,
   * has an offset. An exec that has ended is kept until 128 newer ones of the
   * same sandbox have ended, or the sandbox stops.
   * A command that can't be started is an RPC error with a typed reason; one
   * that ends, however it ends, is a result.
   * </pre>
   */
  public static final class ExecServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ExecServiceStub> {
    private ExecServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ExecServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ExecServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Exec runs a command to its end and answers with its collected output, at
     * most 1 MiB of stdout and of stderr each (`max_output_bytes`).
     * Errors of starting: NOT_FOUND (COMMAND_NOT_FOUND, CWD_NOT_FOUND,
     * USER_NOT_FOUND, SANDBOX_NOT_FOUND), PERMISSION_DENIED (NOT_EXECUTABLE,
     * CWD_NOT_ACCESSIBLE), FAILED_PRECONDITION (BAD_INTERPRETER, a sandbox that
     * is not RUNNING), RESOURCE_EXHAUSTED (OUT_OF_MEMORY, OUT_OF_PIDS,
     * TOO_MANY_EXECS).
     * </pre>
     */
    public void exec(dev.skerry.v1.ExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExecMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ExecStream runs a command and streams its output as it comes: first
     * `started`, then `stdout` and `stderr` frames, `exited` last. The command
     * goes on when the caller leaves; what it writes is not lost while the
     * caller reads, however slowly. Errors: as Exec.
     * </pre>
     */
    public void execStream(dev.skerry.v1.ExecStreamRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getExecStreamMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * StartExec starts a command in the background and answers once its program
     * runs. Errors: as Exec.
     * </pre>
     */
    public void startExec(dev.skerry.v1.StartExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStartExecMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * AttachExec streams an exec's output from an offset on: what its log still
     * keeps, then what comes, `exited` last. Where the log has moved on, a
     * `truncated` frame says from where it goes on. Any number may read. The
     * slowest holds the command back, except one that has taken nothing for ten
     * seconds while others are further. Of a caller whose connection is cut the
     * command waits ten seconds for the attach that goes on from the caller's
     * last offset; nothing is missing then as long as the caller's HTTP/2 stream
     * window is at most 384 KiB. Errors: NOT_FOUND.
     * </pre>
     */
    public void attachExec(dev.skerry.v1.AttachExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getAttachExecMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * InteractExec runs a command, or attaches to one, with input: the first
     * message is `start` or `attach`, then come input, sizes and signals; the
     * answers are those of ExecStream. Input waits for the command to read it.
     * The end of the requests leaves the command's standard input as it is.
     * Errors: as Exec; FAILED_PRECONDITION (STDIN_TAKEN) for input where
     * another caller has it, (STDIN_CLOSED) where the command has none.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.skerry.v1.InteractExecRequest> interactExec(
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getInteractExecMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * WaitExec answers when the exec has ended. Errors: NOT_FOUND;
     * FAILED_PRECONDITION when the sandbox stops first.
     * </pre>
     */
    public void waitExec(dev.skerry.v1.WaitExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getWaitExecMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SignalExec sends a signal to the exec's process group, or to its first
     * process alone. Errors: NOT_FOUND; FAILED_PRECONDITION (EXEC_ENDED).
     * </pre>
     */
    public void signalExec(dev.skerry.v1.SignalExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SignalExecResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSignalExecMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetExec reads one exec. Errors: NOT_FOUND.
     * </pre>
     */
    public void getExec(dev.skerry.v1.GetExecRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetExecMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListExecs reads a sandbox's execs, oldest first, a page at a time. Errors:
     * NOT_FOUND; INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public void listExecs(dev.skerry.v1.ListExecsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListExecsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListExecsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * StreamLogs reads what a sandbox's main process has written, in all of its
     * runs, the oldest first: the last 8 MiB at least, 16 MiB at most. With
     * `follow` it goes on with what comes, until the main process has ended.
     * Errors: NOT_FOUND; FAILED_PRECONDITION (NO_MAIN_PROCESS).
     * </pre>
     */
    public void streamLogs(dev.skerry.v1.StreamLogsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.StreamLogsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getStreamLogsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ExecService.
   * <pre>
   * ExecService runs commands in sandboxes.
   * An exec is a command that someone asked for. Its output is kept in a log of
   * bounded size inside the sandbox, so that it outlives the caller and the
   * daemon; every byte of it, stdout and stderr together in order of arrival,
   * has an offset. An exec that has ended is kept until 128 newer ones of the
   * same sandbox have ended, or the sandbox stops.
   * A command that can't be started is an RPC error with a typed reason; one
   * that ends, however it ends, is a result.
   * </pre>
   */
  public static final class ExecServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ExecServiceBlockingV2Stub> {
    private ExecServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ExecServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ExecServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Exec runs a command to its end and answers with its collected output, at
     * most 1 MiB of stdout and of stderr each (`max_output_bytes`).
     * Errors of starting: NOT_FOUND (COMMAND_NOT_FOUND, CWD_NOT_FOUND,
     * USER_NOT_FOUND, SANDBOX_NOT_FOUND), PERMISSION_DENIED (NOT_EXECUTABLE,
     * CWD_NOT_ACCESSIBLE), FAILED_PRECONDITION (BAD_INTERPRETER, a sandbox that
     * is not RUNNING), RESOURCE_EXHAUSTED (OUT_OF_MEMORY, OUT_OF_PIDS,
     * TOO_MANY_EXECS).
     * </pre>
     */
    public dev.skerry.v1.ExecResponse exec(dev.skerry.v1.ExecRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExecStream runs a command and streams its output as it comes: first
     * `started`, then `stdout` and `stderr` frames, `exited` last. The command
     * goes on when the caller leaves; what it writes is not lost while the
     * caller reads, however slowly. Errors: as Exec.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.ExecStreamResponse>
        execStream(dev.skerry.v1.ExecStreamRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getExecStreamMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StartExec starts a command in the background and answers once its program
     * runs. Errors: as Exec.
     * </pre>
     */
    public dev.skerry.v1.ExecInfo startExec(dev.skerry.v1.StartExecRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStartExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * AttachExec streams an exec's output from an offset on: what its log still
     * keeps, then what comes, `exited` last. Where the log has moved on, a
     * `truncated` frame says from where it goes on. Any number may read. The
     * slowest holds the command back, except one that has taken nothing for ten
     * seconds while others are further. Of a caller whose connection is cut the
     * command waits ten seconds for the attach that goes on from the caller's
     * last offset; nothing is missing then as long as the caller's HTTP/2 stream
     * window is at most 384 KiB. Errors: NOT_FOUND.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.ExecStreamResponse>
        attachExec(dev.skerry.v1.AttachExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getAttachExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * InteractExec runs a command, or attaches to one, with input: the first
     * message is `start` or `attach`, then come input, sizes and signals; the
     * answers are those of ExecStream. Input waits for the command to read it.
     * The end of the requests leaves the command's standard input as it is.
     * Errors: as Exec; FAILED_PRECONDITION (STDIN_TAKEN) for input where
     * another caller has it, (STDIN_CLOSED) where the command has none.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.skerry.v1.InteractExecRequest, dev.skerry.v1.ExecStreamResponse>
        interactExec() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getInteractExecMethod(), getCallOptions());
    }

    /**
     * <pre>
     * WaitExec answers when the exec has ended. Errors: NOT_FOUND;
     * FAILED_PRECONDITION when the sandbox stops first.
     * </pre>
     */
    public dev.skerry.v1.ExecInfo waitExec(dev.skerry.v1.WaitExecRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getWaitExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SignalExec sends a signal to the exec's process group, or to its first
     * process alone. Errors: NOT_FOUND; FAILED_PRECONDITION (EXEC_ENDED).
     * </pre>
     */
    public dev.skerry.v1.SignalExecResponse signalExec(dev.skerry.v1.SignalExecRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSignalExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetExec reads one exec. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.ExecInfo getExec(dev.skerry.v1.GetExecRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListExecs reads a sandbox's execs, oldest first, a page at a time. Errors:
     * NOT_FOUND; INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public dev.skerry.v1.ListExecsResponse listExecs(dev.skerry.v1.ListExecsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListExecsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StreamLogs reads what a sandbox's main process has written, in all of its
     * runs, the oldest first: the last 8 MiB at least, 16 MiB at most. With
     * `follow` it goes on with what comes, until the main process has ended.
     * Errors: NOT_FOUND; FAILED_PRECONDITION (NO_MAIN_PROCESS).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.StreamLogsResponse>
        streamLogs(dev.skerry.v1.StreamLogsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getStreamLogsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ExecService.
   * <pre>
   * ExecService runs commands in sandboxes.
   * An exec is a command that someone asked for. Its output is kept in a log of
   * bounded size inside the sandbox, so that it outlives the caller and the
   * daemon; every byte of it, stdout and stderr together in order of arrival,
   * has an offset. An exec that has ended is kept until 128 newer ones of the
   * same sandbox have ended, or the sandbox stops.
   * A command that can't be started is an RPC error with a typed reason; one
   * that ends, however it ends, is a result.
   * </pre>
   */
  public static final class ExecServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ExecServiceBlockingStub> {
    private ExecServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ExecServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ExecServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Exec runs a command to its end and answers with its collected output, at
     * most 1 MiB of stdout and of stderr each (`max_output_bytes`).
     * Errors of starting: NOT_FOUND (COMMAND_NOT_FOUND, CWD_NOT_FOUND,
     * USER_NOT_FOUND, SANDBOX_NOT_FOUND), PERMISSION_DENIED (NOT_EXECUTABLE,
     * CWD_NOT_ACCESSIBLE), FAILED_PRECONDITION (BAD_INTERPRETER, a sandbox that
     * is not RUNNING), RESOURCE_EXHAUSTED (OUT_OF_MEMORY, OUT_OF_PIDS,
     * TOO_MANY_EXECS).
     * </pre>
     */
    public dev.skerry.v1.ExecResponse exec(dev.skerry.v1.ExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExecStream runs a command and streams its output as it comes: first
     * `started`, then `stdout` and `stderr` frames, `exited` last. The command
     * goes on when the caller leaves; what it writes is not lost while the
     * caller reads, however slowly. Errors: as Exec.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.ExecStreamResponse> execStream(
        dev.skerry.v1.ExecStreamRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getExecStreamMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StartExec starts a command in the background and answers once its program
     * runs. Errors: as Exec.
     * </pre>
     */
    public dev.skerry.v1.ExecInfo startExec(dev.skerry.v1.StartExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStartExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * AttachExec streams an exec's output from an offset on: what its log still
     * keeps, then what comes, `exited` last. Where the log has moved on, a
     * `truncated` frame says from where it goes on. Any number may read. The
     * slowest holds the command back, except one that has taken nothing for ten
     * seconds while others are further. Of a caller whose connection is cut the
     * command waits ten seconds for the attach that goes on from the caller's
     * last offset; nothing is missing then as long as the caller's HTTP/2 stream
     * window is at most 384 KiB. Errors: NOT_FOUND.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.ExecStreamResponse> attachExec(
        dev.skerry.v1.AttachExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getAttachExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WaitExec answers when the exec has ended. Errors: NOT_FOUND;
     * FAILED_PRECONDITION when the sandbox stops first.
     * </pre>
     */
    public dev.skerry.v1.ExecInfo waitExec(dev.skerry.v1.WaitExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getWaitExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SignalExec sends a signal to the exec's process group, or to its first
     * process alone. Errors: NOT_FOUND; FAILED_PRECONDITION (EXEC_ENDED).
     * </pre>
     */
    public dev.skerry.v1.SignalExecResponse signalExec(dev.skerry.v1.SignalExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSignalExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetExec reads one exec. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.ExecInfo getExec(dev.skerry.v1.GetExecRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetExecMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListExecs reads a sandbox's execs, oldest first, a page at a time. Errors:
     * NOT_FOUND; INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public dev.skerry.v1.ListExecsResponse listExecs(dev.skerry.v1.ListExecsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListExecsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StreamLogs reads what a sandbox's main process has written, in all of its
     * runs, the oldest first: the last 8 MiB at least, 16 MiB at most. With
     * `follow` it goes on with what comes, until the main process has ended.
     * Errors: NOT_FOUND; FAILED_PRECONDITION (NO_MAIN_PROCESS).
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.StreamLogsResponse> streamLogs(
        dev.skerry.v1.StreamLogsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getStreamLogsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ExecService.
   * <pre>
   * ExecService runs commands in sandboxes.
   * An exec is a command that someone asked for. Its output is kept in a log of
   * bounded size inside the sandbox, so that it outlives the caller and the
   * daemon; every byte of it, stdout and stderr together in order of arrival,
   * has an offset. An exec that has ended is kept until 128 newer ones of the
   * same sandbox have ended, or the sandbox stops.
   * A command that can't be started is an RPC error with a typed reason; one
   * that ends, however it ends, is a result.
   * </pre>
   */
  public static final class ExecServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ExecServiceFutureStub> {
    private ExecServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ExecServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ExecServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Exec runs a command to its end and answers with its collected output, at
     * most 1 MiB of stdout and of stderr each (`max_output_bytes`).
     * Errors of starting: NOT_FOUND (COMMAND_NOT_FOUND, CWD_NOT_FOUND,
     * USER_NOT_FOUND, SANDBOX_NOT_FOUND), PERMISSION_DENIED (NOT_EXECUTABLE,
     * CWD_NOT_ACCESSIBLE), FAILED_PRECONDITION (BAD_INTERPRETER, a sandbox that
     * is not RUNNING), RESOURCE_EXHAUSTED (OUT_OF_MEMORY, OUT_OF_PIDS,
     * TOO_MANY_EXECS).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ExecResponse> exec(
        dev.skerry.v1.ExecRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExecMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * StartExec starts a command in the background and answers once its program
     * runs. Errors: as Exec.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ExecInfo> startExec(
        dev.skerry.v1.StartExecRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStartExecMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * WaitExec answers when the exec has ended. Errors: NOT_FOUND;
     * FAILED_PRECONDITION when the sandbox stops first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ExecInfo> waitExec(
        dev.skerry.v1.WaitExecRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getWaitExecMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * SignalExec sends a signal to the exec's process group, or to its first
     * process alone. Errors: NOT_FOUND; FAILED_PRECONDITION (EXEC_ENDED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.SignalExecResponse> signalExec(
        dev.skerry.v1.SignalExecRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSignalExecMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetExec reads one exec. Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ExecInfo> getExec(
        dev.skerry.v1.GetExecRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetExecMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListExecs reads a sandbox's execs, oldest first, a page at a time. Errors:
     * NOT_FOUND; INVALID_ARGUMENT for a bad page size or a page token of another
     * list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListExecsResponse> listExecs(
        dev.skerry.v1.ListExecsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListExecsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_EXEC = 0;
  private static final int METHODID_EXEC_STREAM = 1;
  private static final int METHODID_START_EXEC = 2;
  private static final int METHODID_ATTACH_EXEC = 3;
  private static final int METHODID_WAIT_EXEC = 4;
  private static final int METHODID_SIGNAL_EXEC = 5;
  private static final int METHODID_GET_EXEC = 6;
  private static final int METHODID_LIST_EXECS = 7;
  private static final int METHODID_STREAM_LOGS = 8;
  private static final int METHODID_INTERACT_EXEC = 9;

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
        case METHODID_EXEC:
          serviceImpl.exec((dev.skerry.v1.ExecRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecResponse>) responseObserver);
          break;
        case METHODID_EXEC_STREAM:
          serviceImpl.execStream((dev.skerry.v1.ExecStreamRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse>) responseObserver);
          break;
        case METHODID_START_EXEC:
          serviceImpl.startExec((dev.skerry.v1.StartExecRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo>) responseObserver);
          break;
        case METHODID_ATTACH_EXEC:
          serviceImpl.attachExec((dev.skerry.v1.AttachExecRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse>) responseObserver);
          break;
        case METHODID_WAIT_EXEC:
          serviceImpl.waitExec((dev.skerry.v1.WaitExecRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo>) responseObserver);
          break;
        case METHODID_SIGNAL_EXEC:
          serviceImpl.signalExec((dev.skerry.v1.SignalExecRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.SignalExecResponse>) responseObserver);
          break;
        case METHODID_GET_EXEC:
          serviceImpl.getExec((dev.skerry.v1.GetExecRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecInfo>) responseObserver);
          break;
        case METHODID_LIST_EXECS:
          serviceImpl.listExecs((dev.skerry.v1.ListExecsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListExecsResponse>) responseObserver);
          break;
        case METHODID_STREAM_LOGS:
          serviceImpl.streamLogs((dev.skerry.v1.StreamLogsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.StreamLogsResponse>) responseObserver);
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
        case METHODID_INTERACT_EXEC:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.interactExec(
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExecStreamResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getExecMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ExecRequest,
              dev.skerry.v1.ExecResponse>(
                service, METHODID_EXEC)))
        .addMethod(
          getExecStreamMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ExecStreamRequest,
              dev.skerry.v1.ExecStreamResponse>(
                service, METHODID_EXEC_STREAM)))
        .addMethod(
          getStartExecMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.StartExecRequest,
              dev.skerry.v1.ExecInfo>(
                service, METHODID_START_EXEC)))
        .addMethod(
          getAttachExecMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.AttachExecRequest,
              dev.skerry.v1.ExecStreamResponse>(
                service, METHODID_ATTACH_EXEC)))
        .addMethod(
          getInteractExecMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.InteractExecRequest,
              dev.skerry.v1.ExecStreamResponse>(
                service, METHODID_INTERACT_EXEC)))
        .addMethod(
          getWaitExecMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.WaitExecRequest,
              dev.skerry.v1.ExecInfo>(
                service, METHODID_WAIT_EXEC)))
        .addMethod(
          getSignalExecMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.SignalExecRequest,
              dev.skerry.v1.SignalExecResponse>(
                service, METHODID_SIGNAL_EXEC)))
        .addMethod(
          getGetExecMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetExecRequest,
              dev.skerry.v1.ExecInfo>(
                service, METHODID_GET_EXEC)))
        .addMethod(
          getListExecsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListExecsRequest,
              dev.skerry.v1.ListExecsResponse>(
                service, METHODID_LIST_EXECS)))
        .addMethod(
          getStreamLogsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.StreamLogsRequest,
              dev.skerry.v1.StreamLogsResponse>(
                service, METHODID_STREAM_LOGS)))
        .build();
  }

  private static abstract class ExecServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ExecServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.ExecServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ExecService");
    }
  }

  private static final class ExecServiceFileDescriptorSupplier
      extends ExecServiceBaseDescriptorSupplier {
    ExecServiceFileDescriptorSupplier() {}
  }

  private static final class ExecServiceMethodDescriptorSupplier
      extends ExecServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ExecServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ExecServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ExecServiceFileDescriptorSupplier())
              .addMethod(getExecMethod())
              .addMethod(getExecStreamMethod())
              .addMethod(getStartExecMethod())
              .addMethod(getAttachExecMethod())
              .addMethod(getInteractExecMethod())
              .addMethod(getWaitExecMethod())
              .addMethod(getSignalExecMethod())
              .addMethod(getGetExecMethod())
              .addMethod(getListExecsMethod())
              .addMethod(getStreamLogsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
