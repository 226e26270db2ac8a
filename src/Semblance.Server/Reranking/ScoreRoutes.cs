using Semblance.Server.Inference;
using Semblance.Server.OpenAI;

namespace Semblance.Server.Reranking;

/// <summary>Represents <c>POST /score</c> and <c>/v1/score</c>, as vLLM has them.</summary>
internal static class ScoreRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/score", "/v1/score"])
        {
            routes.Post<ScoreBody, ScoreAnswer>(OpenAIDialect.Instance, path, "Scores pairs of texts", HandleAsync);
        }
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, RerankingJson.Default.ScoreBody).ConfigureAwait(false);
        var pairs = body.Pairs();
        var result = await context.RequestServices.GetRequiredService<RerankService>()
            .ScorePairsAsync(body.Model, pairs, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new ScoreAnswer(
            $"embd-{context.TraceIdentifier}",
            "list",
            DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            result.Model,
            [.. result.Results.Select((score, i) => new ScoreItem(i, "score", score))],
            new TokenUsage(result.Usage.Tokens, result.Usage.Tokens));
        await JsonBody.WriteAsync(context, answer, RerankingJson.Default.ScoreAnswer).ConfigureAwait(false);
    }
}
