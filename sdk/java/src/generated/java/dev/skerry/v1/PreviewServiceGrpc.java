package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * PreviewService makes and ends links to sandboxes' ports.
 * A port that is in a sandbox's `ports` is served over HTTP at
 * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
 * `sbx_`, and for who has a token at
 * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
 * PAUSED is woken by a request, which is answered when the port is ready.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PreviewServiceGrpc {

  private PreviewServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.PreviewService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetPreviewUrlRequest,
      dev.skerry.v1.GetPreviewUrlResponse> getGetPreviewUrlMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPreviewUrl",
      requestType = dev.skerry.v1.GetPreviewUrlRequest.class,
      responseType = dev.skerry.v1.GetPreviewUrlResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetPreviewUrlRequest,
      dev.skerry.v1.GetPreviewUrlResponse> getGetPreviewUrlMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetPreviewUrlRequest, dev.skerry.v1.GetPreviewUrlResponse> getGetPreviewUrlMethod;
    if ((getGetPreviewUrlMethod = PreviewServiceGrpc.getGetPreviewUrlMethod) == null) {
      synchronized (PreviewServiceGrpc.class) {
        if ((getGetPreviewUrlMethod = PreviewServiceGrpc.getGetPreviewUrlMethod) == null) {
          PreviewServiceGrpc.getGetPreviewUrlMethod = getGetPreviewUrlMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetPreviewUrlRequest, dev.skerry.v1.GetPreviewUrlResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPreviewUrl"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetPreviewUrlRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetPreviewUrlResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PreviewServiceMethodDescriptorSupplier("GetPreviewUrl"))
              .build();
        }
      }
    }
    return getGetPreviewUrlMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListUrlsRequest,
      dev.skerry.v1.ListUrlsResponse> getListUrlsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListUrls",
      requestType = dev.skerry.v1.ListUrlsRequest.class,
      responseType = dev.skerry.v1.ListUrlsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListUrlsRequest,
      dev.skerry.v1.ListUrlsResponse> getListUrlsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListUrlsRequest, dev.skerry.v1.ListUrlsResponse> getListUrlsMethod;
    if ((getListUrlsMethod = PreviewServiceGrpc.getListUrlsMethod) == null) {
      synchronized (PreviewServiceGrpc.class) {
        if ((getListUrlsMethod = PreviewServiceGrpc.getListUrlsMethod) == null) {
          PreviewServiceGrpc.getListUrlsMethod = getListUrlsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListUrlsRequest, dev.skerry.v1.ListUrlsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListUrls"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListUrlsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListUrlsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PreviewServiceMethodDescriptorSupplier("ListUrls"))
              .build();
        }
      }
    }
    return getListUrlsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.RevokePreviewsRequest,
      dev.skerry.v1.RevokePreviewsResponse> getRevokePreviewsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokePreviews",
      requestType = dev.skerry.v1.RevokePreviewsRequest.class,
      responseType = dev.skerry.v1.RevokePreviewsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.RevokePreviewsRequest,
      dev.skerry.v1.RevokePreviewsResponse> getRevokePreviewsMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.RevokePreviewsRequest, dev.skerry.v1.RevokePreviewsResponse> getRevokePreviewsMethod;
    if ((getRevokePreviewsMethod = PreviewServiceGrpc.getRevokePreviewsMethod) == null) {
      synchronized (PreviewServiceGrpc.class) {
        if ((getRevokePreviewsMethod = PreviewServiceGrpc.getRevokePreviewsMethod) == null) {
          PreviewServiceGrpc.getRevokePreviewsMethod = getRevokePreviewsMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.RevokePreviewsRequest, dev.skerry.v1.RevokePreviewsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokePreviews"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.RevokePreviewsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.RevokePreviewsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PreviewServiceMethodDescriptorSupplier("RevokePreviews"))
              .build();
        }
      }
    }
    return getRevokePreviewsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PreviewServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PreviewServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PreviewServiceStub>() {
        @java.lang.Override
        public PreviewServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PreviewServiceStub(channel, callOptions);
        }
      };
    return PreviewServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PreviewServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PreviewServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PreviewServiceBlockingV2Stub>() {
        @java.lang.Override
        public PreviewServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PreviewServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PreviewServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PreviewServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PreviewServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PreviewServiceBlockingStub>() {
        @java.lang.Override
        public PreviewServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PreviewServiceBlockingStub(channel, callOptions);
        }
      };
    return PreviewServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PreviewServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PreviewServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PreviewServiceFutureStub>() {
        @java.lang.Override
        public PreviewServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PreviewServiceFutureStub(channel, callOptions);
        }
      };
    return PreviewServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * PreviewService makes and ends links to sandboxes' ports.
   * A port that is in a sandbox's `ports` is served over HTTP at
   * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
   * `sbx_`, and for who has a token at
   * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
   * PAUSED is woken by a request, which is answered when the port is ready.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * GetPreviewUrl makes a link that opens a port for a while, or tells the
     * address of one that is public. Errors: INVALID_ARGUMENT; NOT_FOUND for the
     * sandbox, for a port that is not in its list (`PORT_NOT_OPEN`), and for a
     * tunnel that is not there or tells no URL (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    default void getPreviewUrl(dev.skerry.v1.GetPreviewUrlRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.GetPreviewUrlResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPreviewUrlMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListUrls tells under which addresses the sandbox's ports are found. No link
     * is made: a private port's addresses open with one of GetPreviewUrl. Errors:
     * NOT_FOUND.
     * </pre>
     */
    default void listUrls(dev.skerry.v1.ListUrlsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListUrlsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListUrlsMethod(), responseObserver);
    }

    /**
     * <pre>
     * RevokePreviews ends the links that were made until now, and the cookies
     * that they became, to one port or to all. Connections that are open there,
     * WebSockets too, are cut before it answers. Errors: NOT_FOUND for the
     * sandbox, and for a port that is not in its list.
     * </pre>
     */
    default void revokePreviews(dev.skerry.v1.RevokePreviewsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.RevokePreviewsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokePreviewsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PreviewService.
   * <pre>
   * PreviewService makes and ends links to sandboxes' ports.
   * A port that is in a sandbox's `ports` is served over HTTP at
   * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
   * `sbx_`, and for who has a token at
   * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
   * PAUSED is woken by a request, which is answered when the port is ready.
   * </pre>
   */
  public static abstract class PreviewServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PreviewServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PreviewService.
   * <pre>
   * PreviewService makes and ends links to sandboxes' ports.
   * A port that is in a sandbox's `ports` is served over HTTP at
   * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
   * `sbx_`, and for who has a token at
   * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
   * PAUSED is woken by a request, which is answered when the port is ready.
   * </pre>
   */
  public static final class PreviewServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PreviewServiceStub> {
    private PreviewServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PreviewServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PreviewServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetPreviewUrl makes a link that opens a port for a while, or tells the
     * address of one that is public. Errors: INVALID_ARGUMENT; NOT_FOUND for the
     * sandbox, for a port that is not in its list (`PORT_NOT_OPEN`), and for a
     * tunnel that is not there or tells no URL (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public void getPreviewUrl(dev.skerry.v1.GetPreviewUrlRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.GetPreviewUrlResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPreviewUrlMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListUrls tells under which addresses the sandbox's ports are found. No link
     * is made: a private port's addresses open with one of GetPreviewUrl. Errors:
     * NOT_FOUND.
     * </pre>
     */
    public void listUrls(dev.skerry.v1.ListUrlsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListUrlsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListUrlsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RevokePreviews ends the links that were made until now, and the cookies
     * that they became, to one port or to all. Connections that are open there,
     * WebSockets too, are cut before it answers. Errors: NOT_FOUND for the
     * sandbox, and for a port that is not in its list.
     * </pre>
     */
    public void revokePreviews(dev.skerry.v1.RevokePreviewsRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.RevokePreviewsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokePreviewsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PreviewService.
   * <pre>
   * PreviewService makes and ends links to sandboxes' ports.
   * A port that is in a sandbox's `ports` is served over HTTP at
   * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
   * `sbx_`, and for who has a token at
   * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
   * PAUSED is woken by a request, which is answered when the port is ready.
   * </pre>
   */
  public static final class PreviewServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PreviewServiceBlockingV2Stub> {
    private PreviewServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PreviewServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PreviewServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * GetPreviewUrl makes a link that opens a port for a while, or tells the
     * address of one that is public. Errors: INVALID_ARGUMENT; NOT_FOUND for the
     * sandbox, for a port that is not in its list (`PORT_NOT_OPEN`), and for a
     * tunnel that is not there or tells no URL (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public dev.skerry.v1.GetPreviewUrlResponse getPreviewUrl(dev.skerry.v1.GetPreviewUrlRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPreviewUrlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListUrls tells under which addresses the sandbox's ports are found. No link
     * is made: a private port's addresses open with one of GetPreviewUrl. Errors:
     * NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.ListUrlsResponse listUrls(dev.skerry.v1.ListUrlsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListUrlsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RevokePreviews ends the links that were made until now, and the cookies
     * that they became, to one port or to all. Connections that are open there,
     * WebSockets too, are cut before it answers. Errors: NOT_FOUND for the
     * sandbox, and for a port that is not in its list.
     * </pre>
     */
    public dev.skerry.v1.RevokePreviewsResponse revokePreviews(dev.skerry.v1.RevokePreviewsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokePreviewsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PreviewService.
   * <pre>
   * PreviewService makes and ends links to sandboxes' ports.
   * A port that is in a sandbox's `ports` is served over HTTP at
   * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
   * `sbx_`, and for who has a token at
   * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
   * PAUSED is woken by a request, which is answered when the port is ready.
   * </pre>
   */
  public static final class PreviewServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PreviewServiceBlockingStub> {
    private PreviewServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PreviewServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PreviewServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetPreviewUrl makes a link that opens a port for a while, or tells the
     * address of one that is public. Errors: INVALID_ARGUMENT; NOT_FOUND for the
     * sandbox, for a port that is not in its list (`PORT_NOT_OPEN`), and for a
     * tunnel that is not there or tells no URL (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public dev.skerry.v1.GetPreviewUrlResponse getPreviewUrl(dev.skerry.v1.GetPreviewUrlRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPreviewUrlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListUrls tells under which addresses the sandbox's ports are found. No link
     * is made: a private port's addresses open with one of GetPreviewUrl. Errors:
     * NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.ListUrlsResponse listUrls(dev.skerry.v1.ListUrlsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListUrlsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RevokePreviews ends the links that were made until now, and the cookies
     * that they became, to one port or to all. Connections that are open there,
     * WebSockets too, are cut before it answers. Errors: NOT_FOUND for the
     * sandbox, and for a port that is not in its list.
     * </pre>
     */
    public dev.skerry.v1.RevokePreviewsResponse revokePreviews(dev.skerry.v1.RevokePreviewsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokePreviewsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PreviewService.
   * <pre>
   * PreviewService makes and ends links to sandboxes' ports.
   * A port that is in a sandbox's `ports` is served over HTTP at
   * `s-&lt;id&gt;-&lt;port&gt;.preview.&lt;domain&gt;`, where `&lt;id&gt;` is the sandbox's without its
   * `sbx_`, and for who has a token at
   * `/api/v1/sandboxes/{sandbox_id}/proxy/{port}/`. A sandbox that is STOPPED or
   * PAUSED is woken by a request, which is answered when the port is ready.
   * </pre>
   */
  public static final class PreviewServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PreviewServiceFutureStub> {
    private PreviewServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PreviewServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PreviewServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetPreviewUrl makes a link that opens a port for a while, or tells the
     * address of one that is public. Errors: INVALID_ARGUMENT; NOT_FOUND for the
     * sandbox, for a port that is not in its list (`PORT_NOT_OPEN`), and for a
     * tunnel that is not there or tells no URL (`TUNNEL_NOT_FOUND`).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.GetPreviewUrlResponse> getPreviewUrl(
        dev.skerry.v1.GetPreviewUrlRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPreviewUrlMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListUrls tells under which addresses the sandbox's ports are found. No link
     * is made: a private port's addresses open with one of GetPreviewUrl. Errors:
     * NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListUrlsResponse> listUrls(
        dev.skerry.v1.ListUrlsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListUrlsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RevokePreviews ends the links that were made until now, and the cookies
     * that they became, to one port or to all. Connections that are open there,
     * WebSockets too, are cut before it answers. Errors: NOT_FOUND for the
     * sandbox, and for a port that is not in its list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.RevokePreviewsResponse> revokePreviews(
        dev.skerry.v1.RevokePreviewsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokePreviewsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_PREVIEW_URL = 0;
  private static final int METHODID_LIST_URLS = 1;
  private static final int METHODID_REVOKE_PREVIEWS = 2;

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
        case METHODID_GET_PREVIEW_URL:
          serviceImpl.getPreviewUrl((dev.skerry.v1.GetPreviewUrlRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.GetPreviewUrlResponse>) responseObserver);
          break;
        case METHODID_LIST_URLS:
          serviceImpl.listUrls((dev.skerry.v1.ListUrlsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListUrlsResponse>) responseObserver);
          break;
        case METHODID_REVOKE_PREVIEWS:
          serviceImpl.revokePreviews((dev.skerry.v1.RevokePreviewsRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.RevokePreviewsResponse>) responseObserver);
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
          getGetPreviewUrlMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetPreviewUrlRequest,
              dev.skerry.v1.GetPreviewUrlResponse>(
                service, METHODID_GET_PREVIEW_URL)))
        .addMethod(
          getListUrlsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListUrlsRequest,
              dev.skerry.v1.ListUrlsResponse>(
                service, METHODID_LIST_URLS)))
        .addMethod(
          getRevokePreviewsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.RevokePreviewsRequest,
              dev.skerry.v1.RevokePreviewsResponse>(
                service, METHODID_REVOKE_PREVIEWS)))
        .build();
  }

  private static abstract class PreviewServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PreviewServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.PreviewServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PreviewService");
    }
  }

  private static final class PreviewServiceFileDescriptorSupplier
      extends PreviewServiceBaseDescriptorSupplier {
    PreviewServiceFileDescriptorSupplier() {}
  }

  private static final class PreviewServiceMethodDescriptorSupplier
      extends PreviewServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PreviewServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PreviewServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PreviewServiceFileDescriptorSupplier())
              .addMethod(getGetPreviewUrlMethod())
              .addMethod(getListUrlsMethod())
              .addMethod(getRevokePreviewsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
