using Semblance.Server.Inference;

namespace Semblance.Server.OpenAI;

/// <summary>Represents <c>POST /v1/embeddings</c>.</summary>
internal static class EmbeddingsRoute
{
    private const string Base64 = "base64";

    /// <summary>Maps the route, also without <c>/v1</c>, as text-embeddings-inference and LocalAI have it.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/v1/embeddings", "/embeddings", "/v1/engines/{engine}/embeddings"])
        {
            routes.Post<EmbeddingsRequest, EmbeddingsResponse>(
                OpenAIDialect.Instance, path, "Computes a vector for each text", HandleAsync);
        }
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, OpenAIJson.Default.EmbeddingsRequest).ConfigureAwait(false);
        if (body.Input is not { Texts.Count: > 0 } input || input.Texts.Any(text => text.IsEmpty))
        {
            throw RequestException.Empty("input");
        }

        if (body.EncodingFormat is not (null or "float" or Base64))
        {
            throw RequestException.Validation(
                $"`encoding_format` is '{body.EncodingFormat}'; float and base64 are supported.", "encoding_format");
        }

        var service = context.RequestServices.GetRequiredService<EmbeddingService>();
        var query = new EmbedQuery(body.Model ?? context.Request.RouteValues["engine"] as string, input.Texts)
        {
            Dimensions = body.Dimensions,
            Normalize = true,
            Truncate = body.Truncate,
            PromptName = body.PromptName,
        };
        var result = await service.EmbedAsync(query, context.RequestAborted).ConfigureAwait(false);
        UsageHeaders.Write(context, result.Usage);
        var isBase64 = body.EncodingFormat == Base64;
        var response = new EmbeddingsResponse(
            "list",
            [.. result.Results.Select((vector, i) => new EmbeddingItem("embedding", i, new EmbeddingValue(vector, isBase64)))],
            result.Model,
            new TokenUsage(result.Usage.Tokens, result.Usage.Tokens),
            result.Usage.Truncated.Count > 0 ? result.Usage.Truncated : null);
        await JsonBody.WriteAsync(context, response, OpenAIJson.Default.EmbeddingsResponse).ConfigureAwait(false);
    }
}
