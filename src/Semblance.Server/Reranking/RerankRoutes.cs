using Semblance.Server.Inference;
using Semblance.Server.OpenAI;
using Semblance.Server.TextEmbeddingsInference;

namespace Semblance.Server.Reranking;

/// <summary>
/// Represents <c>POST /rerank</c> and <c>/v1/rerank</c>, which text-embeddings-inference (<c>texts</c>) shares with Jina, vLLM, Infinity,
/// LocalAI and llama.cpp (<c>documents</c>).
/// </summary>
internal static class RerankRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/rerank", "/v1/rerank", "/reranking", "/v1/reranking"])
        {
            routes.Post<RerankBody, RerankAnswer>(OpenAIDialect.Instance, path, "Orders texts by their relevance to a query", HandleAsync);
        }
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await Tei.BodyAsync(context).ConfigureAwait(false);
        if (body.TryGetProperty("texts", out _) && !body.TryGetProperty("documents", out _))
        {
            context.Features.Set<Dialect>(TeiDialect.Instance);
            await Tei.WriteAsync(context, await RankingRoutes.RerankAsync(context, body).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        var request = Tei.Parse(body, RerankingJson.Default.RerankBody);
        if (request.Documents.Count == 0)
        {
            throw RequestException.Empty("documents");
        }

        string[] texts = [.. request.Documents.Select(document => document.Text)];
        var query = new RankQuery(request.Model, request.Query, texts) { RawScores = request.RawScores, Truncate = request.Truncate };
        var result = await context.RequestServices.GetRequiredService<RerankService>()
            .RankAsync(query, TopN(request.TopN), context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new RerankAnswer(
            $"rerank-{context.TraceIdentifier}",
            "list",
            result.Model,
            new TokenUsage(result.Usage.Tokens, result.Usage.Tokens),
            [.. result.Results.Select(rank => new RerankResult(
                rank.Index, rank.Score, request.ReturnDocuments == false ? null : request.Documents[rank.Index]))],
            result.Usage.Truncated.Count > 0 ? result.Usage.Truncated : null);
        await JsonBody.WriteAsync(context, answer, RerankingJson.Default.RerankAnswer).ConfigureAwait(false);
    }

    /// <summary>Returns the maximum number of results; <see langword="null"/> for all.</summary>
    /// <exception cref="RequestException">The number is negative.</exception>
    public static int? TopN(int? topN) => topN switch
    {
        null or 0 => null,
        < 0 => throw RequestException.Validation($"`top_n` is {topN}; it must be 0, for all, or more.", "top_n"),
        _ => topN,
    };
}
