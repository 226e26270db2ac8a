using Grpc.Core;
using Semblance.Server.Inference;

namespace Semblance.Server.Rpc;

/// <summary>Represents the service <c>Rerank</c>, which orders texts by their relevance to a query.</summary>
internal sealed class RankingService(RerankService reranker, ServerOptions options) : Rerank.RerankBase
{
    /// <inheritdoc/>
    public override async Task<RerankResponse> Rerank(RerankRequest request, ServerCallContext context)
    {
        RpcValues.Check(request.TruncationDirection);
        return await RankAsync(
            request.Query, request.Texts, request.RawScores, request.Truncate, request.ReturnText, context.CancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task<RerankResponse> RerankStream(
        IAsyncStreamReader<RerankStreamRequest> requestStream, ServerCallContext context)
    {
        RerankStreamRequest? first = null;
        var texts = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            first ??= request;
            RpcValues.Check(request.TruncationDirection);
            if (request.Query != first.Query || texts.Count == options.MaxInputs)
            {
                throw RequestException.Validation(request.Query != first.Query
                    ? "The texts of a stream must have the same query."
                    : $"batch size {texts.Count + 1} > maximum allowed batch size {options.MaxInputs}");
            }

            texts.Add(request.Text);
        }

        return first is null ? throw RequestException.Empty("texts") : await RankAsync(
            first.Query, texts, first.RawScores, first.Truncate, first.ReturnText, context.CancellationToken).ConfigureAwait(false);
    }

    private async Task<RerankResponse> RankAsync(
        string query, IReadOnlyList<string> texts, bool rawScores, bool truncate, bool returnText, CancellationToken cancellationToken)
    {
        if (texts.Count == 0)
        {
            throw RequestException.Empty("texts");
        }

        var result = await reranker.RankAsync(
            new RankQuery(null, query, texts) { RawScores = rawScores, Truncate = truncate }, null, cancellationToken).ConfigureAwait(false);
        var response = new RerankResponse { Metadata = RpcValues.Metadata(result.Usage) };
        foreach (var (index, score) in result.Results)
        {
            var rank = new Rank { Index = (uint)index, Score = score };
            if (returnText)
            {
                rank.Text = texts[index];
            }

            response.Ranks.Add(rank);
        }

        return response;
    }
}
