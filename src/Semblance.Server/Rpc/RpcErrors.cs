using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Semblance.Server.Rpc;

/// <summary>Answers every failure of a method with a status, without details of the inside. Unexpected ones are written to the log.</summary>
internal sealed partial class RpcErrors(ILogger<RpcErrors> log) : Interceptor
{
    /// <summary>The error of a message that cannot be read.</summary>
    public static readonly ServerError Damaged = new(ErrorKind.Malformed, "The message cannot be read; is it of the method's type?");

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(request, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(requestStream, context));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => RunAsync(context, async () =>
        {
            await continuation(requestStream, responseStream, context).ConfigureAwait(false);
            return true;
        });

    private async Task<T> RunAsync<T>(ServerCallContext context, Func<Task<T>> method)
    {
        try
        {
            return await method().ConfigureAwait(false);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new RpcException(RpcDialect.Describe(Damaged));
        }
        catch (Exception e) when (e is not RpcException)
        {
            var error = ErrorMiddleware.Describe(e);
            if (error.Kind == ErrorKind.Internal)
            {
                LogFailure(e, context.Method);
            }

            throw new RpcException(RpcDialect.Describe(error));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} failed")]
    private partial void LogFailure(Exception exception, string method);
}
