package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * TunnelService leads the world to sandboxes' ports through Cloudflare: each
 * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
 * as at the port's preview: a public port for everybody, a private one by a
 * link.
 * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
 * closed, and with the daemon; none is kept over the daemon's end.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class TunnelServiceGrpc {

  private TunnelServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.TunnelService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateTunnelRequest,
      dev.skerry.v1.Tunnel> getCreateTunnelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateTunnel",
      requestType = dev.skerry.v1.CreateTunnelRequest.class,
      responseType = dev.skerry.v1.Tunnel.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateTunnelRequest,
      dev.skerry.v1.Tunnel> getCreateTunnelMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateTunnelRequest, dev.skerry.v1.Tunnel> getCreateTunnelMethod;
    if ((getCreateTunnelMethod = TunnelServiceGrpc.getCreateTunnelMethod) == null) {
      synchronized (TunnelServiceGrpc.class) {
        if ((getCreateTunnelMethod = TunnelServiceGrpc.getCreateTunnelMethod) == null) {
          TunnelServiceGrpc.getCreateTunnelMethod = getCreateTunnelMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateTunnelRequest, dev.skerry.v1.Tunnel>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateTunnel"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateTunnelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Tunnel.getDefaultInstance()))
              .setSchemaDescriptor(new TunnelServiceMethodDescriptorSupplier("CreateTunnel"))
              .build();
        }
      }
    }
    return getCreateTunnelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListTunnelsRequest,
      dev.skerry.v1.ListTunnelsResponse> getListTunnelsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTunnels",
      requestType = dev.skerry.v1.ListTunnelsRequest.class,
      responseType = dev.skerry.v1.ListTunnelsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListTunnelsRequest,
      dev.skerry.v1.ListTunnelsResponse> getListTunnelsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListTunnelsRequest, dev.skerry.v1.ListTunnelsResponse> getListTunnelsMethod;
    if ((getListTunnelsMethod = TunnelServiceGrpc.getListTunnelsMethod) == null) {
      synchronized (TunnelServiceGrpc.class) {
        if ((getListTunnelsMethod = TunnelServiceGrpc.getListTunnelsMethod) == null) {
          TunnelServiceGrpc.getListTunnelsMethod = getListTunnelsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListTunnelsRequest, dev.skerry.v1.ListTunnelsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTunnels"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListTunnelsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListTunnelsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TunnelServiceMethodDescriptorSupplier("ListTunnels"))
              .build();
        }
      }
    }
    return getListTunnelsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteTunnelRequest,
      dev.skerry.v1.DeleteTunnelResponse> getDeleteTunnelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteTunnel",
      requestType = dev.skerry.v1.DeleteTunnelRequest.class,
      responseType = dev.skerry.v1.DeleteTunnelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteTunnelRequest,
      dev.skerry.v1.DeleteTunnelResponse> getDeleteTunnelMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteTunnelRequest, dev.skerry.v1.DeleteTunnelResponse> getDeleteTunnelMethod;
    if ((getDeleteTunnelMethod = TunnelServiceGrpc.getDeleteTunnelMethod) == null) {
      synchronized (TunnelServiceGrpc.class) {
        if ((getDeleteTunnelMethod = TunnelServiceGrpc.getDeleteTunnelMethod) == null) {
          TunnelServiceGrpc.getDeleteTunnelMethod = getDeleteTunnelMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteTunnelRequest, dev.skerry.v1.DeleteTunnelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteTunnel"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteTunnelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteTunnelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TunnelServiceMethodDescriptorSupplier("DeleteTunnel"))
              .build();
        }
      }
    }
    return getDeleteTunnelMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CheckTunnelRequest,
      dev.skerry.v1.CheckTunnelResponse> getCheckTunnelMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CheckTunnel",
      requestType = dev.skerry.v1.CheckTunnelRequest.class,
      responseType = dev.skerry.v1.CheckTunnelResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CheckTunnelRequest,
      dev.skerry.v1.CheckTunnelResponse> getCheckTunnelMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CheckTunnelRequest, dev.skerry.v1.CheckTunnelResponse> getCheckTunnelMethod;
    if ((getCheckTunnelMethod = TunnelServiceGrpc.getCheckTunnelMethod) == null) {
      synchronized (TunnelServiceGrpc.class) {
        if ((getCheckTunnelMethod = TunnelServiceGrpc.getCheckTunnelMethod) == null) {
          TunnelServiceGrpc.getCheckTunnelMethod = getCheckTunnelMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CheckTunnelRequest, dev.skerry.v1.CheckTunnelResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CheckTunnel"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CheckTunnelRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CheckTunnelResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TunnelServiceMethodDescriptorSupplier("CheckTunnel"))
              .build();
        }
      }
    }
    return getCheckTunnelMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static TunnelServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TunnelServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TunnelServiceStub>() {
        @java.lang.Override
        public TunnelServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TunnelServiceStub(channel, callOptions);
        }
      };
    return TunnelServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static TunnelServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TunnelServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TunnelServiceBlockingV2Stub>() {
        @java.lang.Override
        public TunnelServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TunnelServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return TunnelServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static TunnelServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TunnelServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TunnelServiceBlockingStub>() {
        @java.lang.Override
        public TunnelServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TunnelServiceBlockingStub(channel, callOptions);
        }
      };
    return TunnelServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static TunnelServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TunnelServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TunnelServiceFutureStub>() {
        @java.lang.Override
        public TunnelServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TunnelServiceFutureStub(channel, callOptions);
        }
      };
    return TunnelServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * TunnelService leads the world to sandboxes' ports through Cloudflare: each
   * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
   * as at the port's preview: a public port for everybody, a private one by a
   * link.
   * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
   * closed, and with the daemon; none is kept over the daemon's end.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * CreateTunnel runs a tunnel to a port that is in the sandbox's list, and
     * answers when cloudflared has registered a connection. Where there is one
     * of the same token already, it answers with that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for the sandbox, and for a port that is
     * not in its list (`PORT_NOT_OPEN`); ALREADY_EXISTS for a tunnel with another
     * token (`TUNNEL_EXISTS`); FAILED_PRECONDITION where the sandbox is STOPPED
     * or FAILED, `local_port` is taken, or cloudflared is not installed
     * (`CLOUDFLARED_MISSING`);
     * UNAVAILABLE with what cloudflared said last where it ends or is not ready
     * in 60 seconds (`TUNNEL_FAILED`), and where the check fails
     * (`TUNNEL_UNHEALTHY`): there is no tunnel then; RESOURCE_EXHAUSTED at 100
     * tunnels.
     * </pre>
     */
    default void createTunnel(dev.skerry.v1.CreateTunnelRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Tunnel> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateTunnelMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListTunnels reads the tunnels to one sandbox, or to all, by sandbox and
     * port. Errors: NOT_FOUND.
     * </pre>
     */
    default void listTunnels(dev.skerry.v1.ListTunnelsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListTunnelsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTunnelsMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteTunnel ends a tunnel; one that is not there is no error. Errors:
     * NOT_FOUND for the sandbox.
     * </pre>
     */
    default void deleteTunnel(dev.skerry.v1.DeleteTunnelRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteTunnelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteTunnelMethod(), responseObserver);
    }

    /**
     * <pre>
     * CheckTunnel asks for the tunnel's public URL, as a visitor would, until it
     * is answered with a status below 400. It asks the URL that cloudflared told
     * alone, over https, at public addresses alone, and follows redirects to the
     * same host alone.
     * Errors: NOT_FOUND for the sandbox, and for a tunnel that is not there
     * (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    default void checkTunnel(dev.skerry.v1.CheckTunnelRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.CheckTunnelResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCheckTunnelMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service TunnelService.
   * <pre>
   * TunnelService leads the world to sandboxes' ports through Cloudflare: each
   * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
   * as at the port's preview: a public port for everybody, a private one by a
   * link.
   * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
   * closed, and with the daemon; none is kept over the daemon's end.
   * </pre>
   */
  public static abstract class TunnelServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return TunnelServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service TunnelService.
   * <pre>
   * TunnelService leads the world to sandboxes' ports through Cloudflare: each
   * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
   * as at the port's preview: a public port for everybody, a private one by a
   * link.
   * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
   * closed, and with the daemon; none is kept over the daemon's end.
   * </pre>
   */
  public static final class TunnelServiceStub
      extends io.grpc.stub.AbstractAsyncStub<TunnelServiceStub> {
    private TunnelServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TunnelServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TunnelServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateTunnel runs a tunnel to a port that is in the sandbox's list, and
     * answers when cloudflared has registered a connection. Where there is one
     * of the same token already, it answers with that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for the sandbox, and for a port that is
     * not in its list (`PORT_NOT_OPEN`); ALREADY_EXISTS for a tunnel with another
     * token (`TUNNEL_EXISTS`); FAILED_PRECONDITION where the sandbox is STOPPED
     * or FAILED, `local_port` is taken, or cloudflared is not installed
     * (`CLOUDFLARED_MISSING`);
     * UNAVAILABLE with what cloudflared said last where it ends or is not ready
     * in 60 seconds (`TUNNEL_FAILED`), and where the check fails
     * (`TUNNEL_UNHEALTHY`): there is no tunnel then; RESOURCE_EXHAUSTED at 100
     * tunnels.
     * </pre>
     */
    public void createTunnel(dev.skerry.v1.CreateTunnelRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Tunnel> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateTunnelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListTunnels reads the tunnels to one sandbox, or to all, by sandbox and
     * port. Errors: NOT_FOUND.
     * </pre>
     */
    public void listTunnels(dev.skerry.v1.ListTunnelsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListTunnelsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTunnelsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteTunnel ends a tunnel; one that is not there is no error. Errors:
     * NOT_FOUND for the sandbox.
     * </pre>
     */
    public void deleteTunnel(dev.skerry.v1.DeleteTunnelRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteTunnelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteTunnelMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CheckTunnel asks for the tunnel's public URL, as a visitor would, until it
     * is answered with a status below 400. It asks the URL that cloudflared told
     * alone, over https, at public addresses alone, and follows redirects to the
     * same host alone.
     * Errors: NOT_FOUND for the sandbox, and for a tunnel that is not there
     * (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public void checkTunnel(dev.skerry.v1.CheckTunnelRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.CheckTunnelResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCheckTunnelMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service TunnelService.
   * <pre>
   * TunnelService leads the world to sandboxes' ports through Cloudflare: each
   * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
   * as at the port's preview: a public port for everybody, a private one by a
   * link.
   * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
   * closed, and with the daemon; none is kept over the daemon's end.
   * </pre>
   */
  public static final class TunnelServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<TunnelServiceBlockingV2Stub> {
    private TunnelServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TunnelServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TunnelServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateTunnel runs a tunnel to a port that is in the sandbox's list, and
     * answers when cloudflared has registered a connection. Where there is one
     * of the same token already, it answers with that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for the sandbox, and for a port that is
     * not in its list (`PORT_NOT_OPEN`); ALREADY_EXISTS for a tunnel with another
     * token (`TUNNEL_EXISTS`); FAILED_PRECONDITION where the sandbox is STOPPED
     * or FAILED, `local_port` is taken, or cloudflared is not installed
     * (`CLOUDFLARED_MISSING`);
     * UNAVAILABLE with what cloudflared said last where it ends or is not ready
     * in 60 seconds (`TUNNEL_FAILED`), and where the check fails
     * (`TUNNEL_UNHEALTHY`): there is no tunnel then; RESOURCE_EXHAUSTED at 100
     * tunnels.
     * </pre>
     */
    public dev.skerry.v1.Tunnel createTunnel(dev.skerry.v1.CreateTunnelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateTunnelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListTunnels reads the tunnels to one sandbox, or to all, by sandbox and
     * port. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.ListTunnelsResponse listTunnels(dev.skerry.v1.ListTunnelsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTunnelsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteTunnel ends a tunnel; one that is not there is no error. Errors:
     * NOT_FOUND for the sandbox.
     * </pre>
     */
    public dev.skerry.v1.DeleteTunnelResponse deleteTunnel(dev.skerry.v1.DeleteTunnelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteTunnelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CheckTunnel asks for the tunnel's public URL, as a visitor would, until it
     * is answered with a status below 400. It asks the URL that cloudflared told
     * alone, over https, at public addresses alone, and follows redirects to the
     * same host alone.
     * Errors: NOT_FOUND for the sandbox, and for a tunnel that is not there
     * (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public dev.skerry.v1.CheckTunnelResponse checkTunnel(dev.skerry.v1.CheckTunnelRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCheckTunnelMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service TunnelService.
   * <pre>
   * TunnelService leads the world to sandboxes' ports through Cloudflare: each
   * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
   * as at the port's preview: a public port for everybody, a private one by a
   * link.
   * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
   * closed, and with the daemon; none is kept over the daemon's end.
   * </pre>
   */
  public static final class TunnelServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<TunnelServiceBlockingStub> {
    private TunnelServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TunnelServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TunnelServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateTunnel runs a tunnel to a port that is in the sandbox's list, and
     * answers when cloudflared has registered a connection. Where there is one
     * of the same token already, it answers with that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for the sandbox, and for a port that is
     * not in its list (`PORT_NOT_OPEN`); ALREADY_EXISTS for a tunnel with another
     * token (`TUNNEL_EXISTS`); FAILED_PRECONDITION where the sandbox is STOPPED
     * or FAILED, `local_port` is taken, or cloudflared is not installed
     * (`CLOUDFLARED_MISSING`);
     * UNAVAILABLE with what cloudflared said last where it ends or is not ready
     * in 60 seconds (`TUNNEL_FAILED`), and where the check fails
     * (`TUNNEL_UNHEALTHY`): there is no tunnel then; RESOURCE_EXHAUSTED at 100
     * tunnels.
     * </pre>
     */
    public dev.skerry.v1.Tunnel createTunnel(dev.skerry.v1.CreateTunnelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateTunnelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListTunnels reads the tunnels to one sandbox, or to all, by sandbox and
     * port. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.ListTunnelsResponse listTunnels(dev.skerry.v1.ListTunnelsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTunnelsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteTunnel ends a tunnel; one that is not there is no error. Errors:
     * NOT_FOUND for the sandbox.
     * </pre>
     */
    public dev.skerry.v1.DeleteTunnelResponse deleteTunnel(dev.skerry.v1.DeleteTunnelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteTunnelMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CheckTunnel asks for the tunnel's public URL, as a visitor would, until it
     * is answered with a status below 400. It asks the URL that cloudflared told
     * alone, over https, at public addresses alone, and follows redirects to the
     * same host alone.
     * Errors: NOT_FOUND for the sandbox, and for a tunnel that is not there
     * (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public dev.skerry.v1.CheckTunnelResponse checkTunnel(dev.skerry.v1.CheckTunnelRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCheckTunnelMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service TunnelService.
   * <pre>
   * TunnelService leads the world to sandboxes' ports through Cloudflare: each
   * tunnel is a `cloudflared` that the daemon runs. What comes through is let in
   * as at the port's preview: a public port for everybody, a private one by a
   * link.
   * A tunnel ends when its sandbox stops, fails or is deleted, when its port is
   * closed, and with the daemon; none is kept over the daemon's end.
   * </pre>
   */
  public static final class TunnelServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<TunnelServiceFutureStub> {
    private TunnelServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TunnelServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TunnelServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * CreateTunnel runs a tunnel to a port that is in the sandbox's list, and
     * answers when cloudflared has registered a connection. Where there is one
     * of the same token already, it answers with that.
     * Errors: INVALID_ARGUMENT; NOT_FOUND for the sandbox, and for a port that is
     * not in its list (`PORT_NOT_OPEN`); ALREADY_EXISTS for a tunnel with another
     * token (`TUNNEL_EXISTS`); FAILED_PRECONDITION where the sandbox is STOPPED
     * or FAILED, `local_port` is taken, or cloudflared is not installed
     * (`CLOUDFLARED_MISSING`);
     * UNAVAILABLE with what cloudflared said last where it ends or is not ready
     * in 60 seconds (`TUNNEL_FAILED`), and where the check fails
     * (`TUNNEL_UNHEALTHY`): there is no tunnel then; RESOURCE_EXHAUSTED at 100
     * tunnels.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Tunnel> createTunnel(
        dev.skerry.v1.CreateTunnelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateTunnelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListTunnels reads the tunnels to one sandbox, or to all, by sandbox and
     * port. Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListTunnelsResponse> listTunnels(
        dev.skerry.v1.ListTunnelsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTunnelsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteTunnel ends a tunnel; one that is not there is no error. Errors:
     * NOT_FOUND for the sandbox.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteTunnelResponse> deleteTunnel(
        dev.skerry.v1.DeleteTunnelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteTunnelMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CheckTunnel asks for the tunnel's public URL, as a visitor would, until it
     * is answered with a status below 400. It asks the URL that cloudflared told
     * alone, over https, at public addresses alone, and follows redirects to the
     * same host alone.
     * Errors: NOT_FOUND for the sandbox, and for a tunnel that is not there
     * (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.CheckTunnelResponse> checkTunnel(
        dev.skerry.v1.CheckTunnelRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCheckTunnelMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_TUNNEL = 0;
  private static final int METHODID_LIST_TUNNELS = 1;
  private static final int METHODID_DELETE_TUNNEL = 2;
  private static final int METHODID_CHECK_TUNNEL = 3;

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
        case METHODID_CREATE_TUNNEL:
          serviceImpl.createTunnel((dev.skerry.v1.CreateTunnelRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Tunnel>) responseObserver);
          break;
        case METHODID_LIST_TUNNELS:
          serviceImpl.listTunnels((dev.skerry.v1.ListTunnelsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListTunnelsResponse>) responseObserver);
          break;
        case METHODID_DELETE_TUNNEL:
          serviceImpl.deleteTunnel((dev.skerry.v1.DeleteTunnelRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteTunnelResponse>) responseObserver);
          break;
        case METHODID_CHECK_TUNNEL:
          serviceImpl.checkTunnel((dev.skerry.v1.CheckTunnelRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.CheckTunnelResponse>) responseObserver);
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
          getCreateTunnelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateTunnelRequest,
              dev.skerry.v1.Tunnel>(
                service, METHODID_CREATE_TUNNEL)))
        .addMethod(
          getListTunnelsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListTunnelsRequest,
              dev.skerry.v1.ListTunnelsResponse>(
                service, METHODID_LIST_TUNNELS)))
        .addMethod(
          getDeleteTunnelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteTunnelRequest,
              dev.skerry.v1.DeleteTunnelResponse>(
                service, METHODID_DELETE_TUNNEL)))
        .addMethod(
          getCheckTunnelMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CheckTunnelRequest,
              dev.skerry.v1.CheckTunnelResponse>(
                service, METHODID_CHECK_TUNNEL)))
        .build();
  }

  private static abstract class TunnelServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    TunnelServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.TunnelServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("TunnelService");
    }
  }

  private static final class TunnelServiceFileDescriptorSupplier
      extends TunnelServiceBaseDescriptorSupplier {
    TunnelServiceFileDescriptorSupplier() {}
  }

  private static final class TunnelServiceMethodDescriptorSupplier
      extends TunnelServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    TunnelServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (TunnelServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new TunnelServiceFileDescriptorSupplier())
              .addMethod(getCreateTunnelMethod())
              .addMethod(getListTunnelsMethod())
              .addMethod(getDeleteTunnelMethod())
              .addMethod(getCheckTunnelMethod())
              .build();
        }
      }
    }
    return result;
  }
}
