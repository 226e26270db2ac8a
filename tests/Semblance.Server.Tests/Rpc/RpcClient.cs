using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Semblance.Server.Tests.Rpc;

/// <summary>A client of gRPC that calls methods by their names on the wire.</summary>
internal sealed class RpcClient(Uri url, string? key = null) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(url);

    private CallOptions Options => new(key is null ? null : new Grpc.Core.Metadata { { "authorization", $"Bearer {key}" } });

    public void Dispose() => _channel.Dispose();

    /// <summary>Calls a method with one request and one answer.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(string service, string method, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = _channel.CreateCallInvoker().AsyncUnaryCall(
            Method<TRequest, TResponse>(MethodType.Unary, service, method), null, Options, request);
        return await call;
    }

    /// <summary>Sends a stream of requests and returns the stream of answers.</summary>
    public async Task<TResponse[]> StreamAsync<TRequest, TResponse>(string service, string method, IEnumerable<TRequest> requests)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            Method<TRequest, TResponse>(MethodType.DuplexStreaming, service, method), null, Options);
        var sending = SendAsync(call.RequestStream, requests);
        var responses = new List<TResponse>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            responses.Add(response);
        }

        await sending;
        return [.. responses];
    }

    /// <summary>Sends a stream of requests and returns the one answer.</summary>
    public async Task<TResponse> CollectAsync<TRequest, TResponse>(string service, string method, IEnumerable<TRequest> requests)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = _channel.CreateCallInvoker().AsyncClientStreamingCall(
            Method<TRequest, TResponse>(MethodType.ClientStreaming, service, method), null, Options);
        await SendAsync(call.RequestStream, requests);
        return await call;
    }

    /// <summary>Calls a method with bytes that need not be a message.</summary>
    public async Task SendBytesAsync(string service, string method, byte[] bytes, MethodType type = MethodType.Unary)
    {
        var plain = Marshallers.Create<byte[]>(message => message, message => message);
        var named = new Method<byte[], byte[]>(type, $"tei.v1.{service}", method, plain, plain);
        if (type == MethodType.Unary)
        {
            using var call = _channel.CreateCallInvoker().AsyncUnaryCall(named, null, Options, bytes);
            await call;
            return;
        }

        using var stream = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(named, null, Options);
        await stream.RequestStream.WriteAsync(bytes);
        await stream.RequestStream.CompleteAsync();
        await foreach (var response in stream.ResponseStream.ReadAllAsync())
        {
            response.ShouldNotBeNull();
        }
    }

    private static async Task SendAsync<TRequest>(IClientStreamWriter<TRequest> stream, IEnumerable<TRequest> requests)
    {
        foreach (var request in requests)
        {
            await stream.WriteAsync(request);
        }

        await stream.CompleteAsync();
    }

    private static Method<TRequest, TResponse> Method<TRequest, TResponse>(MethodType type, string service, string method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, service.Contains('.', StringComparison.Ordinal) ? service : $"tei.v1.{service}", method, Marshaller<TRequest>(), Marshaller<TResponse>());

    private static Marshaller<T> Marshaller<T>()
        where T : class, IMessage<T>, new() => Marshallers.Create(message => message.ToByteArray(), bytes =>
        {
            var message = new T();
            message.MergeFrom(bytes);
            return message;
        });
}
