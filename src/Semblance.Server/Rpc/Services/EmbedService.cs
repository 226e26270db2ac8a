using Grpc.Core;
using Semblance.Server.Inference;

namespace Semblance.Server.Rpc;

/// <summary>Represents the service <c>Embed</c>: dense vectors, sparse vectors and the vectors of all tokens of one text.</summary>
internal sealed class EmbedService(EmbeddingService embeddings) : Embed.EmbedBase
{
    /// <inheritdoc/>
    public override Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context) =>
        EmbedAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task EmbedStream(
        IAsyncStreamReader<EmbedRequest> requestStream, IServerStreamWriter<EmbedResponse> responseStream, ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, EmbedAsync, context.CancellationToken);

    /// <inheritdoc/>
    public override Task<EmbedSparseResponse> EmbedSparse(EmbedSparseRequest request, ServerCallContext context) =>
        SparseAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task EmbedSparseStream(
        IAsyncStreamReader<EmbedSparseRequest> requestStream, IServerStreamWriter<EmbedSparseResponse> responseStream,
        ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, SparseAsync, context.CancellationToken);

    /// <inheritdoc/>
    public override Task<EmbedAllResponse> EmbedAll(EmbedAllRequest request, ServerCallContext context) =>
        AllAsync(request, context.CancellationToken);

    /// <inheritdoc/>
    public override Task EmbedAllStream(
        IAsyncStreamReader<EmbedAllRequest> requestStream, IServerStreamWriter<EmbedAllResponse> responseStream,
        ServerCallContext context) =>
        RpcStreams.AnswerAsync(requestStream, responseStream, AllAsync, context.CancellationToken);

    private static EmbedQuery Query(ITextRequest request) => new(null, [RpcValues.Checked(request.Inputs, request.TruncationDirection)])
    {
        Truncate = request.Truncate,
        PromptName = request.HasPromptName ? request.PromptName : null,
    };

    private async Task<EmbedResponse> EmbedAsync(EmbedRequest request, CancellationToken cancellationToken)
    {
        var query = Query(request) with
        {
            Normalize = !request.HasNormalize || request.Normalize,
            Dimensions = request.HasDimensions ? (int)Math.Min(request.Dimensions, int.MaxValue) : null,
        };
        var result = await embeddings.EmbedAsync(query, cancellationToken).ConfigureAwait(false);
        return new EmbedResponse { Embeddings = { result.Results[0] }, Metadata = RpcValues.Metadata(result.Usage) };
    }

    private async Task<EmbedSparseResponse> SparseAsync(EmbedSparseRequest request, CancellationToken cancellationToken)
    {
        var result = await embeddings.EmbedSparseAsync(Query(request), cancellationToken).ConfigureAwait(false);
        var response = new EmbedSparseResponse { Metadata = RpcValues.Metadata(result.Usage) };
        var (indices, values) = (result.Results[0].Indices, result.Results[0].Values);
        for (var i = 0; i < indices.Length; i++)
        {
            response.SparseEmbeddings.Add(new SparseValue { Index = (uint)indices.Span[i], Value = values.Span[i] });
        }

        return response;
    }

    private async Task<EmbedAllResponse> AllAsync(EmbedAllRequest request, CancellationToken cancellationToken)
    {
        var result = await embeddings.EmbedTokensAsync(Query(request), cancellationToken).ConfigureAwait(false);
        var response = new EmbedAllResponse { Metadata = RpcValues.Metadata(result.Usage) };
        var tokens = result.Results[0];
        for (var row = 0; row < tokens.Rows; row++)
        {
            response.TokenEmbeddings.Add(new TokenEmbedding { Embeddings = { tokens.Row(row).ToArray() } });
        }

        return response;
    }
}
