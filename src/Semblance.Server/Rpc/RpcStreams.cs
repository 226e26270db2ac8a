using System.Threading.Channels;
using Grpc.Core;

namespace Semblance.Server.Rpc;

/// <summary>Answers a stream of requests by a stream of answers in their order, while several requests are under way.</summary>
internal static class RpcStreams
{
    private const int MaxUnderWay = 128; // enough to fill batches

    /// <summary>Answers each request of a stream.</summary>
    /// <typeparam name="TRequest">The type of a request.</typeparam>
    /// <typeparam name="TResponse">The type of an answer.</typeparam>
    /// <param name="requests">The requests.</param>
    /// <param name="responses">Receives the answers.</param>
    /// <param name="answer">Answers one request.</param>
    /// <param name="cancellationToken">The token that ends the stream.</param>
    public static async Task AnswerAsync<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses,
        Func<TRequest, CancellationToken, Task<TResponse>> answer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = Channel.CreateBounded<Task<TResponse>>(
            new BoundedChannelOptions(MaxUnderWay) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(requests, underWay.Writer, answer, stop.Token);
        try
        {
            await foreach (var response in underWay.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await responses.WriteAsync(await response.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAsync<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests, ChannelWriter<Task<TResponse>> underWay,
        Func<TRequest, CancellationToken, Task<TResponse>> answer, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                await underWay.WriteAsync(answer(requests.Current, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The stream of answers ends with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        underWay.Complete(failure);
    }
}
