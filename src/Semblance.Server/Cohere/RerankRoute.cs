using Semblance.Server.Inference;
using Semblance.Server.Reranking;

namespace Semblance.Server.Cohere;

/// <summary>Represents <c>POST /v2/rerank</c>.</summary>
internal static class RerankRoute
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Post<RerankBody, RerankAnswer>(
        CohereDialect.Instance, "/v2/rerank", "Orders texts by their relevance to a query", HandleAsync);

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, CohereJson.Default.RerankBody).ConfigureAwait(false);
        if (body.Documents.Count == 0)
        {
            throw RequestException.Empty("documents");
        }

        var query = new RankQuery(body.Model, body.Query, [.. body.Documents.Select(document => document.Text)]) { Truncate = true };
        var result = await context.RequestServices.GetRequiredService<RerankService>()
            .RankAsync(query, RerankRoutes.TopN(body.TopN), context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new RerankAnswer(
            context.TraceIdentifier,
            [.. result.Results.Select(rank => new RerankResult(rank.Index, rank.Score, null))],
            CohereMeta.Of("2", new CohereMeta.Units(null, 1), result.Usage));
        await JsonBody.WriteAsync(context, answer, CohereJson.Default.RerankAnswer).ConfigureAwait(false);
    }
}
