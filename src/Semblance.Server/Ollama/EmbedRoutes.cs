using System.Diagnostics;
using Semblance.Server.Inference;

namespace Semblance.Server.Ollama;

/// <summary>Represents <c>POST /api/embed</c> and the older <c>POST /api/embeddings</c>.</summary>
internal static class EmbedRoutes
{
    private const int NanosecondsPerTick = 100;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Post<EmbedBody, EmbedAnswer>(
            OllamaDialect.Instance, "/api/embed", "Computes a vector of length 1 for each text", EmbedAsync);
        routes.Post<EmbedBody, OldEmbedAnswer>(OllamaDialect.Instance, "/api/embeddings", "Computes the vector of one text", OldAsync);
    }

    private static async Task EmbedAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var body = await JsonBody.ReadAsync(context, OllamaJson.Default.EmbedBody).ConfigureAwait(false);
        var model = Required(body);
        var texts = body.Input?.Texts ?? [];
        var isEmpty = texts.Count == 0 || texts is [{ IsEmpty: true }];
        var query = new EmbedQuery(model, isEmpty ? [] : texts)
        {
            Dimensions = body.Dimensions is 0 ? null : body.Dimensions,
            Normalize = true,
            Truncate = body.Truncate ?? true,
        };
        var result = await Service(context).EmbedAsync(query, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var answer = new EmbedAnswer(
            model,
            result.Results,
            Stopwatch.GetElapsedTime(started).Ticks * NanosecondsPerTick,
            result.Usage.LoadTime.Ticks * NanosecondsPerTick,
            result.Usage.Tokens,
            result.Usage.Truncated.Count > 0 ? result.Usage.Truncated : null);
        await JsonBody.WriteAsync(context, answer, OllamaJson.Default.EmbedAnswer).ConfigureAwait(false);
    }

    private static async Task OldAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, OllamaJson.Default.EmbedBody).ConfigureAwait(false);
        var query = new EmbedQuery(Required(body), string.IsNullOrEmpty(body.Prompt) ? [] : [body.Prompt]);
        var result = await Service(context).EmbedAsync(query, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        await JsonBody.WriteAsync(
            context, new OldEmbedAnswer(result.Results.Count > 0 ? result.Results[0] : []), OllamaJson.Default.OldEmbedAnswer)
            .ConfigureAwait(false);
    }

    private static EmbeddingService Service(HttpContext context) => context.RequestServices.GetRequiredService<EmbeddingService>();

    private static string Required(EmbedBody body) =>
        body.Model is { Length: > 0 } model ? model : throw RequestException.Validation("model is required", "model");
}
